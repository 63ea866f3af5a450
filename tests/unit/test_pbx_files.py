"""What is written for the PBX, read as the PBX reads it."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.agent_secrets import digest, new_secret
from config.queues import load_queues
from config.settings import CHECKOUT, Settings
from config.settings_groups import Phones
from ivr.pbx_files import GUARD, pjsip_conf, queues_conf
from ivr.ports_queue import Agent
from ivr.provisioning import PHONES_FILE, QUEUES_FILE, publish

QUEUES = load_queues(CHECKOUT / "config/queues.yaml")
DIGEST = digest("6001", "a secret of tests")
SARI = Agent("6001", "Sari", ("id", "en"), {"umum": 0}, True, DIGEST)

Sections = list[tuple[str, dict[str, str]]]


def sections(text: str) -> Sections:
    """Every section with its lines, those of its template first."""
    found: Sections = []
    templates: dict[str, dict[str, str]] = {}
    for line in text.splitlines():
        if head := re.fullmatch(r"\[([^]]+)\](?:\(([^)]*)\))?", line):
            name, mark = head[1], head[2] or ""
            lines = dict(templates.get(mark, {}))
            if mark == "!":
                templates[name] = lines
            else:
                found.append((name, lines))
        elif line and not line.startswith(";"):
            key, _, value = line.partition("=")
            lines[key] = value
    return found


def phone(agent: Agent = SARI, **phones: object) -> dict[str, dict[str, str]]:
    """The sections of a phone by their type."""
    text = pjsip_conf([agent], Phones.model_validate(phones))
    return {lines["type"]: lines for name, lines in sections(text) if name == agent.extension}


def test_each_language_and_each_agent_has_a_queue() -> None:
    names = [name for name, _ in sections(queues_conf(QUEUES, [SARI]))]
    assert names == [
        "umum", "umum-en", "produsen", "produsen-en", "pengaduan", "pengaduan-en", "agent-6001",
    ]  # fmt: skip


def test_what_a_queue_says_is_what_the_pbx_does() -> None:
    umum = dict(sections(queues_conf(QUEUES, [])))["umum-en"]
    said = QUEUES["umum"]
    assert (umum["strategy"], umum["timeout"]) == (said.strategy, str(said.ring))
    assert (umum["wrapuptime"], umum["maxlen"]) == (
        str(min(said.wrap_up, GUARD)),
        str(said.max_length),
    )
    assert umum["servicelevel"] == str(said.service_level)
    assert (umum["weight"], umum["musicclass"]) == ("0", said.music)
    pengaduan = dict(sections(queues_conf(QUEUES, [])))["pengaduan"]
    assert pengaduan["weight"] == str(QUEUES["pengaduan"].weight) == "1"
    assert not {name for name in umum if name.startswith("periodic")}
    assert umum["context"] == "saluran-queue-keys"


def test_a_missed_call_pauses_the_agent_in_every_queue() -> None:
    for _, lines in sections(queues_conf(QUEUES, [SARI])):
        assert (lines["autopause"], lines["ringinuse"]) == ("all", "no")


def test_a_caller_waits_through_a_break_but_not_for_one_agent_who_is_away() -> None:
    read = dict(sections(queues_conf(QUEUES, [SARI])))
    assert "paused" not in read["umum"]["leavewhenempty"]
    assert "paused" in read["agent-6001"]["leavewhenempty"]


def test_a_phone_reaches_nothing_but_what_agents_may_dial() -> None:
    endpoint = phone()["endpoint"]
    assert endpoint["context"] == "saluran-agent"
    assert endpoint["allow_transfer"] == "no"
    assert not {"call_group", "pickup_group", "named_call_group", "transport"} & set(endpoint)


def test_a_phone_is_one_place_with_one_digest() -> None:
    found = phone()
    assert found["aor"]["max_contacts"] == "1"
    assert found["aor"]["remove_existing"] == "yes"
    assert found["auth"]["md5_cred"] == DIGEST
    assert (found["auth"]["username"], found["endpoint"]["auth"]) == ("6001", "6001")


def test_the_digest_is_that_of_rfc_2617() -> None:
    # printf '6001:saluran:pass' | md5sum
    assert digest("6001", "pass") == "132355f61549238b3e06d6b0e0e4fc6e"


def test_secrets_are_long_and_never_the_same() -> None:
    made = {new_secret() for _ in range(1000)}
    assert len(made) == 1000
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{24}", secret) for secret in made)


@pytest.mark.parametrize("kind", ["no", "sdes", "dtls"])
def test_audio_is_encrypted_as_the_settings_say(kind: str) -> None:
    endpoint = phone(media_encryption=kind)["endpoint"]
    assert endpoint["media_encryption"] == kind
    assert ("dtls_auto_generate_cert" in endpoint) == (kind == "dtls")


def test_only_permitted_networks_may_register_and_call() -> None:
    endpoint = phone(permit=["10.1.0.0/16", "fd00::/8"])["endpoint"]
    assert endpoint["deny"] == endpoint["contact_deny"] == "0.0.0.0/0,::/0"
    assert endpoint["permit"] == endpoint["contact_permit"] == "10.1.0.0/16,fd00::/8"
    # The PBX takes the lines in their order, and the last that fits decides.
    assert list(endpoint).index("deny") < list(endpoint).index("permit")
    assert "deny" not in phone()["endpoint"]


@given(st.text(max_size=60))
def test_no_name_makes_a_line_of_its_own(name: str) -> None:
    agent = Agent("6001", name, ("id",), {}, False, DIGEST)
    text = pjsip_conf([agent], Phones())
    assert re.findall(r"^\[.*$", text, re.MULTILINE) == [
        "[saluran-phone](!)", "[saluran-secret](!)", "[saluran-place](!)",
        "[6001](saluran-phone)", "[6001](saluran-secret)", "[6001](saluran-place)",
    ]  # fmt: skip
    assert phone(agent)["endpoint"]["callerid"].endswith('" <6001>')


def test_a_rewritten_file_appears_whole_and_an_equal_one_is_left(tmp_path: Path) -> None:
    settings = Settings.model_validate({"state": tmp_path, "files": {"pbx_config": tmp_path}})
    assert publish(settings, QUEUES, [SARI]) == {PHONES_FILE, QUEUES_FILE}
    assert publish(settings, QUEUES, [SARI]) == set()
    moved = Agent("6001", "Sari W", ("id",), {"umum": 3}, True, DIGEST)
    assert publish(settings, QUEUES, [moved]) == {PHONES_FILE}
    assert {path.name for path in tmp_path.iterdir()} == {PHONES_FILE, QUEUES_FILE}
    assert (tmp_path / PHONES_FILE).stat().st_mode & 0o007 == 0
