"""Calls as the phone side tells them, in the words of the domain."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from config.numbers import ticket_number
from config.pins import pin_hash
from ivr import facts
from ivr.ids import call_id, new_id
from tests.store.conftest import PIN_KEY

SITI = "+6281234567890"
BUDI = "+6281345678901"
FRIDAY_3 = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
MONDAY_8 = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)

Json = Mapping[str, Any]


@dataclass
class Call:
    """One call; each verb tells a fact, a second later than the one before."""

    uniqueid: str = "1795766400.1"
    phone: str | None = SITI
    pbx: str = "pbx1"
    at: datetime = FRIDAY_3
    told: list[Json] = field(default_factory=list)
    seq: int = 0

    @property
    def id(self) -> UUID:
        return call_id(self.pbx, self.uniqueid)

    def begins(self, flow: str = "hotline@1", dialled: str = "1500587") -> None:
        self._tell(
            facts.CallBegan,
            pbx=self.pbx,
            uniqueid=self.uniqueid,
            caller=self.phone or "anonymous",
            phone=self.phone,
            dialled=dialled,
            flow=flow,
        )

    def comes_to(self, step: str, event: str = "entered", detail: str = "") -> None:
        self.seq += 1
        self._tell(facts.StepTaken, seq=self.seq, step=step, event=event, detail=detail)

    def chooses(self, language: str) -> None:
        self._tell(facts.LanguageChosen, phone=self.phone, language=language)

    def consents(self, granted: bool = True) -> None:
        self._tell(facts.ConsentGiven, phone=self.phone, purpose="record", granted=granted)

    def opens(
        self,
        sequence: int | None,
        pin: str = "4711",
        category: str = "GANTI",
        ticket: UUID | None = None,
        **more: Any,
    ) -> UUID:
        ticket = ticket or new_id()
        number = None if sequence is None else ticket_number(2026, sequence)
        self._tell(
            facts.TicketOpened,
            ticket=ticket,
            number=number,
            pin_hash=pin_hash(PIN_KEY, ticket, pin),
            category=category,
            channel="phone",
            **{"phone": self.phone} | more,
        )
        return ticket

    def is_promised(
        self,
        ticket: UUID,
        due: datetime = MONDAY_8,
        since: datetime | None = None,
        phone: str | None = None,
        type: str = "next_opening",  # noqa: A002
    ) -> UUID:
        callback = new_id()
        self._tell(
            facts.CallbackPromised,
            callback=callback,
            ticket=ticket,
            phone=phone or self.phone,
            type=type,
            due=due,
            since=since or self.at,
        )
        return callback

    def leaves_message(self, ticket: UUID) -> UUID:
        recording = new_id()
        self._tell(
            facts.MessageLeft,
            recording=recording,
            ticket=ticket,
            name=f"{recording}.bin",
            seconds=7.5,
            size=120_000,
            sha256="ab" * 32,
            silent=False,
        )
        return recording

    def ends(self, outcome: str = "promise", step: str = "goodbye", certain: bool = True) -> None:
        self._tell(facts.CallEnded, outcome=outcome, step=step, certain=certain)

    def _tell(self, kind: type[facts.Fact], **values: Any) -> None:
        self.at += timedelta(seconds=1)
        self.told.append(kind(id=new_id(), call=self.id, at=self.at, **values).to_json())


def whole_call(
    uniqueid: str = "1795766400.1", sequence: int | None = 1, phone: str | None = SITI
) -> Call:
    """A call with a fact of every kind: a request, a promise, a message."""
    call = Call(uniqueid, phone)
    call.begins()
    call.comes_to("consent")
    call.consents()
    call.comes_to("main", "key", "1")
    call.chooses("en")
    ticket = call.opens(sequence, fields={"scheme": "reseller"}, language="en")
    call.comes_to("promise")
    if phone:
        call.is_promised(ticket)
    call.leaves_message(ticket)
    call.ends()
    return call
