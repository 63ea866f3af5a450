"""Accounts of others, as an operator keeps them who has signed in: no token may."""

from typing import Annotated

from pydantic import BaseModel, Field

from tickets.cases.accounts import Account
from tickets.rights import Role
from tickets.users import NewUser, User
from tickets.web.routes import LOGIN, Ask, Routes
from tickets.web.texts import Body, Login, Words

routes = Routes("users")


class UserIn(Body):
    login: Login
    name: Annotated[Words, Field(max_length=80)]
    role: Role
    extension: Annotated[str, Field(pattern=r"^[1-9][0-9]{2,5}$")] | None = None
    """The phone of one who takes calls; that of an agent."""


class RoleIn(Body):
    role: Role


class FirstPassword(BaseModel):
    """What somebody signs in with, told this once."""

    login: Login
    password: str


@routes.get("/users")
async def list_users(ask: Ask[None, None]) -> list[User]:
    """Every account by its login, also those that are disabled."""
    return await ask.desk.accounts.all(ask.actor)


@routes.post("/users", replayed=False)
async def add_user(ask: Ask[None, UserIn]) -> FirstPassword:
    """Make an account; the password that it begins with is told this once."""
    given = ask.body
    new = NewUser(login=given.login, name=given.name, role=given.role, extension=given.extension)
    password = await ask.desk.accounts.add(ask.actor, new)
    return FirstPassword(login=given.login, password=password)


@routes.get(f"/users/{LOGIN}")
async def read_user(ask: Ask[None, None]) -> Account:
    """Read an account with where it is signed in."""
    return await ask.desk.accounts.read(ask.actor, ask.login)


@routes.put(f"/users/{LOGIN}/role", if_match=False)
async def set_role(ask: Ask[None, RoleIn]) -> Account:
    """Give another role; their sessions end."""
    await ask.desk.accounts.set_role(ask.actor, ask.login, ask.body.role)
    return await ask.desk.accounts.read(ask.actor, ask.login)


@routes.post(f"/users/{LOGIN}/password", status=200, replayed=False)
async def new_password(ask: Ask[None, None]) -> FirstPassword:
    """Give a new password, told this once; their sessions end."""
    password = await ask.desk.accounts.new_password(ask.actor, ask.login)
    return FirstPassword(login=ask.login, password=password)


@routes.post(f"/users/{LOGIN}/disable", status=200)
async def disable_user(ask: Ask[None, None]) -> Account:
    """Keep somebody out at once."""
    await ask.desk.accounts.disable(ask.actor, ask.login)
    return await ask.desk.accounts.read(ask.actor, ask.login)


@routes.post(f"/users/{LOGIN}/enable", status=200)
async def enable_user(ask: Ask[None, None]) -> Account:
    """Let somebody in again."""
    await ask.desk.accounts.enable(ask.actor, ask.login)
    return await ask.desk.accounts.read(ask.actor, ask.login)


@routes.post(f"/users/{LOGIN}/unlock", status=200)
async def unlock_user(ask: Ask[None, None]) -> Account:
    """Forget wrong tries to sign in."""
    await ask.desk.accounts.unlock(ask.actor, ask.login)
    return await ask.desk.accounts.read(ask.actor, ask.login)


@routes.delete(f"/users/{LOGIN}/totp")
async def drop_totp(ask: Ask[None, None]) -> None:
    """Drop the second factor, such as for a lost phone."""
    await ask.desk.accounts.drop_totp(ask.actor, ask.login)


@routes.delete(f"/users/{LOGIN}/sessions")
async def end_sessions(ask: Ask[None, None]) -> None:
    """End every session of theirs."""
    await ask.desk.accounts.end_sessions(ask.actor, ask.login)
