"""Agents: what they do now, and what they and their supervisors have done about it.

Changes are asked of the phone side, which carries out the same as for feature codes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from config.dispositions import Disposition
from tickets.cases.live import Guest, People, guests
from tickets.errors import TicketError
from tickets.phone_side import AgentUnknown, PhoneSide, Stay
from tickets.queries import SQL
from tickets.rights import Actor, Right
from tickets.store import Store

Deed = Literal["log_in", "log_out", "pause", "ready", "wrap_up"]
How = Literal["listen", "whisper", "barge"]
LATELY = timedelta(hours=12)
"""A talk that is longer ago is no last talk to say something about."""


class NoPhone(TicketError):
    """This account has no extension: nothing can ring there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """An agent, as the phone side has them now."""

    extension: str
    name: str
    supervisor: bool
    languages: list[str]
    skills: list[str]
    state: str
    reason: str
    since: datetime | None
    """When the state was last written as changed."""
    ringing: Guest | None
    talk: Guest | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agents:
    """All agents, and since when that is so."""

    at: datetime
    agents: list[Agent]


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    state: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LastTalk:
    """One's last talk, with what was said became of it."""

    entry: UUID
    call: UUID | None
    callback: UUID | None
    queue: str | None
    answered_at: datetime
    talk_ended_at: datetime | None
    talked: float | None
    disposition: str | None


@dataclass(frozen=True, slots=True)
class AgentWork:
    """Every method raises NotAllowed, PhoneAway, StoreAway; changes PhoneRefused, AgentUnknown and
    Unacceptable."""

    store: Store
    phone: PhoneSide
    clock: Callable[[], datetime]
    codes: Mapping[str, Disposition] = field(default_factory=dict)
    """What may be said to have become of a talk, by the code."""

    async def all(self, actor: Actor) -> Agents:
        """Everybody who may take calls, and whoever else is logged in."""
        actor.need(Right.LIVE_READ)
        picture = self.phone.now()
        stays = [stay for one in picture.agents for stay in (one.ringing, one.talk) if stay]
        async with self.store.connection() as connection:
            rows = await connection.fetch(SQL["agents_known"])
            people = await guests(connection, actor, stays)
        now = {one.extension: one for one in picture.agents}
        return Agents(
            at=picture.at,
            agents=[
                Agent(
                    **row,
                    state=one.state if (one := now.get(row["extension"])) else "out",
                    reason=one.reason if one else "",
                    ringing=_guest(people, one.ringing) if one else None,
                    talk=_guest(people, one.talk) if one else None,
                )
                for row in rows
            ],
        )

    def named_codes(self, actor: Actor) -> Mapping[str, Disposition]:
        """What may be said to have become of a talk, by the code."""
        actor.need(Right.AGENTS_OWN)
        return self.codes

    async def own(self, actor: Actor) -> Agent:
        """Oneself. Raises NoPhone too."""
        extension = _own(actor)
        for one in (await self.all(actor)).agents:
            if one.extension == extension:
                return one
        raise AgentUnknown(f"{extension} is no agent's extension any more")

    async def change(self, actor: Actor, extension: str, do: Deed, reason: str = "") -> State:
        """One's own state, or as a supervisor that of another; a pause needs its reason."""
        by = _by(actor, extension)
        more = {"reason": reason} if do == "pause" else {}
        told = await self.phone.ask(extension, do, by=by, **more)
        return State(state=str(told["state"]), reason=str(told["reason"]))

    async def dispose(self, actor: Actor, extension: str, code: str) -> None:
        """What became of the last talk."""
        _by(actor, extension)
        await self.phone.ask(extension, "dispose", code=code)

    async def toggle_recording(self, actor: Actor, extension: str) -> bool:
        """Pause the recording of the talk that goes on, or go on with it; whether it is recorded
        now."""
        _by(actor, extension)
        return bool((await self.phone.ask(extension, "recording"))["recorded"])

    async def last_talk(self, actor: Actor) -> LastTalk | None:
        """One's own, of the last hours."""
        extension = _own(actor)
        async with self.store.connection() as connection:
            row = await connection.fetchrow(SQL["last_talk_of"], extension)
        if row is None or row["answered_at"] < self.clock() - LATELY:
            return None
        return LastTalk(**row)

    async def listen(self, actor: Actor, extension: str, how: How) -> None:
        """Ring one's own phone, and put it into the agent's call."""
        await self._supervised(actor, "listen", agent=extension, how=how)

    async def take(self, actor: Actor, entry: UUID | None) -> None:
        """Have a waiting caller ring one's own phone: this one, or who waits longest."""
        await self._supervised(actor, "take", entry=entry and str(entry))

    async def move(self, actor: Actor, entry: UUID, queue: str) -> None:
        """Put a waiting caller into another queue; they keep their time."""
        await self._supervised(actor, "move", entry=str(entry), queue=queue)

    async def _supervised(self, actor: Actor, deed: str, **wish: Any) -> None:
        actor.need(Right.AGENTS_SUPERVISE)
        await self.phone.ask(_extension(actor), deed, **wish)


def _own(actor: Actor) -> str:
    actor.need(Right.AGENTS_OWN)
    return _extension(actor)


def _extension(actor: Actor) -> str:
    if actor.extension is None:
        raise NoPhone("your account has no extension: `saluran users` gives it one")
    return actor.extension


def _by(actor: Actor, extension: str) -> str:
    """As what they act: of their own phone anybody who has one, of another's a supervisor."""
    if extension == actor.extension:
        actor.need(Right.AGENTS_OWN)
        return "api"
    actor.need(Right.AGENTS_SUPERVISE)
    return "supervisor"


def _guest(people: People, stay: Stay | None) -> Guest | None:
    return people.of(stay) if stay else None
