"""`saluran users`: who may sign in to the desk's pages and API."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from getpass import getpass, getuser
from typing import TYPE_CHECKING, Literal

from cyclopts import App

from scripts.cli import show
from scripts.cli.place import Here, Json, Place

if TYPE_CHECKING:
    from tickets.users import Users

app = App(name="users", help="Who may sign in to the desk's pages and API.")

COLUMNS = ("login", "name", "role", "extension", "totp", "created_at", "disabled_at")
RoleName = Literal["agent", "supervisor", "liaison", "operator", "auditor"]


@app.command
async def add(
    login: str, name: str, *, place: Here, role: RoleName, extension: str | None = None
) -> None:
    """Make an account; its password is asked for, or read from a pipe.

    Parameters
    ----------
    login
        2 to 40 small letters, digits, `.`, `_` or `-`.
    role
        What they may do: docs/desk.md has the table.
    extension
        The phone of one who takes calls, as in `saluran agents list`.
    """
    from tickets.rights import Role
    from tickets.users import NewUser

    new = NewUser(login=login, name=name, role=Role(role), extension=extension)
    async with _users(place) as users:
        await users.add(new, _password(login))
    show.said(f"{login} may sign in now.")


@app.command(name="list")
async def list_(*, place: Here, json: Json = False) -> None:
    """List the accounts, also those that are disabled."""
    async with _users(place) as users:
        found = [asdict(user) for user in await users.all()]
    show.listing(
        ({column: user[column] for column in COLUMNS} for user in found), COLUMNS, as_json=json
    )


@app.command
async def passwd(login: str, *, place: Here) -> None:
    """Give a new password, asked for or read from a pipe; every session of theirs ends."""
    async with _users(place) as users:
        await users.set_password(login, _password(login))
    show.said(f"{login} has a new password; every session of theirs is over.")


@app.command
async def disable(login: str, *, place: Here) -> None:
    """Keep somebody out: their sessions end at once, their tokens are revoked."""
    async with _users(place) as users:
        await users.disable(login)
    show.said(f"{login} is out.")


@app.command
async def enable(login: str, *, place: Here) -> None:
    """Let somebody in again, with the password they had."""
    async with _users(place) as users:
        await users.enable(login)
    show.said(f"{login} may sign in again.")


@app.command
async def totp(login: str, *, place: Here, off: bool = False) -> None:
    """Ask somebody for a second factor from now on; prints its address for their authenticator,
    this once.

    Parameters
    ----------
    off
        No second factor any more, such as for a lost phone.
    """
    from scripts.desk import make_totp

    async with _users(place) as users:
        if off:
            await users.drop_totp(login)
            show.said(f"{login} signs in with the password alone.")
            return
        address = await users.new_totp(login, make_totp(place.settings()))
    show.said(f"{address}\nThe address is told once: put it into their authenticator now.")


@asynccontextmanager
async def _users(place: Place) -> AsyncIterator["Users"]:
    from scripts.cli.store import store
    from tickets.passwords import Passwords
    from tickets.users import Users

    passwords = Passwords()
    try:
        async with store(place.settings()) as opened:
            yield Users(opened, passwords, getuser())
    finally:
        passwords.close()


def _password(login: str) -> str:
    """Typed twice by a person, or the first line of what a program pipes in."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass(f"Password of {login}: ")
    if getpass("Once more: ") != first:
        raise ValueError("the two are not the same")
    return first
