"""Who is taken up again after a restart, at the step in which callers wait."""

from datetime import UTC, datetime
from types import SimpleNamespace

from config.prompts import Catalogue
from config.settings import CHECKOUT
from ivr.conversation import Conversation
from ivr.flow import Queue
from ivr.ids import new_id
from ivr.queueing import stand
from ivr.script import load_flow
from ivr.session import Outcome, Session

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
FLOW = load_flow(
    CHECKOUT / "config/flows/hotline.yaml", Catalogue.load(CHECKOUT / "config/prompts").ids
)


async def test_who_has_spoken_with_an_agent_is_not_put_into_the_queue_again() -> None:
    """The service died while they were asked how satisfied they are."""
    session = Session(call=new_id(), flow="hotline@1", began=NOW, language="id", caller=None)
    session.outcome = Outcome.AGENT
    nothing = SimpleNamespace()
    talk = Conversation(session, nothing, nothing)  # type: ignore[arg-type]
    step = FLOW.steps["operator"]
    assert isinstance(step, Queue)
    assert await stand(talk, step) == ""
    assert not session.requesting
