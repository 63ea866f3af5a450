"""Versions of the menu: kept as rows, and one of them in the file that the service serves.

The service takes up the file within two seconds; calls in progress go on with the version they
began with (docs/flows.md).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from config import replacing
from config.documents import ConfigError, text_of
from tickets.cases.calendars import FileFixed
from tickets.errors import TicketError
from tickets.looks import note_look
from tickets.menu_side import (
    Caller,
    MenuChange,
    MenuFacts,
    MenuProblem,
    MenuRefused,
    MenuSide,
    Names,
    TryOut,
)
from tickets.queries import SQL
from tickets.rights import Actor, Right
from tickets.store import Connection, Store

COUNTED = timedelta(days=28)
"""Calls of so long a time are counted by version."""
MOST_KEYS = 200


class FlowUnknown(TicketError):
    """No version of the menu has this name."""


class FlowChanged(TicketError):
    """Another version was activated meanwhile."""


class NothingBefore(TicketError):
    """No version was active before this one, as far as rows know."""


class FlowBroken(TicketError):
    """The file has a mistake that was made elsewhere: the service stays with the menu before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowLine:
    version: str
    note: str
    added_by: str
    """Empty for one that somebody wrote into the file."""
    added_at: datetime | None
    activated_at: datetime | None
    """Last, from the desk."""
    active: bool
    calls: int
    """That began with it in the last 28 days."""
    in_progress: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowList:
    """`version` is the active one."""

    name: str
    version: str
    before: str | None
    """To which one would roll back."""
    versions: list[FlowLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowText:
    version: str
    content: str
    steps: int
    active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Whether a text could be activated, and how it differs from the active version."""

    good: bool
    version: str
    """Empty for a bad one."""
    problems: list[MenuProblem]
    changes: list[MenuChange]


@dataclass(frozen=True, slots=True)
class FlowWork:
    """Every method raises NotAllowed, StoreAway and FlowBroken; those that name a version
    FlowUnknown."""

    store: Store
    file: Path
    menu: MenuSide
    clock: Callable[[], datetime]

    async def versions(self, actor: Actor) -> FlowList:
        """The newest first; the active one also when nobody has kept it yet."""
        actor.need(Right.FLOWS_READ)
        _, facts = self._current()
        async with self.store.connection() as connection:
            kept = await connection.fetch(SQL["flow_versions"], facts.name)
            rows = await connection.fetch(SQL["flow_calls"], self.clock() - COUNTED)
            before = await _before(connection, facts)
        calls = {row["flow"]: row for row in rows}

        def line(version: str, **more: object) -> FlowLine:
            row = calls.get(f"{facts.name}@{version}")
            return FlowLine(
                version=version,
                active=version == facts.version,
                calls=row["calls"] if row else 0,
                in_progress=row["in_progress"] if row else 0,
                **more,  # type: ignore[arg-type]
            )

        lines = [line(**row) for row in kept]
        if facts.version not in {one.version for one in lines}:
            unknown = {"note": "", "added_by": "", "added_at": None, "activated_at": None}
            lines.insert(0, line(facts.version, **unknown))
        return FlowList(name=facts.name, version=facts.version, before=before, versions=lines)

    async def read(self, actor: Actor, version: str) -> FlowText:
        actor.need(Right.FLOWS_READ)
        text = await self._text(version)
        active = self._current()[1].version
        steps = self._steps(text)
        return FlowText(version=version, content=text, steps=steps, active=version == active)

    async def validate(self, actor: Actor, content: str) -> Judged:
        """Nothing is kept."""
        actor.need(Right.FLOWS_READ)
        text, _ = self._current()
        try:
            facts = self.menu.judge(content)
        except MenuRefused as refused:
            return Judged(good=False, version="", problems=list(refused.problems), changes=[])
        changes = self.menu.changes(text, content)
        return Judged(good=True, version=facts.version, problems=[], changes=changes)

    async def add(self, actor: Actor, content: str, note: str) -> FlowText:
        """Keep a version, to be tried and activated; the same text again changes nothing.

        Raises MenuRefused.
        """
        actor.need(Right.FLOWS_CHANGE)
        facts = self._judged(content)
        async with self.store.connection() as connection, connection.transaction():
            added = await connection.fetchval(
                SQL["keep_flow"], facts.name, facts.version, content, note, actor.login
            )
            if added:
                await note_look(connection, actor, "flow.added", f"{facts.name}@{facts.version}")
        return await self.read(actor, facts.version)

    async def activate(self, actor: Actor, seen: str, version: str) -> FlowList:
        """New calls have it from within two seconds. Raises FlowChanged when `seen` is not the
        active version any more, MenuRefused when the text has become bad, FileFixed."""
        actor.need(Right.FLOWS_CHANGE)
        return await self._activate(actor, seen, version, "flow.activated")

    async def roll_back(self, actor: Actor, seen: str) -> FlowList:
        """To the version that was active before; raises NothingBefore, and as `activate` does."""
        actor.need(Right.FLOWS_CHANGE)
        _, facts = self._current()
        async with self.store.connection() as connection:
            before = await _before(connection, facts)
        if before is None:
            raise NothingBefore("no version was active before this one")
        return await self._activate(actor, seen, before, "flow.rolled_back")

    async def compare(self, actor: Actor, old: str, new: str) -> list[MenuChange]:
        actor.need(Right.FLOWS_READ)
        return self.menu.changes(await self._text(old), await self._text(new))

    async def picture(
        self, actor: Actor, version: str, language: str, other: str | None, names: Names
    ) -> str:
        """An SVG; with an older version's name, what is new or other in this one is marked."""
        actor.need(Right.FLOWS_READ)
        than = await self._text(other) if other else None
        return self.menu.picture(await self._text(version), language, other=than, names=names)

    async def picture_before(
        self, actor: Actor, version: str, language: str, newer: str, names: Names
    ) -> str:
        """An SVG of the older of two, with what went or changed marked."""
        actor.need(Right.FLOWS_READ)
        text, later = await self._text(version), await self._text(newer)
        return self.menu.before(text, language, later, names)

    async def walk(self, actor: Actor, version: str, caller: Caller) -> TryOut:
        """Try a version; nothing is written."""
        actor.need(Right.FLOWS_READ)
        return await self.menu.walk(await self._text(version), caller)

    async def _activate(self, actor: Actor, seen: str, version: str, did: str) -> FlowList:
        text, (was, current) = await self._text(version), self._current()
        facts = self._judged(text)
        if seen != current.version:
            raise FlowChanged("another version was activated meanwhile: look again")
        if version == current.version:
            return await self.versions(actor)
        subject = f"{facts.name}: {current.version} → {version}"
        async with self.store.connection() as connection, connection.transaction():
            # Somebody may have written it by hand: it is kept to be rolled back to.
            await connection.fetchval(
                SQL["keep_flow"], current.name, current.version, was, "", ""
            )  # fmt: skip
            await connection.execute(
                SQL["note_activation"], facts.name, version, current.version, actor.login
            )
            await note_look(connection, actor, did, subject)
            try:
                with replacing.alone(self.file):
                    if self._current()[1].version != seen:
                        raise FlowChanged("another version was activated meanwhile: look again")
                    replacing.replace(self.file, text)
            except replacing.NotOurs as error:
                raise FileFixed(str(error)) from None
        return await self.versions(actor)

    async def _text(self, version: str) -> str:
        text, facts = self._current()
        if version == facts.version:
            return text
        async with self.store.connection() as connection:
            found: str | None = await connection.fetchval(SQL["flow_text"], facts.name, version)
        if found is None:
            raise FlowUnknown(f"there is no version {version}")
        return found

    def _current(self) -> tuple[str, MenuFacts]:
        try:
            text = text_of(self.file)
            return text, self.menu.judge(text)
        except ConfigError as error:
            raise FlowBroken(str(error)) from None
        except MenuRefused as refused:
            raise FlowBroken(str(refused)) from None

    def _judged(self, text: str) -> MenuFacts:
        """Of this menu; raises MenuRefused."""
        facts, name = self.menu.judge(text), self._current()[1].name
        if facts.name != name:
            message = f"`{facts.name}` is another menu", f"write `name: {name}`"
            raise MenuRefused([MenuProblem(1, 1, *message)])
        return facts

    def _steps(self, text: str) -> int:
        try:
            return self.menu.judge(text).steps
        except MenuRefused:
            return 0


async def _before(connection: Connection, facts: MenuFacts) -> str | None:
    found: str | None = await connection.fetchval(SQL["flow_before"], facts.name, facts.version)
    return found
