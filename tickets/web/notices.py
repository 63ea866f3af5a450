"""What the next page tells of a change: kept in a cookie for that one page."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Annotated, Literal

from aiohttp import web
from pydantic import BaseModel, StringConstraints, ValidationError

from tickets.web.desk import Options

_COOKIE = "saluran-told"
_SECONDS = 60

Short = Annotated[str, StringConstraints(max_length=120)]
OwnPath = Annotated[str, StringConstraints(pattern=r"^/[A-Za-z0-9][A-Za-z0-9/-]{0,100}$")]


class Undo(BaseModel):
    """A form of one button that takes the change back."""

    path: OwnPath
    version: Short = ""


class Notice(BaseModel):
    """A text by its key, for whoever reads it in whichever language. A browser that makes one up
    tells it to itself."""

    key: Short
    level: Literal["good", "bad"] = "good"
    values: Mapping[str, Short] = {}
    fields: tuple[Short, ...] = ()
    """Names of those that were refused."""
    undo: Undo | None = None

    def __init__(self, key: str = "", /, **more: object) -> None:
        super().__init__(**({"key": key} if key else {}), **more)


def tell(response: web.StreamResponse, options: Options, notice: Notice) -> None:
    """With this answer."""
    text = urlsafe_b64encode(notice.model_dump_json(exclude_defaults=True).encode()).decode()
    response.set_cookie(
        _name(options),
        text,
        max_age=_SECONDS,
        path="/",
        httponly=True,
        samesite="Strict",
        secure=options.secure or None,
    )


def told(request: web.Request, options: Options) -> Notice | None:
    """What is to be told, if anything."""
    given = request.cookies.get(_name(options))
    if not given:
        return None
    try:
        return Notice.model_validate_json(urlsafe_b64decode(given.encode("ascii", "strict")))
    except (ValidationError, ValueError):
        return None


def forget(request: web.Request, response: web.StreamResponse, options: Options) -> None:
    """It has been told."""
    if _name(options) in request.cookies:
        response.del_cookie(
            _name(options),
            path="/",
            httponly=True,
            samesite="Strict",
            secure=options.secure or None,
        )


def _name(options: Options) -> str:
    return f"__Host-{_COOKIE}" if options.secure else _COOKIE
