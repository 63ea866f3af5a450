"""Pictures that the desk draws, as responses of their own."""

from aiohttp import web

# The picture's own style, and nothing else: it is shown as an image, or alone.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"


def picture(svg: str) -> web.Response:
    response = web.Response(text=svg, content_type="image/svg+xml")
    response.headers["Content-Security-Policy"] = POLICY
    return response
