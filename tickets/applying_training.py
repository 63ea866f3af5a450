"""Writing what callers said of trainings within the caller's transaction."""

from collections.abc import Sequence
from uuid import UUID

from tickets.errors import FactRefused
from tickets.facts import Fact
from tickets.facts_training import TrainingAsked, TrainingFact, TrainingTold
from tickets.queries import SQL
from tickets.store import Connection
from tickets.training import sign_up


async def hold_trainings(connection: Connection, facts: Sequence[Fact]) -> None:
    """One writer at a time for each session's seats, in one order for all writers."""
    trainings = {fact.training for fact in facts if isinstance(fact, TrainingAsked | TrainingTold)}
    if trainings:
        await connection.execute(SQL["hold_trainings"], sorted(trainings))


async def write_training_fact(connection: Connection, fact: TrainingFact) -> None:
    """The session is held. Who is told late, through the spool, is seated by what is left then,
    and knows nothing of it until somebody tells them."""
    if isinstance(fact, TrainingTold):
        told = (fact.training, fact.phone, fact.state, fact.at)
        await connection.execute(SQL["training_told_by_phone"], *told)
        return
    who: UUID = await connection.fetchval(SQL["person_of_phone"], fact.phone)
    made = await sign_up(
        connection,
        fact.training,
        who,
        phone=fact.phone,
        channel="call",
        at=fact.at,
        signup=fact.id,
        call=fact.call,
    )
    if made is None:
        raise FactRefused("training: there is no such training")
