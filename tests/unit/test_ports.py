"""Ports are chosen free, kept over starts, and never shared."""

import socket

import pytest

from scripts.embedded.errors import PortTaken
from scripts.embedded.ports import RTP_WINDOW, Ports, choose, claim, hold_window, is_free

NOTHING_ASKED: dict[str, int | None] = {}


def test_what_was_chosen_before_is_kept() -> None:
    first = choose({}, NOTHING_ASKED)
    assert choose(vars(first), NOTHING_ASKED) == first


def test_a_kept_port_that_somebody_took_is_chosen_anew() -> None:
    first = choose({}, NOTHING_ASKED)
    with socket.create_server(("127.0.0.1", first.http)):
        second = choose(vars(first), NOTHING_ASKED)
    assert second.http != first.http
    assert second.ami == first.ami


def test_no_two_ports_of_one_installation_are_the_same() -> None:
    chosen = choose({}, NOTHING_ASKED)
    assert len({chosen.ami, chosen.http, chosen.postgres}) == 3


def test_a_port_that_was_asked_for_is_used() -> None:
    free = choose({}, NOTHING_ASKED).http
    assert choose({}, {"http": free}).http == free


def test_a_port_that_was_asked_for_and_is_taken_is_refused_with_the_option() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(PortTaken, match="--pg-port"),
    ):
        choose({}, {"postgres": taken.getsockname()[1]})


def test_a_window_of_rtp_ports_that_is_held_is_left_to_its_holder() -> None:
    first = choose({}, NOTHING_ASKED)
    with hold_window(first):
        second = choose(vars(first), NOTHING_ASKED)
        assert abs(second.rtp - first.rtp) >= RTP_WINDOW


def test_new_tcp_ports_are_of_the_window_that_is_held() -> None:
    chosen, window = claim({}, NOTHING_ASKED)
    with window:
        for port in (chosen.ami, chosen.http, chosen.postgres):
            assert 0 <= port - chosen.rtp < RTP_WINDOW


def test_a_held_window_cannot_be_held_twice() -> None:
    first = choose({}, NOTHING_ASKED)
    with hold_window(first), pytest.raises(OSError, match="in use"):
        hold_window(Ports(sip=0, ami=0, http=0, postgres=0, rtp=first.rtp))


def test_a_port_in_use_is_not_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert not is_free(taken.getsockname()[1], "tcp")
