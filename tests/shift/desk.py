"""Agents with softphones: they answer or not, pause, vanish and come back, by seeded chance."""

import asyncio
import contextlib
import time
from collections.abc import Mapping
from pathlib import Path
from random import Random

from baresip import BaresipError

from scripts.caller import NotHeard
from tests.calls import sip_parties
from tests.calls.agents import AgentPhone, AgentPhones
from tests.calls.registrar import Line, Registrar
from tests.shift.diary import Away, CallMade, Diary, Leg
from tests.shift.house import House
from tests.shift.people import Meeting, Person

WHISPER = 2.5
"""Seconds within which an agent knows that it is a callback."""
ENOUGH = 5
"""Stretches of the whisper that prove it."""
FRESH = 100.0
"""Seconds after which a phone registers anew."""
PAUSED = ("agent-paused", "agent-not-in")
READY = ("agent-ready", "agent-not-in")


class DeskAgent:
    """One agent at work. Codes are keyed on a second identity of the same phone."""

    def __init__(
        self,
        extension: str,
        house: House,
        phones: AgentPhones,
        people: Mapping[str, Person],
        diary: Diary,
        chance: Random,
    ) -> None:
        self.extension, self._house, self._phones = extension, house, phones
        self._people, self._diary, self._chance = people, diary, chance
        self._registrar = Registrar(house.installation.ports.sip)
        self._secret = phones.secrets[extension]
        self._whisper = _stretches(house.installation.sounds / "id/saluran/callback-offer.alaw")
        self._taken = 0
        self.calm = asyncio.Event()
        """From now on the agent is there and takes every call."""
        self._keypad: AgentPhone

    async def begins(self) -> None:
        """The phone is there, and the agent is logged in."""
        await self._comes_back()
        self._keypad = await self._phones.agent(self.extension, registered=False)
        await self.keys("*11", "agent-in")

    async def works(self) -> None:
        """Until cancelled."""
        fresh = asyncio.create_task(self._stays_registered())
        try:
            while True:
                await self._next()
        finally:
            fresh.cancel()

    async def _next(self) -> None:
        try:
            leg = await self._party.rings(self._taken + 1, seconds=self._chance.uniform(15, 50))
        except TimeoutError:
            await (self._looks() if self.calm.is_set() else self._mood())
            return
        self._taken += 1
        await self._is_rung(leg)

    async def keys(self, code: str, *prompts: str, then: tuple[str, ...] = ()) -> None:
        """Key a code and hear one of these prompts; `then` a key after it and what follows that.

        Who did not understand what the line said keys it once more."""
        for last in (False, True):
            try:
                async with self._keypad.dials(code) as call:
                    await call.hears_one_of(prompts)
                    if then:
                        await call.presses(then[0])
                        await call.hears(*then[1:])
                return
            except (NotHeard, ConnectionError, TimeoutError, BaresipError) as error:
                if last:
                    self._diary.problems.append(f"{self.extension} keyed {code}: {error}")
                else:
                    self._diary.did["agent keys a code once more"] += 1

    # What happens to an agent

    async def _is_rung(self, leg: sip_parties.Leg) -> None:
        chance = 1.0 if self.calm.is_set() else self._chance.random()
        did = self._diary.did
        if chance < 0.04:
            did["agent rejects"] += 1
            leg.refuse(486)
            await self._is_ready_again()
        elif chance < 0.09:
            did["agent does not answer"] += 1
            await leg.over.wait()
            await self._is_ready_again()
        else:
            await asyncio.sleep(self._chance.uniform(0.3, 3))
            if leg.over.is_set():
                await self._is_ready_again()
            else:
                await self._answers(leg)

    async def _is_ready_again(self) -> None:
        await asyncio.sleep(self._chance.uniform(2, 7))
        await self.keys("*14", *READY)

    async def _answers(self, leg: sip_parties.Leg) -> None:
        await leg.answer()
        answered = time.monotonic()
        person = self._people.get(leg.caller)
        if person is None:
            self._diary.problems.append(f"{self.extension} was rung by {leg.caller!r}")
            leg.hang_up()
        else:
            speaks = asyncio.create_task(_is_never_silent(leg))
            await self._serves(leg, person)
            speaks.cancel()
        over = leg.over_at or time.monotonic()
        self._diary.agent_legs.append(Leg(self.extension, leg.rang_at, answered, over))
        await self._afterwards()

    async def _serves(self, leg: sip_parties.Leg, person: Person) -> None:
        made = person.waiting
        if made and not await self._hears_a_whisper(leg):
            await self._talks(leg, person, made)
        else:
            await self._calls_back(leg, person)

    async def _hears_a_whisper(self, leg: sip_parties.Leg) -> bool:
        """Whether it is a callback, though its person waits in a queue once more."""
        for _ in range(10):
            await asyncio.sleep(WHISPER / 10)
            if sum(stretch in leg.sound for stretch in self._whisper) >= ENOUGH:
                return True
        return False

    async def _talks(self, leg: sip_parties.Leg, person: Person, made: CallMade) -> None:
        meeting = Meeting(self.extension, self._chance.uniform(5, 40), self._chance.random() < 0.5)
        person.met.put_nowait(meeting)
        # Who hung up, or pressed a key, at that moment cannot know.
        made.may_be |= {"agent"}
        if self._vanishes(0.08):
            self._diary.did["agent's phone vanishes in a talk"] += 1
            await asyncio.sleep(self._chance.uniform(1, 5))
            await self._vanished(leg)
        else:
            await self._until_over(leg, 90 if meeting.caller_ends else meeting.seconds)
        meeting.over.set()

    async def _calls_back(self, leg: sip_parties.Leg, person: Person) -> None:
        person.picked_up.clear()
        await asyncio.sleep(self._chance.uniform(0.5, 4))
        chance, did = 1.0 if self.calm.is_set() else self._chance.random(), self._diary.did
        if chance < 0.04:
            did["callback: agent hangs up"] += 1
            leg.hang_up()
            return
        if chance < 0.16:
            did["callback: agent declines"] += 1
            leg.press("2")
        elif chance < 0.26:
            did["callback: agent hears the whisper out"] += 1
        else:
            did["callback: agent accepts"] += 1
            leg.press("1")
        await self._until_over(leg, 50, person.picked_up)
        if not leg.over.is_set():
            await self._until_over(leg, self._chance.uniform(5, 25))

    async def _until_over(
        self, leg: sip_parties.Leg, seconds: float, or_else: asyncio.Event | None = None
    ) -> None:
        """Hangs up after so many seconds, unless the other thing happens before."""
        waits = [asyncio.create_task(event.wait()) for event in (leg.over, or_else) if event]
        try:
            done, _ = await asyncio.wait(
                waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            for wait in waits:
                wait.cancel()
        if not done:
            leg.hang_up()

    async def _afterwards(self) -> None:
        if self._chance.random() < 0.4:
            self._diary.did["agent keys a disposition"] += 1
            await self.keys("*1601", "agent-noted", "agent-no-talk")
        if not self.calm.is_set() and self._chance.random() < 0.1:
            self._diary.did["agent wraps up longer"] += 1
            await self.keys("*15", "agent-wrap-up", "agent-not-in")
            await asyncio.sleep(self._chance.uniform(3, 9))
            await self.keys("*14", *READY)

    # What an agent does of their own will

    async def _looks(self) -> None:
        """At the end of the day: whoever finds themselves paused is ready again."""
        states = {one["agent"]: one["state"] for one in (await self._house.live())["agents"]}
        if states.get(self.extension) == "paused":
            self._diary.did["agent finds themselves paused"] += 1
            await self.keys("*14", *READY)

    async def _mood(self) -> None:
        did, chance = self._diary.did, self._chance.random()
        if chance < 0.5:
            did["agent pauses"] += 1
            await self.keys(f"*13{self._chance.randint(1, 5)}", *PAUSED)
            await asyncio.sleep(self._chance.uniform(4, 15))
            await self.keys("*14", *READY)
        elif chance < 0.75:
            did["agent logs out and in"] += 1
            await self.keys("*12", "agent-out")
            await asyncio.sleep(self._chance.uniform(3, 10))
            await self.keys("*11", "agent-in")
        elif self._vanishes(0.6):
            did["agent's phone vanishes while idle"] += 1
            await self._vanished()

    def _vanishes(self, often: float) -> bool:
        """Phones of two desks have a bad network."""
        bad = self.extension in ("6003", "6005") and not self.calm.is_set()
        return bad and self._chance.random() < often

    async def _vanished(self, leg: sip_parties.Leg | None = None) -> None:
        if leg:
            leg.falls_silent()
        self._line.close()
        since = self._house.since_start()
        await asyncio.sleep(self._chance.uniform(8, 30))
        await self._comes_back()
        self._diary.away.append(Away(self.extension, since, self._house.since_start()))
        # Whoever was rung meanwhile is paused by the PBX.
        await self.keys("*14", *READY)

    async def _comes_back(self) -> None:
        self._line = await Line.opened()
        self._party = self._line.phone(self.extension, answers_after=None)
        self._taken = 0
        await self._registers()

    async def _registers(self) -> None:
        said = await self._registrar.answers(self.extension, self._secret, at=self._line)
        if said != 200:
            self._diary.problems.append(f"{self.extension} was refused with {said}")

    async def _stays_registered(self) -> None:
        while True:
            await asyncio.sleep(FRESH)
            if not self._line.closed:
                with contextlib.suppress(TimeoutError):
                    await self._registers()

    async def leaves(self) -> None:
        """Logged out, and the phone is off."""
        await self.keys("*12", "agent-out")
        if not self._line.closed:
            await self._registrar.answers(self.extension, self._secret, at=self._line, seconds=0)
            self._line.close()


async def _is_never_silent(leg: sip_parties.Leg) -> None:
    """As a phone is that has a microphone: also while nobody is heard."""
    while not leg.over.is_set() and not leg.silent:
        leg.speak()
        await asyncio.sleep(0.5)


def _stretches(path: Path) -> list[bytes]:
    """Of the sound as the PBX sends it, without what is silence; short ones, for a busy PBX cuts
    its packets elsewhere."""
    sound = path.read_bytes()
    stretches = (sound[at : at + 60] for at in range(0, len(sound), 160))
    return [stretch for stretch in stretches if len(set(stretch)) > 8]


class Supervisor(DeskAgent):
    """Closes the line at once in the middle of the shift, and opens it again."""

    async def closes_the_line(self, begin: float, seconds: float) -> None:
        await self._house.sleep_until(begin)
        self._diary.did["supervisor closes the line"] += 1
        await self.keys("*10", "agent-line-ask", then=("1", "agent-line-closed"))
        await asyncio.sleep(seconds)
        await self.keys("*10", "agent-line-ask", then=("3", "agent-line-open"))
