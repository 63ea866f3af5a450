"""The command line: what it prints, and its exit codes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.cli.app import main
from scripts.cli.codes import OK, PROBLEMS, UNREACHABLE, WRONG
from scripts.embedded.state import serving

FLOW = Path("config/flows/hotline.yaml")
NOBODY_LISTENS = 1
"""A port of the loopback that no database and no PBX uses."""


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """An installation whose PBX and database are away, readable by its owner alone."""
    (tmp_path / "saluran.yaml").write_text(
        f"pbx: {{port: {NOBODY_LISTENS}}}\n"
        f"database: {{url: 'postgresql://saluran@127.0.0.1:{NOBODY_LISTENS}/saluran'}}\n"
    )
    (tmp_path / "secrets").mkdir()
    for name in ("ami", "pin.key", "recordings.key"):
        secret = tmp_path / "secrets" / name
        secret.touch(mode=0o600)
        secret.write_text("only for this test\n")
    return tmp_path


def test_help_tells_every_command_and_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == OK
    told = capsys.readouterr().out
    commands = (
        "serve",
        "migrate",
        "check",
        "audit",
        "flow",
        "calendar",
        "tickets",
        "calls",
        "prompts",
    )
    for command in (*commands, "line", "schema"):
        assert f" {command} " in told
    assert "Exit codes: 0 done; 1 problems" in told


def test_it_runs_as_a_program_of_its_own() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "scripts.cli", "--version"], capture_output=True, check=True
    )
    assert ran.stdout.decode().strip() == "0.1.0"


@pytest.mark.parametrize("words", [["flw"], ["flow", "chek"], ["calendar", "--colour"]])
def test_a_wrong_word_is_a_wrong_usage(words: list[str]) -> None:
    assert main(words) == WRONG


def test_a_state_that_is_not_there_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["tickets", "list", "--state", str(tmp_path / "none")]) == WRONG
    assert "saluran.yaml: the file does not exist" in capsys.readouterr().err


def test_the_state_may_stand_before_or_after_the_command(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["--state", str(state), "migrate"]) == UNREACHABLE
    assert main(["migrate", "--state", str(state)]) == UNREACHABLE
    monkeypatch.setenv("SALURAN_STATE", str(state))
    assert main(["migrate"]) == UNREACHABLE


@pytest.mark.parametrize(
    "words",
    [
        ["tickets", "list"],
        ["tickets", "show", "26000018"],
        ["calls", "list"],
        ["calls", "show", "01938c1e-0000-7000-8000-000000000000"],
        ["line", "close", "banjir"],
        ["line", "reopen"],
    ],
)
def test_a_database_that_is_away_is_told_with_its_place(
    words: list[str], state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words, "--state", str(state)]) == UNREACHABLE
    assert "127.0.0.1:1" in capsys.readouterr().err


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can own a folder as root")
def test_nothing_serves_as_root(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--state", str(state)]) == WRONG
    assert "nothing serves as root: give it to an ordinary user" in capsys.readouterr().err


@pytest.mark.skipif(os.geteuid() == 0, reason="root does not serve at all")
def test_a_second_service_of_a_state_is_refused(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(state):
        assert main(["serve", "--state", str(state)]) == WRONG
    assert "already running" in capsys.readouterr().err


def test_flow_check_accepts_the_hotline(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flow", "check", str(FLOW)]) == OK
    assert "no problems" in capsys.readouterr().out


def test_flow_check_tells_file_line_column_and_remedy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(FLOW.read_text().replace("then: consent", "then: concent"))
    line = bad.read_text().split("then: concent")[0].count("\n") + 1
    assert main(["flow", "check", str(bad)]) == PROBLEMS
    told = capsys.readouterr().err
    assert f"{bad}:{line}:11: greeting leads to 'concent'" in told
    assert "did you mean 'consent'?" in told


def test_flow_draw_prints_svg_or_mermaid(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flow", "draw", str(FLOW)]) == OK
    assert capsys.readouterr().out.startswith("<svg ")
    assert main(["flow", "draw", str(FLOW), "--as", "mermaid"]) == OK
    assert capsys.readouterr().out.startswith("flowchart LR\n")


def walked(capsys: pytest.CaptureFixture[str], keys: str, at: str, *more: str) -> str:
    assert main(["flow", "walk", str(FLOW), "--keys", keys, "--at", at, *more]) == OK
    return capsys.readouterr().out


def test_a_walk_leads_to_a_promise_when_nobody_is_logged_in(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = walked(capsys, "1,1,2,1,2,2", "2026-11-24T10:00")
    assert "Selamat pagi." in told
    assert "✎ consent to record: yes" in told
    assert "✎ ticket GANTI, scheme wholesale, call back +6281234567890 (request)" in told
    assert told.endswith("outcome: promise\n")


def test_a_walk_leads_to_an_agent_when_one_is_logged_in(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert walked(capsys, ",0", "2026-11-24T10:00", "--agents").endswith("outcome: agent\n")


def test_a_walk_after_hours_hears_when_the_line_opens(capsys: pytest.CaptureFixture[str]) -> None:
    told = walked(capsys, "1,1,2,2", "2026-11-27T16:01")
    assert "layanan sedang tutup" in told
    assert "✎ callback due 2026-11-30 08:00 WIB" in told


def test_a_walk_in_the_other_language_goes_on_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    told = walked(capsys, "2,9,", "2026-11-24T10:00")
    assert "✎ language en" in told
    assert "To find local products to sell instead, press one." in told


def test_a_walk_that_runs_out_of_keys_ends_with_a_hangup(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = walked(capsys, "1,3,1", "2026-11-24T10:00")
    assert "☎ the caller hangs up" in told
    assert "(abandoned)" in told


def test_a_walk_asks_again_for_what_is_no_key(capsys: pytest.CaptureFixture[str]) -> None:
    told = walked(capsys, "x,12,2,4", "2026-11-24T10:00")
    assert "not 'x'" in told
    assert "not '12'" in told
    assert "── training" in told


def test_a_month_shows_holidays_with_their_source(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calendar", "2026-12", "--json"]) == OK
    days = {day["date"]: day for day in json.loads(capsys.readouterr().out)}
    assert len(days) == 31
    assert days["2026-12-25"]["why"] == "holiday"
    assert days["2026-12-25"]["source"]
    assert days["2026-12-25"]["hours"] == ""
    assert days["2026-12-01"]["hours"] == "08:00-16:00"


@pytest.mark.parametrize("month", ["2026-13", "november", "2026-1"])
def test_a_month_that_is_none_is_refused(month: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calendar", month]) == WRONG
    assert "is no month" in capsys.readouterr().err


def test_prompts_are_listed_with_text_and_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prompts", "list", "--json"]) == OK
    prompts = {prompt["id"]: prompt for prompt in json.loads(capsys.readouterr().out)}
    assert prompts["message-discarded"]["text"] == "Pesan dihapus."
    assert prompts["message-discarded"]["file"].endswith("/id/message-discarded.opus")
    assert "pair/21" not in prompts


def test_the_schema_of_flows_is_the_committed_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "flow"]) == OK
    assert capsys.readouterr().out == Path("config/flows/schema.json").read_text()


def test_the_schema_of_settings_names_the_pbx(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "settings"]) == OK
    assert "pbx" in json.loads(capsys.readouterr().out)["properties"]


class TestCheckOfAnInstallationWhosePartsAreAway:
    @pytest.fixture
    def findings(
        self, state: Path, capsys: pytest.CaptureFixture[str]
    ) -> dict[str, dict[str, object]]:
        (state / "spool").mkdir()
        as_owner = ["check", "--json", "--state", str(state)]
        assert main(as_owner) == PROBLEMS
        return {found["subject"]: found for found in json.loads(capsys.readouterr().out)}

    def test_it_tells_what_is_well(self, findings: dict[str, dict[str, object]]) -> None:
        for subject in ("flow", "calendar", "keys", "clock", "folder spool"):
            assert findings[subject]["ok"], findings[subject]

    @pytest.mark.parametrize(
        "subject", ["database", "pbx pbx1", "folder recordings", "folder callbacks"]
    )
    def test_it_tells_what_is_wrong_and_what_to_do(
        self, findings: dict[str, dict[str, object]], subject: str
    ) -> None:
        assert not findings[subject]["ok"]
        assert findings[subject]["remedy"]


def test_check_tells_a_secret_that_others_can_read(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (state / "secrets" / "ami").chmod(0o644)
    assert main(["check", "--state", str(state)]) == PROBLEMS
    assert "others may read this secret (mode 0644) — chmod 600" in capsys.readouterr().out
