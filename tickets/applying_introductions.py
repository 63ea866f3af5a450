"""Writing what happened in calls in which a trader and a producer are introduced."""

from tickets.errors import FactRefused
from tickets.facts_queue import IntroductionNoted
from tickets.queries import SQL
from tickets.store import Connection


async def write_introduction_fact(connection: Connection, fact: IntroductionNoted) -> None:
    """A step, once. Raises FactRefused for a call that no desk asked for."""
    step = (fact.id, fact.introduction, fact.what, fact.party, fact.detail, fact.at)
    if not await connection.fetchval(SQL["note_introduction"], *step):
        raise FactRefused("introduction: there is no such call")
