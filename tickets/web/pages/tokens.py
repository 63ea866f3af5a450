"""Tokens for one's programs: made with some of one's rights, told once, revoked."""

from datetime import timedelta

from aiohttp import web
from pydantic import BaseModel, Field

from tickets.rights import RIGHTS, Right
from tickets.web.notices import Notice
from tickets.web.pages.page import Pages, Visit
from tickets.web.routes import ID
from tickets.web.texts import Words

pages = Pages("tokens")

HERE = "/account/tokens"
DAYS = (7, 30, 90, 365)


class _New(BaseModel):
    name: Words
    scopes: frozenset[Right] = Field(min_length=1)
    days: int = Field(ge=1, le=365)


@pages.get(HERE)
async def list_tokens(visit: Visit) -> web.StreamResponse:
    """One's own."""
    return await _shows(visit)


@pages.post(HERE, back=HERE)
async def add_token(visit: Visit) -> web.StreamResponse:
    """It is shown this once."""
    given = visit.fits(_New, scopes=visit.form.all("scopes"))
    now = visit.desk.clock()
    ends_at = now + timedelta(days=given.days)
    made = await visit.desk.sign_in.add_token(visit.actor, given.name, given.scopes, ends_at, now)
    return await _shows(visit, made.token)


@pages.post(f"{HERE}/{ID}/revoke", back=HERE)
async def revoke_token(visit: Visit) -> web.StreamResponse:
    """At once."""
    await visit.desk.sign_in.revoke_token(visit.actor, visit.id)
    return visit.go(HERE, Notice("tokens.revoked"))


async def _shows(visit: Visit, token: str = "") -> web.Response:
    return visit.show(
        "tokens.html",
        tokens=await visit.desk.sign_in.tokens(visit.actor),
        token=token,
        # Accounts are kept by people alone.
        scopes=sorted(RIGHTS[visit.actor.role] - {Right.USERS_CHANGE}),
        choices=DAYS,
    )
