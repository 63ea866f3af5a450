"""Who may take calls: rows, and the secrets that are in none of them."""

from datetime import UTC, datetime, timedelta

import pytest

from config.agent_secrets import digest
from tickets.agents import AgentExists, Agents, AgentUnknown, NewAgent, NoBrowserPhone
from tickets.phone_keys import PhoneKeys
from tickets.store import Connection, Store

MAYA = NewAgent("6006", "Maya", ("id",), {"umum": 0}, phone="browser")
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


async def test_a_page_is_lent_a_key_that_ends_the_one_before(store: Store) -> None:
    agents = Agents(store)
    secret = await agents.add(MAYA)
    first = await agents.lend_key("6006", 12)
    (maya,) = await agents.all()
    assert (maya.phone, maya.digest) == ("browser", first.ha1)
    assert first.ha1 != digest("6006", secret)
    second = await agents.lend_key("6006", 12)
    (maya,) = await agents.all()
    assert maya.digest == second.ha1 != first.ha1
    assert timedelta(hours=11) < second.until - datetime.now(UTC) <= timedelta(hours=12)


async def test_a_key_that_is_over_opens_nothing(store: Store, sql: Connection) -> None:
    agents = Agents(store)
    await agents.add(MAYA)
    key = await agents.lend_key("6006", 12)
    await sql.execute("UPDATE agent SET key_until = now() - interval '1 second'")
    (maya,) = await agents.all()
    assert maya.digest == "0" * 32 != key.ha1


async def test_a_phone_of_ones_own_is_lent_no_key_and_keeps_its_secret(store: Store) -> None:
    agents = Agents(store)
    secret = await agents.add(SARI)
    with pytest.raises(NoBrowserPhone, match="saluran agents phone 6001 browser"):
        await agents.lend_key("6001", 12)
    with pytest.raises(AgentUnknown, match="no agent 6002"):
        await agents.lend_key("6002", 12)
    (sari,) = await agents.all()
    assert sari.digest == digest("6001", secret)


async def test_without_a_web_socket_no_key_is_lent(store: Store) -> None:
    secret = await Agents(store).add(MAYA)
    with pytest.raises(NoBrowserPhone, match=r"phones\.web_socket"):
        await PhoneKeys(store, None, 12).lend("6006")
    (maya,) = await Agents(store).all()
    assert maya.digest == digest("6006", secret)
    phone = await PhoneKeys(store, "wss://pbx.example/ws", 12).lend("6006")
    (maya,) = await Agents(store).all()
    assert (maya.digest, phone.web_socket) == (phone.ha1, "wss://pbx.example/ws")


async def test_another_kind_of_phone_makes_the_old_secret_worthless(store: Store) -> None:
    agents = Agents(store)
    old = await agents.add(SARI)
    await agents.change_phone("6001", "browser")
    key = await agents.lend_key("6001", 1)
    new = await agents.change_phone("6001", "sip")
    (sari,) = await agents.all()
    assert (sari.phone, sari.digest) == ("sip", digest("6001", new))
    assert sari.digest not in (digest("6001", old), key.ha1)
    with pytest.raises(ValueError, match="sip, browser"):
        await agents.change_phone("6001", "fax")


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
