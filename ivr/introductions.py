"""A trader and a producer introduced by an agent, in one call that the PBX makes by itself.

The other side is config/asterisk/extensions_introduction.conf. The service makes the first channel,
once; whoever is dialled after that is the PBX's doing, so a service that dies neither ends the call
nor makes it again. What happened is read from what the PBX noted, whoever saw it.
"""

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid5

import structlog

from config.phones import masked, national, normalise
from config.settings_groups import Callbacks as Policy
from ivr import pbx_notes
from ivr.agent_errors import CalledAlready, Engaged, LineClosed, NotFree, NotToBeCalled
from ivr.ami import Ami, AmiError
from ivr.callback_channels import on_the_line
from ivr.conversation import Teller
from ivr.facts_queue import IntroductionNoted
from ivr.journal import NotKept
from ivr.pbx_notes import Note
from ivr.ports import Hours
from ivr.presence import Presence
from ivr.supervision import TALKING

log = structlog.get_logger()

CONTEXT = "saluran-introduction"
EVERY = 0.5
"""Seconds between two looks at what the PBX noted of the calls that go on."""
RINGING = 6
"""The device's state while it rings."""
_STEP = re.compile(r"(agent|trader|producer)(?:\.(.*))?")
_TOLD = re.compile(r"ringing|joined|dialled|answered|agreed|declined|silent|status|left")
_MARK = "IVR_INTRODUCTION"


@dataclass(frozen=True, slots=True)
class Introduction:
    """Who is introduced to whom, by their numbers in E.164."""

    id: UUID
    trader: str
    producer: str


@dataclass(frozen=True, slots=True)
class Dial:
    """How the PBX dials, and which number is shown."""

    trunk: str
    """With `{number}`."""
    shown: str

    def string(self, number: str) -> str:
        return self.trunk.format(number=number)


class Introductions:
    """Run it with `run`."""

    def __init__(
        self,
        ami: Ami,
        presence: Presence,
        hours: Hours,
        teller: Teller,
        policy: Policy,
        dial: Dial,
        folder: Path,
    ) -> None:
        """`folder`: where the PBX notes these calls."""
        self._ami, self._presence, self._hours = ami, presence, hours
        self._teller, self._policy, self._dial, self._folder = teller, policy, dial, folder
        self._told: dict[UUID, int] = {}
        """How many notes of each were told."""
        self._asked: set[UUID] = set()
        """Begun by this life of the service."""

    async def introduce(self, agent: str, wanted: Introduction) -> None:
        """Ring the agent's phone; the rest follows once they answer.

        Raises AgentUnknown, NotFree, LineClosed, NotToBeCalled, Engaged, CalledAlready, and
        `AmiError`: of `AmiDown` and `AmiTimeout` it is not known whether the phone rings.
        """
        self._presence.agent(agent)
        self._check_number(wanted.trader)
        self._check_number(wanted.producer)
        if wanted.trader == wanted.producer:
            raise NotToBeCalled("Trader and producer have the same number.")
        if self._hours.closing(self._hours.now()) is not None:
            raise LineClosed("The line is closed: nobody is called outside its hours.")
        devices = {one.device for one in self._presence.members.of(agent).values()}
        if devices & (TALKING | {RINGING}):
            raise NotFree(agent)
        await self._check_engaged(wanted)
        self._once(wanted.id)
        await self._ami.ask(
            "Originate",
            Channel=f"Local/ring@{CONTEXT}/n",
            Context=CONTEXT,
            Exten="agent",
            Priority="1",
            Async="true",
            Timeout="45000",
            CallerID=f'"{agent}" <{agent}>',
            ChannelId=f"introduction-{wanted.id}-1",
            OtherChannelId=f"introduction-{wanted.id}-2",
            Variable=[f"{name}={value}" for name, value in self._variables(agent, wanted).items()],
        )
        log.info(
            "introduction.begun",
            introduction=str(wanted.id),
            agent=agent,
            trader=masked(wanted.trader),
            producer=masked(wanted.producer),
        )

    async def run(self) -> None:
        """Tell what the PBX notes until cancelled. Never ends by an error."""
        while True:
            try:
                await self.take_in()
            except (AmiError, NotKept) as away:
                log.debug("introduction.not_told", reason=str(away))
            except Exception:
                log.exception("introduction.round_failed")
            await asyncio.sleep(EVERY)

    async def take_in(self) -> None:
        """One look. Raises `AmiError` and NotKept; what was not told is told the next time."""
        paths = sorted(self._folder.glob("*.txt"))
        if not paths or not self._ami.connected:
            return
        # Asked first: what ends after this is seen as over by the next look.
        alive = await self._alive()
        for path in paths:
            if (which := _id(path.stem)) is None:
                self._put_aside(path)
            else:
                await self._tell(path, which, over=which not in alive)

    async def _tell(self, path: Path, which: UUID, *, over: bool) -> None:
        try:
            notes = pbx_notes.read(path)
        except OSError as error:
            log.warning("introduction.unreadable", file=path.name, reason=str(error))
            return
        told = self._told.get(which, 0)
        facts = [fact for note in notes[told:] if (fact := self._fact(which, note))]
        if over:
            facts.append(self._noted(which, "over", "", "", Note(self._hours.now(), "over", "")))
        if facts:
            await self._teller.keep(*facts)
        self._told[which] = len(notes)
        if over:
            await asyncio.to_thread(path.unlink, missing_ok=True)
            self._told.pop(which, None)
            log.info("introduction.over", introduction=str(which))

    def _fact(self, which: UUID, note: Note) -> IntroductionNoted | None:
        step = _STEP.fullmatch(note.value)
        if step is None or not _TOLD.fullmatch(note.key):
            return None
        detail = (step[2] or "") if note.key == "status" else ""
        return self._noted(which, note.key, step[1], detail, note)

    def _noted(
        self, which: UUID, what: str, party: str, detail: str, note: Note
    ) -> IntroductionNoted:
        return IntroductionNoted(
            id=uuid5(which, f"{what}.{party}"),
            call=which,
            at=note.at,
            introduction=which,
            what=what,
            party=party,
            detail=detail,
        )

    async def _alive(self) -> set[UUID]:
        """Those that some channel belongs to. The mark is of our making alone: no value that comes
        unescaped is asked for."""
        events = await self._ami.collect("Status", "StatusComplete", Variables=_MARK)
        marks = (text.partition("=")[2] for event in events for text in event.all("Variable"))
        return {which for mark in marks if (which := _id(mark))}

    def _once(self, which: UUID) -> None:
        """Raises CalledAlready for one that was begun, by this life or an earlier one."""
        if which in self._asked or (self._folder / f"{which}.txt").exists():
            raise CalledAlready("This introduction was begun already: look how it went.")
        self._asked.add(which)

    def _check_number(self, phone: str) -> None:
        """Never abroad, never a premium number or a short code (`config.phones`), never our own."""
        if normalise(phone) != phone:
            raise ValueError("a number that may not be called from here")
        if phone in self._policy.never:
            raise NotToBeCalled(f"{masked(phone)} is never called: `callbacks.never` names it.")

    async def _check_engaged(self, wanted: Introduction) -> None:
        channels = await self._ami.collect("Status", "StatusComplete", AllVariables="false")
        engaged = on_the_line(channels)
        for phone in (wanted.trader, wanted.producer):
            if phone in engaged:
                raise Engaged(f"{masked(phone)} is on the line just now: try again afterwards.")

    def _variables(self, agent: str, wanted: Introduction) -> dict[str, object]:
        trader, producer = national(wanted.trader), national(wanted.producer)
        return {
            f"__{_MARK}": wanted.id,
            "IVR_AGENT": agent,
            "IVR_TRADER_DIAL": self._dial.string(trader),
            "IVR_TRADER": trader,
            "IVR_PRODUCER_DIAL": self._dial.string(producer),
            "IVR_PRODUCER": producer,
            "IVR_RING": self._policy.ring_seconds,
            "IVR_SHOWN": self._dial.shown,
        }

    def _put_aside(self, path: Path) -> None:
        log.warning("introduction.unreadable", file=path.name, reason="no id is its name")
        with suppress(OSError):
            path.rename(path.with_suffix(".unreadable"))


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
