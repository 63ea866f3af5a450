"""What the phone in the page asks for (docs/softphone.md)."""

from aiohttp import web

from tickets.agents import NoBrowserPhone
from tickets.rights import Right
from tickets.web.pages.page import Pages, Visit

pages = Pages("phone")


@pages.post("/phone/key")
async def lend_key(visit: Visit) -> web.StreamResponse:
    """A key for the phone of whoever is signed in, and for nobody else's."""
    visit.actor.need(Right.AGENTS_OWN)
    if visit.desk.page_phone is None:
        raise NoBrowserPhone("the PBX has no WebSocket: name it in `phones.web_socket`")
    lent = await visit.desk.page_phone.lend(visit.actor)
    phone = lent.phone
    language = visit.words.language
    queues = {name: titles[language] for name, titles in lent.queues.items()}
    targets = {**queues, **lent.colleagues}
    return web.json_response(
        {
            "extension": phone.extension,
            "realm": phone.realm,
            "ha1": phone.ha1,
            "until": phone.until.isoformat(),
            "web_socket": phone.web_socket,
            "targets": [{"value": value, "label": label} for value, label in targets.items()],
        }
    )
