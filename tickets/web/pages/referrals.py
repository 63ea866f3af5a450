"""Referrals on a ticket's page: introducing, what became of it, and the three-way call."""

from typing import Any
from uuid import UUID, uuid4, uuid5

from aiohttp import web

from tickets.cases.referrals import MOVES, Referral
from tickets.cases.tickets import Ticket
from tickets.rights import Right
from tickets.web.api.referrals import FollowUpAnswer, Introduced, ReferralMove
from tickets.web.notices import Notice
from tickets.web.pages.page import Pages, Visit
from tickets.web.routes import ID, NUMBER

pages = Pages("referrals")

HERE = "/tickets/{number}"
ONE = f"/tickets/{NUMBER}/referrals/{ID}"


async def referrals_of(visit: Visit, ticket: Ticket) -> dict[str, Any]:
    """What `ticket_referrals.html` needs, and the form beside each producer that fits."""
    found: list[Referral] = []
    if visit.actor.may(Right.PRODUCERS_READ):
        found = await visit.desk.referrals.of_ticket(visit.actor, ticket.number)
    return {
        "referrals": found,
        "referral_moves": MOVES,
        "referred": {one.producer for one in found if one.state in MOVES},
        "can_call": visit.actor.may(Right.AGENTS_OWN) and visit.actor.extension is not None,
        "once": str(uuid4()),
    }


@pages.post(f"/tickets/{NUMBER}/referrals", back=HERE)
async def introduce(visit: Visit) -> web.StreamResponse:
    """Sent twice, it is one."""
    told = visit.fits(Introduced)
    await visit.desk.referrals.introduce(
        visit.actor,
        visit.number,
        told.producer,
        told.pieces,
        how=told.how,
        why=told.why,
        id=_made(visit, "referral"),
    )
    return _done(visit, "introduced")


@pages.post(f"{ONE}/moves", back=HERE)
async def move_referral(visit: Visit) -> web.StreamResponse:
    """Accepted or declined, deal or no deal."""
    told = visit.fits(ReferralMove)
    given = (visit.counted_version(), told.became, told.why)
    await visit.desk.referrals.move(visit.actor, visit.id, *given)
    return _done(visit, "moved")


@pages.post(f"{ONE}/answers", back=HERE)
async def answer_follow_up(visit: Visit) -> web.StreamResponse:
    """What came out when somebody looked or asked."""
    told = visit.fits(FollowUpAnswer)
    await visit.desk.referrals.answer(visit.actor, visit.id, told.kind, told.answer)
    return _done(visit, "answered")


@pages.post(f"{ONE}/calls", back=HERE)
async def call_both(visit: Visit) -> web.StreamResponse:
    """One's own phone rings first. Sent twice, it is one call."""
    await visit.desk.referrals.call(visit.actor, visit.id, _made(visit, "three-way call"))
    return _done(visit, "rings")


def _made(visit: Visit, what: str) -> UUID | None:
    once = visit.form.one("once")[:64]
    return uuid5(visit.actor.user, f"{what} {visit.request.path} {once}") if once else None


def _done(visit: Visit, what: str) -> web.Response:
    return visit.go(f"/tickets/{visit.number}", Notice(f"referrals.{what}"))
