"""The state folder: secrets that only their owner reads, one demo at a time."""

import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scripts.embedded.errors import AlreadyRunning, SetupError
from scripts.embedded.offset import clock_offset
from scripts.embedded.pbx import render
from scripts.embedded.process import belongs_to, tail
from scripts.embedded.state import (
    State,
    database_url,
    hold,
    is_held,
    note_pid,
    read_endpoints,
    write_endpoints,
    write_private,
)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_secrets_are_made_once_and_closed_to_others(tmp_path: Path) -> None:
    state = State(tmp_path)
    state.make()
    before = state.secret("ami")
    state.make()
    assert state.secret("ami") == before
    assert len(before) == 64
    assert mode(tmp_path / "secrets") == 0o700
    assert {mode(path) for path in (tmp_path / "secrets").iterdir()} == {0o600}


def test_no_two_installations_have_a_secret_in_common(tmp_path: Path) -> None:
    made = [State(tmp_path / name) for name in ("one", "two")]
    for state in made:
        state.make()
    assert made[0].secret("postgres") != made[1].secret("postgres")


def test_endpoints_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    write_endpoints(tmp_path, {"number": "1500587"})
    assert mode(tmp_path / "endpoints.json") == 0o600


def test_a_restarted_service_notes_its_process_beside_the_others(tmp_path: Path) -> None:
    write_endpoints(tmp_path, {"pids": {"service": 1, "asterisk": 2}})
    note_pid(tmp_path, "service", 3)
    assert read_endpoints(tmp_path)["pids"] == {"service": 3, "asterisk": 2}


def test_an_installation_without_endpoints_gets_none(tmp_path: Path) -> None:
    note_pid(tmp_path, "service", 3)
    assert not (tmp_path / "endpoints.json").exists()


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "settings"
    write_private(path, "a longer text")
    write_private(path, "short")
    assert path.read_text() == "short"
    assert [found.name for found in tmp_path.iterdir()] == ["settings"]


def test_a_state_has_one_demo_at_a_time_and_says_which(tmp_path: Path) -> None:
    with hold(tmp_path, "demo"):
        assert is_held(tmp_path, "demo")
        with (
            pytest.raises(AlreadyRunning, match=rf"process {os.getpid()}.*--state"),
            hold(tmp_path, "demo"),
        ):
            pass
    assert not is_held(tmp_path, "demo")


def test_a_password_is_quoted_in_an_address() -> None:
    assert database_url("p@ss/word", 5432) == (
        "postgresql://saluran:p%40ss%2Fword@127.0.0.1:5432/saluran"
    )


def test_places_of_a_template_are_filled_in_and_comments_left() -> None:
    text = "; @SIP_PORT@ is the port\nbind = 127.0.0.1:@SIP_PORT@\n"
    assert render(text, {"SIP_PORT": 5060}, "pjsip.conf") == (
        "; @SIP_PORT@ is the port\nbind = 127.0.0.1:5060\n"
    )


def test_a_place_without_a_value_is_named_with_its_file() -> None:
    with pytest.raises(SetupError, match=r"rtp\.conf: no value for @RTP_FRIST@"):
        render("rtpstart = @RTP_FRIST@\n", {"RTP_FIRST": 1}, "rtp.conf")


def test_a_clock_without_a_zone_is_jakartas() -> None:
    now = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
    assert clock_offset("2026-11-27T16:01", now) == 60
    assert clock_offset("2026-11-27T09:01:00+00:00", now) == 60
    assert clock_offset(None, now) == 0


def test_a_clock_that_is_no_time_is_refused() -> None:
    with pytest.raises(ValueError, match="tomorrow"):
        clock_offset("tomorrow")


def test_only_a_process_that_names_the_state_folder_is_one_of_it(tmp_path: Path) -> None:
    assert not belongs_to(os.getpid(), tmp_path)
    assert not belongs_to(2**22 + 1, tmp_path)


def test_the_end_of_a_log_is_told_on_one_line(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("one\ntwo\nthree\nfour\n")
    assert tail(log) == "two / three / four"
    assert tail(tmp_path / "none") == "it said nothing"
