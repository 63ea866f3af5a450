"""The imitation as a web application: the API beside the pages."""

from aiohttp import web

from scripts.whatsapp_imitation.graph import Graph
from scripts.whatsapp_imitation.imitation import Imitation
from scripts.whatsapp_imitation.pages.site import LARGEST, Site, guard


def make_app(imitation: Imitation) -> web.Application:
    app = web.Application(client_max_size=LARGEST, middlewares=[guard])
    app.add_routes([*Graph(imitation).routes(), *Site(imitation).routes()])
    return app
