"""The ticket side as the phone side knows it, with errors in the phone side's words."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from ivr.ports import DeskAway, LiveCallback, OpenCall, Person, TicketState
from tickets.desk import PostgresDesk
from tickets.errors import StoreAway


class PhoneDesk:
    """Fits `ivr.ports.Desk`."""

    def __init__(self, desk: PostgresDesk) -> None:
        self._desk = desk

    async def apply(self, facts: Sequence[Mapping[str, Any]]) -> None:
        with _away():
            await self._desk.apply(facts)

    async def person(self, phone: str) -> Person:
        with _away():
            person = await self._desk.person(phone)
        live = person.live_callback
        return Person(
            person.language,
            LiveCallback(live.id, live.ticket, live.number, live.due) if live else None,
        )

    async def ticket_state(self, number: str, pin: str, caller: str) -> TicketState | None:
        with _away():
            state = await self._desk.ticket_state(number, pin, caller)
        if state is None:
            return None
        return TicketState(state.number, state.status, state.deadline, state.callback)

    async def number_block(self, year: int) -> range:
        with _away():
            return await self._desk.number_block(year)

    async def closures(self) -> list[tuple[datetime, datetime | None, str]]:
        with _away():
            return await self._desk.closures()

    async def open_calls(self, pbx: str) -> list[OpenCall]:
        with _away():
            calls = await self._desk.open_calls(pbx)
        return [
            OpenCall(call.id, call.uniqueid, call.phone, call.began, call.step, call.ticketed)
            for call in calls
        ]


@contextmanager
def _away() -> Iterator[None]:
    try:
        yield
    except StoreAway as away:
        raise DeskAway(str(away)) from away
