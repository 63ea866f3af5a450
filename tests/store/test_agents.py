"""Who may take calls: rows, and the secrets that are in none of them."""

import pytest

from config.agent_secrets import digest
from tickets.agents import AgentExists, Agents, AgentUnknown, NewAgent
from tickets.store import Connection, Store

SARI = NewAgent("6001", "Sari", ("id", "en"), {"umum": 0, "produsen": 2}, True)


async def test_an_agent_is_read_as_they_were_added(store: Store) -> None:
    agents = Agents(store)
    secret = await agents.add(SARI)
    (sari,) = await agents.all()
    assert (sari.extension, sari.name, sari.languages) == ("6001", "Sari", ("id", "en"))
    assert (sari.skills, sari.supervisor) == ({"umum": 0, "produsen": 2}, True)
    assert sari.digest == digest("6001", secret)


async def test_the_secret_is_in_no_column(store: Store, sql: Connection) -> None:
    secret = await Agents(store).add(SARI)
    assert secret not in str(await sql.fetch("SELECT to_jsonb(agent) FROM agent"))


async def test_an_extension_has_one_agent(store: Store) -> None:
    agents = Agents(store)
    await agents.add(SARI)
    with pytest.raises(AgentExists, match="6001 has an agent already"):
        await agents.add(NewAgent("6001", "Budi", ("id",), {}))
    assert [agent.name for agent in await agents.all()] == ["Sari"]


async def test_who_was_removed_is_gone_and_the_extension_can_be_given_again(store: Store) -> None:
    agents = Agents(store)
    first = await agents.add(SARI)
    await agents.remove("6001")
    assert await agents.all() == []
    second = await agents.add(NewAgent("6001", "Budi", ("id",), {}))
    (budi,) = await agents.all()
    assert (budi.name, budi.supervisor, budi.skills) == ("Budi", False, {})
    assert first != second


async def test_a_reset_makes_the_old_secret_worthless(store: Store) -> None:
    agents = Agents(store)
    old = await agents.add(SARI)
    new = await agents.reset("6001")
    (sari,) = await agents.all()
    assert sari.digest == digest("6001", new) != digest("6001", old)


async def test_nobody_can_be_removed_or_reset_who_is_not_there(store: Store) -> None:
    agents = Agents(store)
    with pytest.raises(AgentUnknown, match="no agent 6001"):
        await agents.remove("6001")
    with pytest.raises(AgentUnknown, match="no agent 6001"):
        await agents.reset("6001")


@pytest.mark.parametrize(
    ("extension", "name", "languages", "skills"),
    [
        ("60", "Sari", ("id",), {}),
        ("trunk", "Sari", ("id",), {}),
        ("6001\n[x]", "Sari", ("id",), {}),
        ("0800", "Sari", ("id",), {}),
        ("6001", "", ("id",), {}),
        ("6001", "Sari\nallow=all", ("id",), {}),
        ("6001", "Sari", (), {}),
        ("6001", "Sari", ("jv",), {}),
        ("6001", "Sari", ("id",), {"umum": -1}),
    ],
)
def test_an_agent_that_no_phone_could_be_made_of_is_refused(
    extension: str, name: str, languages: tuple[str, ...], skills: dict[str, int]
) -> None:
    with pytest.raises(ValueError, match=r"—|penalty"):
        NewAgent(extension, name, languages, skills)
