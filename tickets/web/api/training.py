"""Trainings: sessions, who signed up, who came."""

from typing import Annotated

from pydantic import Field, TypeAdapter

from tickets.cases.training import NewTraining, Owed, Place, Signup, State, TrainingLine, Zone
from tickets.web import keyset
from tickets.web.keyset import Page, PageQuery
from tickets.web.routes import ID, Ask, Routes
from tickets.web.texts import Body, Moment, Number, PhoneText, Words

routes = Routes("training")

PLACE: TypeAdapter[Place] = TypeAdapter(Place)
Seats = Annotated[int, Field(ge=1, le=10_000)]


class TrainingsQuery(PageQuery):
    past: bool = False
    """Those that are over instead, the last first."""


class TrainingIn(Body):
    title: Words
    city: Words
    place: Words | None = None
    """House and street; may come later."""
    starts_at: Moment
    ends_at: Moment
    zone: Zone = "WIB"
    """In which its times are told."""
    seats: Seats

    def given(self) -> NewTraining:
        """As the use case takes it."""
        return NewTraining(**self.model_dump() | {"place": self.place or ""})


class Cancelling(Body):
    why: Words


class SignupIn(Body):
    phone: PhoneText
    name: Words | None = None
    """Noted where their name is not known yet."""
    ticket: Number | None = None
    """Of which this came."""


class ToldIn(Body):
    state: State
    """What they were told."""


class AttendanceIn(Body):
    attended: bool | None
    """None takes the note away."""


@routes.get("/trainings")
async def list_trainings(ask: Ask[TrainingsQuery, None]) -> Page[TrainingLine]:
    """Those to come, the next first."""
    query = ask.query
    place = keyset.place(query.after, PLACE)
    found = await ask.desk.trainings.page(
        ask.actor, past=query.past, after=place, limit=query.limit
    )
    last = found[-1] if len(found) == query.limit else None
    return Page[TrainingLine](
        items=found, next=keyset.written((last.starts_at, last.id)) if last else None
    )


@routes.post("/trainings", location="/trainings/{id}")
async def add_training(ask: Ask[None, TrainingIn]) -> TrainingLine:
    """Plan a session."""
    return await ask.desk.trainings.add(ask.actor, ask.body.given(), ask.new_id)


@routes.get("/trainings/owed")
async def list_owed(ask: Ask[None, None]) -> list[Owed]:
    """Who does not know yet how it stands with their seat."""
    return await ask.desk.trainings.owed(ask.actor)


@routes.get(f"/trainings/{ID}")
async def read_training(ask: Ask[None, None]) -> TrainingLine:
    """A session and its seats."""
    return await ask.desk.trainings.read(ask.actor, ask.id)


@routes.put(f"/trainings/{ID}")
async def change_training(ask: Ask[None, TrainingIn]) -> TrainingLine:
    """Another time, place or number of seats: who waits gets those that come free."""
    version = ask.counted_version()
    return await ask.desk.trainings.change(ask.actor, ask.id, version, ask.body.given())


@routes.post(f"/trainings/{ID}/cancel", status=200, if_match=True)
async def cancel_training(ask: Ask[None, Cancelling]) -> TrainingLine:
    """Call it off; everybody on its list is owed a word."""
    version = ask.counted_version()
    return await ask.desk.trainings.cancel(ask.actor, ask.id, version, ask.body.why)


@routes.get(f"/trainings/{ID}/signups")
async def list_signups(ask: Ask[None, None]) -> list[Signup]:
    """Who comes, then who waits for a seat, then who will not come."""
    return await ask.desk.trainings.signups(ask.actor, ask.id)


@routes.post(f"/trainings/{ID}/signups")
async def sign_up(ask: Ask[None, SignupIn]) -> Signup:
    """A seat if there is one, else a place on the waiting list."""
    given = ask.body
    return await ask.desk.trainings.sign_up(
        ask.actor, ask.id, given.phone, given.name, given.ticket, ask.new_id
    )


@routes.post(f"/training-signups/{ID}/leave", status=200)
async def leave_training(ask: Ask[None, None]) -> Signup:
    """They will not come: their seat is the next one's."""
    return await ask.desk.trainings.leave(ask.actor, ask.id)


@routes.post(f"/training-signups/{ID}/told", status=200)
async def tell_signup(ask: Ask[None, ToldIn]) -> Signup:
    """Somebody told them how it stands."""
    return await ask.desk.trainings.tell(ask.actor, ask.id, ask.body.state)


@routes.put(f"/training-signups/{ID}/attendance", if_match=False)
async def note_attendance(ask: Ask[None, AttendanceIn]) -> Signup:
    """Whether they came."""
    return await ask.desk.trainings.attend(ask.actor, ask.id, ask.body.attended)
