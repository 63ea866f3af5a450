"""Tokens: a user's programs, each with some of the user's rights, and an end."""

from pydantic import Field

from tickets.rights import Right
from tickets.sign_in import NewToken, TokenLine
from tickets.web.routes import ID, Ask, Routes
from tickets.web.texts import Body, Moment, Words

routes = Routes("tokens")


class TokenIn(Body):
    name: Words
    scopes: frozenset[Right] = Field(min_length=1)
    ends_at: Moment
    """Within a year."""


@routes.get("/tokens")
async def list_tokens(ask: Ask[None, None]) -> list[TokenLine]:
    """One's own tokens."""
    return await ask.desk.sign_in.tokens(ask.actor)


@routes.post("/tokens", replayed=False)
async def add_token(ask: Ask[None, TokenIn]) -> NewToken:
    """Make a token; it is told this once."""
    given = ask.body
    return await ask.desk.sign_in.add_token(
        ask.actor, given.name, given.scopes, given.ends_at, ask.desk.clock()
    )


@routes.delete(f"/tokens/{ID}")
async def revoke_token(ask: Ask[None, None]) -> None:
    """Revoke one of one's own tokens, at once."""
    await ask.desk.sign_in.revoke_token(ask.actor, ask.id)
