"""The demo's agents: their phones' secrets, their rows, and the files that the PBX includes."""

import asyncio
import json
import sys
from pathlib import Path

from config.agent_secrets import new_secret
from config.queues import load_queues
from config.settings import Settings, load_settings
from ivr.provisioning import publish
from scripts.embedded.state import State, write_private
from scripts.phone_desk import PhoneAgents
from tickets.agents import AgentExists, Agents, NewAgent
from tickets.store import Store

BOTH = ("id", "en")
TEAM = (
    NewAgent("6001", "Sari Wulandari", BOTH, {"umum": 0, "produsen": 0, "pengaduan": 0}, True),
    NewAgent("6002", "Budi Santoso", BOTH, {"umum": 0, "produsen": 1}),
    NewAgent("6003", "Dewi Lestari", ("id",), {"umum": 0, "pengaduan": 1}),
    NewAgent("6004", "Agus Pratama", ("id",), {"produsen": 0, "umum": 1}),
    NewAgent("6005", "Rina Hartati", BOTH, {"pengaduan": 0, "umum": 1}),
)


def secrets_of(state: State) -> dict[str, str]:
    """The phones' secrets by extension; made at the first time."""
    path = state.folder / "secrets/agents.json"
    if not path.exists():
        made = {agent.extension: new_secret() for agent in TEAM}
        write_private(path, json.dumps(made, indent=2) + "\n")
    kept: dict[str, str] = json.loads(path.read_text(encoding="ascii"))
    return kept


async def enrol(settings: Settings) -> None:
    """Write the team's rows unless they are there, and the PBX's files of all agents."""
    secrets = secrets_of(State(settings.state))
    store = Store(settings.database_url().get_secret_value(), connections=1)
    try:
        agents = Agents(store)
        for agent in TEAM:
            try:
                await agents.add(agent, secrets[agent.extension])
            except AgentExists:
                continue
        found = await PhoneAgents(store)()
    finally:
        await store.close()
    publish(settings, load_queues(settings.files.queues), found)


if __name__ == "__main__":
    asyncio.run(enrol(load_settings(Path(sys.argv[1]))))
