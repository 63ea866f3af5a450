"""Trainings on pages: planned and changed, people signed up, told, and noted as having come."""

from datetime import timedelta
from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, Field

from config.calendar import WIB
from tickets.cases.training import NewTraining, State, Zone
from tickets.rights import Right
from tickets.web import keyset
from tickets.web.api.training import PLACE, Cancelling, Seats, SignupIn, TrainingsQuery
from tickets.web.notices import Notice
from tickets.web.pages.listing import asked, following
from tickets.web.pages.page import Nav, Pages, Visit
from tickets.web.problems import Problem
from tickets.web.routes import ID
from tickets.web.shown_times import from_input
from tickets.web.texts import Words

pages = Pages("training", nav=Nav("nav.trainings", "/trainings", (Right.TRAINING_READ,), key="j"))

HERE = "/trainings/{id}"
FIRST_DAY = timedelta(days=14)
"""From now to the day that the form proposes."""
AN_HOUR = timedelta(hours=1)
ZONES = ("WIB", "WITA", "WIT")
Written = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$")]
"""As `datetime-local` sends it."""


class Planned(BaseModel):
    """Its times are those of the place."""

    title: Words
    city: Words
    place: Words | None = None
    starts_at: Written
    ends_at: Written
    zone: Zone
    seats: Seats


class ToldIn(BaseModel):
    state: State


@pages.get("/trainings")
async def list_trainings(visit: Visit) -> web.StreamResponse:
    """Those to come, or those that are over."""
    query = asked(visit, TrainingsQuery)
    place = keyset.place(query.after, PLACE)
    found = await visit.desk.trainings.page(
        visit.actor, past=query.past, after=place, limit=query.limit
    )
    last = found[-1] if len(found) == query.limit else None
    after = keyset.written((last.starts_at, last.id)) if last else None
    may_tell = visit.actor.may(Right.TRAINING_SIGN_UP)
    day = (visit.desk.clock().astimezone(WIB) + FIRST_DAY).replace(hour=9, minute=0)
    return visit.show(
        "trainings.html",
        found=found,
        past=query.past,
        query=query,
        owed=len(await visit.desk.trainings.owed(visit.actor)) if may_tell else 0,
        following=following(visit, after),
        zones=ZONES,
        training=None,
        starts_at=day,
        ends_at=day + 3 * AN_HOUR,
    )


@pages.post("/trainings", back="/trainings")
async def add_training(visit: Visit) -> web.StreamResponse:
    """Plan a session."""
    made = await visit.desk.trainings.add(visit.actor, _planned(visit))
    return visit.go(f"/trainings/{made.id}", Notice("trainings.added"))


@pages.get("/trainings/owed")
async def list_owed(visit: Visit) -> web.StreamResponse:
    """Whom somebody has to tell how it stands."""
    return visit.show("trainings_owed.html", found=await visit.desk.trainings.owed(visit.actor))


@pages.get(f"/trainings/{ID}")
async def show_training(visit: Visit) -> web.StreamResponse:
    """With everybody on its list."""
    training = await visit.desk.trainings.read(visit.actor, visit.id)
    signups = await visit.desk.trainings.signups(visit.actor, visit.id)
    return visit.show(
        "training.html",
        training=training,
        groups={
            state: [one for one in signups if one.state == state]
            for state in ("seated", "waiting", "cancelled")
        },
        began=training.starts_at <= visit.desk.clock(),
        zones=ZONES,
        starts_at=training.starts_at,
        ends_at=training.ends_at,
    )


@pages.post(f"/trainings/{ID}", back=HERE)
async def change_training(visit: Visit) -> web.StreamResponse:
    """Who waits gets the seats that this frees."""
    version = visit.counted_version()
    await visit.desk.trainings.change(visit.actor, visit.id, version, _planned(visit))
    return _done(visit, "changed")


@pages.post(f"/trainings/{ID}/cancel", back=HERE)
async def cancel_training(visit: Visit) -> web.StreamResponse:
    """Everybody on its list is owed a word."""
    version, why = visit.counted_version(), visit.fits(Cancelling).why
    await visit.desk.trainings.cancel(visit.actor, visit.id, version, why)
    return _done(visit, "called_off")


@pages.post(f"/trainings/{ID}/signups", back=HERE)
async def sign_up(visit: Visit) -> web.StreamResponse:
    """What is said next is how it stands: a seat, or the waiting list."""
    given = visit.fits(SignupIn)
    made = await visit.desk.trainings.sign_up(
        visit.actor, visit.id, given.phone, given.name, given.ticket
    )
    return _done(visit, f"is_{made.state}")


@pages.post(f"/training-signups/{ID}/leave", back="/trainings")
async def leave_training(visit: Visit) -> web.StreamResponse:
    """The seat is the next one's who waits."""
    one = await visit.desk.trainings.leave(visit.actor, visit.id)
    return visit.go(f"/trainings/{one.session}", Notice("trainings.left"))


@pages.post(f"/training-signups/{ID}/told", back="/trainings/owed")
async def tell_signup(visit: Visit) -> web.StreamResponse:
    """They know it now."""
    await visit.desk.trainings.tell(visit.actor, visit.id, visit.fits(ToldIn).state)
    return visit.go("/trainings/owed", Notice("trainings.was_told"))


@pages.post(f"/training-signups/{ID}/attendance", back="/trainings")
async def note_attendance(visit: Visit) -> web.StreamResponse:
    """Whether they came; what was noted by mistake is taken away."""
    came = {"yes": True, "no": False}.get(visit.form.one("came"))
    one = await visit.desk.trainings.attend(visit.actor, visit.id, came)
    return visit.go(f"/trainings/{one.session}#signup-{one.id}", Notice("trainings.noted"))


def _planned(visit: Visit) -> NewTraining:
    """Raises Problem."""
    given = visit.fits(Planned)
    times = {}
    for name, text in (("starts_at", given.starts_at), ("ends_at", given.ends_at)):
        try:
            times[name] = from_input(text, given.zone)
        except ValueError:
            places = [{"pointer": f"#/{name}", "detail": "no such time"}]
            raise Problem(422, "unacceptable", "no such time", places) from None
    return NewTraining(**given.model_dump() | times | {"place": given.place or ""})


def _done(visit: Visit, what: str) -> web.Response:
    return visit.go(f"/trainings/{visit.id}", Notice(f"trainings.{what}"))
