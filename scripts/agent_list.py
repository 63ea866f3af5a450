"""The agents as the phone side knows them, with errors in the phone side's words."""

from dataclasses import asdict

from ivr.ports import DeskAway
from ivr.ports_queue import Agent
from tickets.agents import Agents
from tickets.errors import StoreAway
from tickets.store import Store


class AgentList:
    """Call it for those who may take calls now; raises `DeskAway`."""

    def __init__(self, store: Store) -> None:
        self._agents = Agents(store)

    async def __call__(self) -> list[Agent]:
        try:
            return [Agent(**asdict(agent)) for agent in await self._agents.all()]
        except StoreAway as away:
            raise DeskAway(str(away)) from away
