"""What the demo says once its line is open."""

from pathlib import Path

import pytest

from scripts.embedded.demo import show

ENDPOINTS = {
    "number": "1500587",
    "sip": {"host": "127.0.0.1", "port": 5060},
    "http": "http://127.0.0.1:8080",
    "whatsapp": "http://127.0.0.1:8590",
    "desk": {
        "address": "http://127.0.0.1:8588",
        "users": [
            {"login": "sari", "role": "supervisor", "password": "sari-s password"},
            {"login": "maya", "role": "agent", "password": "maya-s password"},
        ],
    },
    "agents": [{"user": "6001", "secret": "the phone-s secret", "extension": "6001"}],
}


def test_without_a_terminal_no_secret_is_written_and_their_place_is_told_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show(ENDPOINTS, Path("/state"))
    told = capsys.readouterr().out
    for wanted in ("supervisor sari\n", "agent      maya\n", "user 6001, server 127.0.0.1:5060"):
        assert wanted in told
    assert told.count("endpoints.json") == 1
    assert "-s password" not in told
    assert "phone-s secret" not in told


def test_on_a_terminal_people_read_what_they_sign_in_with(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    show(ENDPOINTS, Path("/state"))
    told = capsys.readouterr().out
    assert "sari / sari-s password" in told
    assert "password the phone-s secret" in told
