"""People who ring the hotline and are called back: what each does is their own seeded chance."""

import asyncio
from dataclasses import dataclass, field
from random import Random

from scripts.caller import Call, NotHeard, Phone
from scripts.caller.sounds import Sounds
from scripts.embedded.addresses import NUMBER
from tests.calls import sip_parties
from tests.calls.sip_parties import Parties
from tests.shift.diary import CallMade, Diary, Leg
from tests.shift.house import House
from tests.shift.listening import Ear

MENU = 75.0
"""Seconds that a caller listens without anything known: the hours are spoken in three zones."""
WAYS = ("0", "0", "0", "11", "11", "31", "31", "42")
"""Keys from the main menu straight to a queue: who asks for trainings (41) hears first which there
are, and asks for no officer yet."""
BEFORE = {"1": "products-menu", "3": "complaints-menu", "4": "training-menu"}
IN_QUEUE = ("connecting", "waiting", "queue-position", "queue-waiting")
PROMISES = ("promise-call", "promise-soon", "promise-known", "promise-kept-anyway")
LOOSE = frozenset({"hung_up", "promise"})


@dataclass
class Meeting:
    """A talk that has begun, as both sides agree on it."""

    agent: str
    seconds: float
    caller_ends: bool
    over: asyncio.Event = field(default_factory=asyncio.Event)
    """The agent's side is no more."""


class Person:
    """One person with a phone; calls, waits, gives up, and is called back."""

    def __init__(
        self,
        number: str,
        house: House,
        phone: Phone,
        carrier: Parties,
        sounds: Sounds,
        diary: Diary,
        chance: Random,
        *,
        reachable: bool = True,
    ) -> None:
        """`reachable`: the network knows the number."""
        self.number, self._house, self._phone = number, house, phone
        self._sounds, self._diary, self._chance = sounds, diary, chance
        self._party = carrier.phone(number, answers_after=None) if reachable else None
        self.calling = False
        """On a call to the hotline."""
        self.waiting: CallMade | None = None
        """The call in which the person waits in a queue, or has hung up from one just now."""
        self.met: asyncio.Queue[Meeting] = asyncio.Queue()
        self.language = "id"
        """The line remembers it."""
        self.picked_up: asyncio.Event = asyncio.Event()
        """The one who is called back has answered."""
        self._calls = 0

    # Calls

    async def rings_now_and_then(self) -> None:
        """Ring the hotline, and perhaps again, until the shift is over."""
        seconds = self._house.seconds
        await self._house.sleep_until(self._chance.uniform(0, 0.35) * seconds)
        while self._house.since_start() < seconds:
            await self._rings()
            if self._chance.random() < 0.12:
                return
            await asyncio.sleep(self._chance.uniform(0.02, 0.12) * seconds)

    async def _rings(self) -> None:
        self._calls += 1
        made = CallMade(
            self.number,
            f"{NUMBER}{self.number[-3:]}{self._calls:02}",
            self._calls,
            self._house.since_start(),
        )
        self._diary.calls.append(made)
        self.calling = True
        try:
            async with self._phone.dials(made.dialled, caller=self.number) as call:
                call.language = self.language
                await _OneCall(self, made, call, Ear(call, self._sounds)).goes()
        except (ConnectionError, TimeoutError) as error:
            self._diary.problems.append(f"{made.dialled} was not answered: {error}")
        finally:
            self.calling, self.waiting = False, None

    # The person's phone

    async def has_a_phone(self) -> None:
        """Whatever calls it gets, until cancelled."""
        party = self._party
        if party is None:
            return
        nth, busy = 0, set[asyncio.Task[None]]()
        while True:
            nth += 1
            leg = await party.rings(nth, seconds=1e6)
            task = asyncio.create_task(self._is_called(leg))
            busy.add(task)
            task.add_done_callback(busy.discard)

    async def _is_called(self, leg: sip_parties.Leg) -> None:
        if self.calling:
            self._diary.problems.append(f"{self.number} was dialled while on the line")
        chance, did = self._chance.random(), self._diary.did
        answered = None
        if chance < 0.12:
            did["called back: busy"] += 1
            leg.refuse(486)
        elif chance < 0.24:
            did["called back: does not answer"] += 1
            await leg.over.wait()
        else:
            await asyncio.sleep(self._chance.uniform(0.3, 4))
            if not leg.over.is_set():
                answered = asyncio.get_running_loop().time()
                await leg.answer()
                self.picked_up.set()
                await self._talks(leg, early=chance < 0.34)
        await leg.over.wait()
        self._diary.person_legs.append(Leg(self.number, leg.rang_at, answered, leg.over_at))

    async def _talks(self, leg: sip_parties.Leg, *, early: bool) -> None:
        did = self._diary.did
        if early:
            did["called back: hangs up at once"] += 1
            seconds = self._chance.uniform(0.2, 1)
        else:
            did["called back: talks"] += 1
            seconds = self._chance.uniform(5, 25)
        ends = early or self._chance.random() < 0.5
        try:
            # Else the agent does; a vanished one never.
            async with asyncio.timeout(seconds if ends else 120):
                await leg.over.wait()
        except TimeoutError:
            leg.hang_up()


class _OneCall:
    """From the answer to the end."""

    def __init__(self, person: Person, made: CallMade, call: Call, ear: Ear) -> None:
        self._person, self._made, self._call, self._ear = person, made, call, ear
        self._chance, self._diary, self._house = person._chance, person._diary, person._house
        self._way = self._chance.choice(WAYS)
        self._changes = self._chance.random() < 0.15
        self._consent = self._chance.choice("12")
        self._mind = self._chance.choices(
            ("waits", "gives up", "callback", "menu"), (60, 14, 20, 6)
        )[0]
        self._slot = self._chance.random() < 0.3
        """Would rather be called at a time of their choice."""
        self._stays = self._slot or self._chance.random() < 0.4
        self._confirmed = False

    async def goes(self) -> None:
        """Answer whatever is heard as somebody would."""
        # Each is recognised by what follows too: a busy machine loses a packet now and then.
        expected: tuple[str, ...] = ("consent", "main-menu", "closed-menu")
        while expected:
            heard = await self._ear.one_of(expected, MENU)
            if heard is None:
                self._nothing_more(expected)
                return
            expected = await self._answer(heard)
        await self._leaves()

    async def _answer(self, heard: str) -> tuple[str, ...]:
        """What is expected after it; nothing when the caller is done."""
        match heard:
            case "consent":
                return await self._presses(self._consent, "main-menu")
            case "main-menu":
                return await self._main_menu()
            case "products-menu" | "complaints-menu" | "training-menu":
                return await self._asks(self._way[1])
            case "closed-menu":
                self._did("rings when closed")
                return await self._presses("1", "number-right", *PROMISES)
            case queued if queued in IN_QUEUE:
                return await self._waits()
            case "all-busy":
                self._person.waiting = None
                self._did("is offered a callback")
                return ("number-right", *PROMISES)
            case "queue-closed":
                self._person.waiting = None
                self._did("is swept at closing")
                self._confirmed = True
                return PROMISES
            case "number-right":
                self._confirmed = True
                return await self._presses("1", *PROMISES)
            case promise if promise in PROMISES:
                self._made.promised = True
                return ("message-offer", "goodbye") if self._stays else ()
            case "message-offer" if self._slot:
                self._slot = False
                return await self._presses("3", "slot-choose", "slot-others", "slot-none")
            case "slot-choose" | "slot-others":
                self._did("chooses a slot")
                return await self._presses("1", *PROMISES, "slot-taken")
            case "slot-taken" | "slot-none":
                self._did("finds no slot")
                return await self._presses("*", "message-offer")
            case "message-offer":
                return await self._presses("2", "more")
            case "more":
                return await self._presses("2", "goodbye")
            case _:
                await self._ends()
                return ()

    async def _main_menu(self) -> tuple[str, ...]:
        if self._changes:
            self._changes = False
            self._did("changes the language")
            await self._call.presses("9")
            self._call.language = {"id": "en", "en": "id"}[self._call.language]
            self._person.language = self._call.language
            return ("main-menu",)
        if menu := BEFORE.get(self._way[0]):
            return await self._presses(self._way[0], menu)
        return await self._asks(self._way)

    async def _asks(self, key: str) -> tuple[str, ...]:
        """For an officer: from now on the caller waits."""
        self._made.asks.append(self._house.since_start())
        self._person.met = asyncio.Queue()
        self._person.waiting = self._made
        return await self._presses(key, *IN_QUEUE, "all-busy", "queue-closed")

    async def _waits(self) -> tuple[str, ...]:
        """In the queue: until an agent answers, or patience ends."""
        called = asyncio.Event()
        asks = asyncio.create_task(self._person.met.get())
        asks.add_done_callback(lambda _: called.set())
        try:
            return await self._stands(asks, called)
        finally:
            asks.cancel()

    async def _stands(
        self, asks: "asyncio.Task[Meeting]", called: asyncio.Event
    ) -> tuple[str, ...]:
        patience = {
            "waits": 150.0,
            "gives up": self._chance.uniform(2, 25),
            "callback": self._chance.uniform(3, 12),
            "menu": self._chance.uniform(3, 12),
        }[self._mind]
        listens: tuple[str, ...] = ("all-busy", "queue-closed")
        for _ in range(8):
            heard = await self._ear.one_of(listens, patience, unless=called)
            if called.is_set():
                return await self._talks(asks.result())
            if heard in ("number-right", "main-menu"):
                self._did(f"presses {'1' if heard == 'number-right' else '*'} while waiting")
                self._mind, self._person.waiting = "waits", None
            if heard:
                return await self._answer(heard)
            if self._call.over:
                self._diary.problems.append(f"{self._made.dialled} was hung up on while waiting")
                return ()
            match self._mind:
                case "callback":
                    await self._call.presses("1")
                    listens, patience = (*listens, "number-right"), 20.0
                case "menu":
                    await self._call.presses("*")
                    listens, patience = (*listens, "main-menu"), 20.0
                case "gives up":
                    self._did("gives up waiting")
                    return ()
                case _:
                    self._diary.problems.append(f"{self._made.dialled} waited for ever")
                    return ()
        self._diary.problems.append(f"{self._made.dialled} pressed a key that nobody heard")
        return ()

    async def _talks(self, meeting: Meeting) -> tuple[str, ...]:
        self._did("talks with an agent")
        self._person.waiting = None
        self._made.talked_with = meeting.agent
        if meeting.caller_ends:
            await asyncio.sleep(meeting.seconds)
            return ()
        await meeting.over.wait()
        await self._ends()
        return ()

    async def _ends(self) -> None:
        try:
            await self._call.ends(MENU)
        except NotHeard:
            self._diary.problems.append(f"{self._made.dialled} was not hung up on in the end")

    async def _presses(self, key: str, *then: str) -> tuple[str, ...]:
        await self._call.presses(key)
        return then

    async def _leaves(self) -> None:
        """What the call may have come to, by all that its caller knows."""
        made = self._made
        if made.talked_with:
            made.may_be = frozenset({"agent"})
        elif made.promised:
            made.may_be |= {"promise"}
        elif self._confirmed:
            made.may_be |= LOOSE
        else:
            made.may_be |= {"hung_up"}

    def _nothing_more(self, expected: tuple[str, ...]) -> None:
        why = "the call ended" if self._call.over else "nothing known was heard"
        self._diary.problems.append(
            f"{self._made.dialled}: {why} when {' or '.join(expected)} was to come;"
            f" listen: {self._call.saved()}"
        )
        self._made.may_be = LOOSE | {"failed", "agent"}

    def _did(self, what: str) -> None:
        self._diary.did[what] += 1
