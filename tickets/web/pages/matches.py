"""Producers that fit a ticket, as its page shows them."""

from typing import Any

from config.goods import goods
from tickets.cases.producers import Matches
from tickets.cases.tickets import Ticket
from tickets.producers.matching import Reason
from tickets.rights import Right
from tickets.web.language import Words
from tickets.web.pages.page import Visit
from tickets.web.shown_amounts import grouped, rupiah

_RUPIAH = ("least", "capital")


async def matches_of(visit: Visit, ticket: Ticket) -> dict[str, Any]:
    """What `ticket_matches.html` needs; its `matches` is None where nobody is looked for."""
    found: Matches | None = None
    if visit.actor.may(Right.PRODUCERS_READ) and not ticket.merged_into:
        found = await visit.desk.producers.matches(visit.actor, ticket.number)
    return {
        "matches": found if found and found.asked else None,
        "kinds": goods().kinds,
        "said": lambda reason: said(visit.words, reason),
    }


def said(words: Words, reason: Reason) -> str:
    """A reason in a sentence."""
    values = {
        name: rupiah(words, value)
        if reason.about == "capital" and name in _RUPIAH
        else grouped(words, value)
        for name, value in reason.values.items()
    }
    return words(f"matching.{reason.about}.{reason.found}", **values)
