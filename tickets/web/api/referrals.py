"""Traders introduced to producers."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from tickets.cases.referrals import FollowUpKind, How, Referral, State
from tickets.web.routes import ID, NUMBER, Ask, Routes
from tickets.web.texts import Body, Words

routes = Routes("referrals")

Why = Annotated[str, StringConstraints(max_length=500)]


class Introduced(Body):
    producer: UUID
    pieces: Annotated[int, Field(ge=1, le=10_000_000)]
    """Promised of what the producer makes this month."""
    how: How
    """`call`: all three talk, and the trader agrees in the call; `by_hand`: the trader has agreed
    before that the producer gets to know them."""
    why: Why = ""


class ReferralMove(Body):
    became: State
    why: Why = ""


class FollowUpAnswer(Body):
    kind: FollowUpKind
    answer: Words


@routes.get(f"/tickets/{NUMBER}/referrals")
async def list_referrals(ask: Ask[None, None]) -> list[Referral]:
    """A ticket's referrals, each with its events, what is asked after it, and its calls."""
    return await ask.desk.referrals.of_ticket(ask.actor, ask.number)


@routes.post(f"/tickets/{NUMBER}/referrals")
async def introduce(ask: Ask[None, Introduced]) -> Referral:
    """Promise a producer's pieces to a trader.

    `not-agreed` where one of them has not agreed, `no-capacity` where fewer are left,
    `referred-already` where the two are being introduced.
    """
    told = ask.body
    return await ask.desk.referrals.introduce(
        ask.actor,
        ask.number,
        told.producer,
        told.pieces,
        how=told.how,
        why=told.why,
        id=ask.new_id,
    )


@routes.post(f"/referrals/{ID}/moves", status=200, if_match=True)
async def move_referral(ask: Ask[None, ReferralMove]) -> Referral:
    """Introduced → accepted or declined; accepted → deal or no deal."""
    told = (ask.counted_version(), ask.body.became, ask.body.why)
    return await ask.desk.referrals.move(ask.actor, ask.id, *told)


@routes.post(f"/referrals/{ID}/answers", status=200)
async def answer_follow_up(ask: Ask[None, FollowUpAnswer]) -> Referral:
    """What came out when somebody looked or asked, once."""
    return await ask.desk.referrals.answer(ask.actor, ask.id, ask.body.kind, ask.body.answer)


@routes.post(f"/referrals/{ID}/calls")
async def call_both(ask: Ask[None, None]) -> Referral:
    """Ring one's own phone, then the trader, and once they agree the producer, in one call."""
    return await ask.desk.referrals.call(ask.actor, ask.id, ask.new_id)
