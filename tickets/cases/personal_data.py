"""A person's own copy of what is known of them, with the log of who looked; and, after a breach,
of whom something was seen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tickets.cases.attachments import read_file
from tickets.cases.people import read_person
from tickets.files import FileStore
from tickets.looks import note_look
from tickets.privacy.erasing import read, scope
from tickets.privacy.held import WHOLE
from tickets.privacy.touched import Touched, Window, touched
from tickets.queries import SQL
from tickets.rights import Actor, Right
from tickets.store import Store

_ALL = (Right.PRIVACY, Right.PEOPLE_READ, Right.CONFIDENTIAL, Right.ANONYMOUS, Right.PHONES)
_LOOKED_AT = ("ticket", "call", "recording", "attachment", "callback", "data_request")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One entry of the log: what somebody of which role did."""

    at: datetime
    did: str
    role: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFile:
    """A recording or paper of theirs, by its name in the store and in the copy."""

    stored: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnData:
    """All there is of a person."""

    person: UUID
    at: datetime
    language: str
    tables: Mapping[str, Sequence[Mapping[str, Any]]]
    """Rows by table, as they lie in the database; tables without any are absent."""
    looks: list[Look]
    files: list[OwnFile]


@dataclass(frozen=True, slots=True)
class PersonalData:
    """Every method raises NotAllowed and StoreAway."""

    store: Store
    files: FileStore
    clock: Callable[[], datetime]

    def allowed(self, actor: Actor) -> None:
        """Raises NotAllowed."""
        actor.need(*_ALL)

    async def gather(self, actor: Actor, person: UUID) -> OwnData:
        """For the person themselves; that it was taken out is noted. Raises PersonUnknown."""
        actor.need(*_ALL, Right.FILES)
        async with (
            self.store.connection() as connection,
            connection.transaction(isolation="repeatable_read"),
        ):
            await read_person(connection, actor, person)
            await note_look(connection, actor, "person.exported", str(person))
            tables = await read(connection, await scope(connection, WHOLE, [person]))
            looks = await connection.fetch(SQL["looks_at"], _subjects(person, tables), str(person))
        tables = {name: rows for name, rows in tables.items() if rows}
        languages = [row["language"] for row in tables.get("phone", ()) if row["language"]]
        return OwnData(
            person=person,
            at=self.clock(),
            language=languages[0] if languages else "id",
            tables=tables,
            looks=[Look(at=row["at"], did=row["did"], role=row["role"]) for row in looks],
            files=_files(tables),
        )

    async def content(self, file: OwnFile) -> bytes:
        """Raises FileMissing."""
        return await read_file(self.files, file.stored)

    async def touched(self, actor: Actor, window: Window) -> list[Touched]:
        """Of whom something was opened or changed, who have to be told."""
        self.allowed(actor)
        return await touched(self.store, actor.login, actor.address, window)


def _subjects(person: UUID, tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[str]:
    ids = [str(row["id"]) for table in _LOOKED_AT for row in tables.get(table, ())]
    numbers = [row["number"] for row in tables.get("ticket", ())]
    return [str(person), *ids, *numbers]


def _files(tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[OwnFile]:
    found = [
        OwnFile(stored=row["name"], name=f"rekaman/{row['at']:%Y-%m-%d}-{row['id']}.wav")
        for row in tables.get("recording", ())
    ]
    for row in tables.get("attachment", ()):
        found.append(OwnFile(stored=row["stored"], name=f"berkas/{row['id']}-{row['name']}"))
    return found
