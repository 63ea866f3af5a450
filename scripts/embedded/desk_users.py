"""The demo's people at the desk: one of each role, with passwords of this state alone."""

import asyncio
import json
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path

from config.settings import Settings, load_settings
from scripts.embedded.state import State, write_private
from tickets.passwords import Passwords
from tickets.rights import Role
from tickets.store import Store
from tickets.users import NewUser, Users

PEOPLE = (
    NewUser(login="sari", name="Sari Wulandari", role=Role.SUPERVISOR, extension="6001"),
    NewUser(login="budi", name="Budi Santoso", role=Role.AGENT, extension="6002"),
    NewUser(login="dewi", name="Dewi Lestari", role=Role.AGENT, extension="6003"),
    NewUser(login="maya", name="Maya Kusuma", role=Role.AGENT, extension="6006"),
    NewUser(login="lia", name="Lia Kusuma", role=Role.LIAISON),
    NewUser(login="oki", name="Oki Nugroho", role=Role.OPERATOR),
    NewUser(login="ratna", name="Ratna Dewanti", role=Role.AUDITOR),
)


def passwords_of(state: State) -> Mapping[str, str]:
    """By login; made when they are asked for first, also of who joined since the last start."""
    path = state.folder / "secrets/desk.json"
    kept: dict[str, str] = json.loads(path.read_text("ascii")) if path.exists() else {}
    made = {person.login: secrets.token_urlsafe(12) for person in PEOPLE} | kept
    if made != kept:
        write_private(path, json.dumps(made, indent=2) + "\n")
    return made


async def enrol(settings: Settings) -> None:
    """Make the accounts that are not there yet."""
    told = passwords_of(State(settings.state))
    store = Store(settings.database_url().get_secret_value(), connections=1)
    passwords = Passwords()
    try:
        users = Users(store, passwords, "demo")
        known = {user.login for user in await users.all()}
        for person in PEOPLE:
            if person.login not in known:
                await users.add(person, told[person.login])
    finally:
        passwords.close()
        await store.close()


if __name__ == "__main__":
    asyncio.run(enrol(load_settings(Path(sys.argv[1]))))
