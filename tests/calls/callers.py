"""Callers, and the ways that most of them take."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from scripts.caller import Call, NotHeard, Phone
from tests.calls.hotline import OPEN, Hotline

AT_ONCE = 40
"""Calls in progress: two cores also have to listen to them."""

_numbers = itertools.count(1)


class Caller:
    """Rings the hotline. Every call is from another number and dials another one, by which its
    row is found; both begin as the real ones do."""

    def __init__(self, phone: Phone, hotline: Hotline) -> None:
        self._phone = phone
        self.hotline = hotline
        self._room = asyncio.Semaphore(AT_ONCE)
        self.calls: list[Call] = []
        """All that were made, in order."""

    @asynccontextmanager
    async def dials(
        self,
        at: str = OPEN,
        *,
        hours: str = "office",
        number: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> AsyncIterator[Call]:
        """A call at a time in WIB; `number` is the caller's own."""
        async with self._room:
            await self.hotline.serves(at, hours)
            async with self.rings(number, headers) as call:
                yield call

    @asynccontextmanager
    async def rings(
        self, number: str | None = None, headers: Mapping[str, str] | None = None
    ) -> AsyncIterator[Call]:
        """A call to the hotline as it is just now, whether its service lives or not."""
        nth = next(_numbers)
        async with self._phone.dials(
            f"1500587{nth:05}",
            caller=own_number(nth) if number is None else number,
            headers=headers,
        ) as call:
            self.calls.append(call)
            yield call


def own_number(nth: int) -> str:
    """The mobile number of the nth caller."""
    return f"0812{nth:08}"


def number_of(call: Call) -> str:
    """The caller's own number, unless another was given."""
    return own_number(int(call.dialled[-5:]))


def e164(national: str) -> str:
    """`0812…` as the tables hold it."""
    return f"+62{national[1:]}"


async def agrees(call: Call) -> None:
    """Through the greeting; yes to being recorded; into the main menu."""
    await call.hears("consent")
    await call.presses("1")
    await call.hears("main-menu")


async def reaches_the_number(call: Call) -> None:
    """An officer is asked for, all are busy, and our number is read back."""
    await agrees(call)
    await call.presses("0")
    await call.hears("all-busy", "number-we-call")


async def is_told_ticket(call: Call) -> tuple[str, str]:
    """Number and PIN, as they are read out; the second time if some of the first was lost, as
    sound is on a busy machine."""
    try:
        return await _hears_ticket(call)
    except NotHeard:
        await call.hears("ticket-again", timeout=25)
        return await _hears_ticket(call)


async def _hears_ticket(call: Call) -> tuple[str, str]:
    await call.hears("ticket-number", timeout=25)
    number = await call.reads_digits(8)
    await call.hears("ticket-pin")
    return number, await call.reads_digits(4)


async def is_offered_another_time(call: Call) -> tuple[str, str]:
    """Agrees to the number that is read back, and asks for other times; the ticket's number and
    PIN."""
    await call.hears("number-right", timeout=25)
    await call.presses("1")
    told = await is_told_ticket(call)
    await call.hears("slot-offer", timeout=60)
    await call.presses("3")
    await call.hears("slot-choose")
    return told


async def enquires(call: Call, number: str, pin: str) -> str:
    """Number and PIN are keyed when they are asked for; what is then heard."""
    await call.hears("enquiry-number", timeout=25)
    await call.presses(f"{number}#", gap=0.05)
    await call.hears("enquiry-pin")
    await call.presses(f"{pin}#", gap=0.05)
    return await call.hears_one_of(["enquiry-report", "enquiry-unknown"])


async def asks_for_a_callback(call: Call) -> tuple[str, str]:
    """A whole callback request within the hours; the ticket's number and PIN."""
    await reaches_the_number(call)
    await call.hears("number-right")
    await call.presses("1")
    told = await is_told_ticket(call)
    await call.hears("message-offer", timeout=40)
    await call.presses("2")
    await says_goodbye(call)
    return told


async def says_goodbye(call: Call) -> None:
    """There is nothing else; the line hangs up."""
    await call.hears("more")
    await call.presses("2")
    await call.hears("goodbye")
    await call.ends()
