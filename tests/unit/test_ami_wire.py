"""AMI on the wire: what comes in pieces, twice, garbled or hostile."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.ami_errors import AmiGarbled, AmiUnsafe
from ivr.ami_wire import MOST_BYTES, MOST_LINE, Event, Packets, Response, action, serialise

BANNER = b"Asterisk Call Manager/11.0.0\r\n"


def test_a_header_that_comes_twice_keeps_both_values_in_order() -> None:
    event = Event.read(b"Event: Status\r\nVariable: A=1\r\nVariable: A=1\r\nVariable: B=2")
    assert event.all("Variable") == ["A=1", "A=1", "B=2"]
    assert event.get("Variable") == "A=1"


def test_two_empty_values_of_one_header_are_two_values() -> None:
    assert Event.read(b"Event: X\r\nA: \r\nA: ").all("A") == ["", ""]


def test_a_header_that_is_absent_reads_as_nothing() -> None:
    event = Event.read(b"Event: X")
    assert (event.get("Channel"), event.get("Channel", "?"), event.all("Channel")) == ("", "?", [])


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\n"])
def test_a_callers_name_cannot_overwrite_the_channel(separator: str) -> None:
    name = f"Budi{separator}Channel: PJSIP/other"
    event = Event.read(f"Event: X\r\nChannel: PJSIP/mine\r\nCallerIDName: {name}".encode())
    assert event.get("Channel") == "PJSIP/mine"
    assert event.get("CallerIDName") == name


def test_colons_spaces_emoji_and_broken_utf8_in_a_value_are_kept() -> None:
    event = Event.read(b"Event: X\r\nA: b: c \r\nB:none\r\nC: \xf0\x9f\x98\x80\r\nD: \xff")
    assert event.keys == {"A": "b: c ", "B": "none", "C": "😀", "D": "�"}


def test_lines_of_a_response_that_are_no_headers_are_kept_apart() -> None:
    response = Response.read(b"Response: Error\r\nActionID: 7\r\nno header\r\nMessage: bad")
    assert (response.status, response.is_error()) == ("Error", True)
    assert (response.get("Message"), response.follows) == ("bad", ["no header"])


def test_an_action_is_written_with_a_line_for_each_value() -> None:
    made = action("Originate", Channel="Local/a@b", Priority=1, Variable=["A=1", "B=2"])
    assert serialise(made) == (
        b"Action: Originate\r\nChannel: Local/a@b\r\nPriority: 1\r\n"
        b"Variable: A=1\r\nVariable: B=2\r\n\r\n"
    )


@pytest.mark.parametrize("bad", ["a\rb", "a\nb", "a\r\nAction: Command", "a\0b", "a\ud800"])
def test_a_value_that_could_end_its_line_is_refused_without_being_told(bad: str) -> None:
    with pytest.raises(AmiUnsafe, match="'Value'") as refused:
        action("Setvar", Variable="X", Value=bad)
    assert bad not in str(refused.value)


@pytest.mark.parametrize("bad", ["Val ue", "", "A:B", "A\r\nB"])
def test_a_name_that_is_no_header_is_refused(bad: str) -> None:
    with pytest.raises(AmiUnsafe):
        action("Setvar", **{bad: "x"})


def test_a_line_is_refused_from_the_byte_on_that_the_pbx_would_not_read() -> None:
    room = MOST_LINE - len("Command: ")
    assert len(serialise(action("AGI", Command="x" * room)).split(b"\r\n")[1]) == MOST_LINE
    with pytest.raises(AmiUnsafe, match="1023 bytes"):
        action("AGI", Command="x" * (room + 1))
    with pytest.raises(AmiUnsafe, match="1023 bytes"):
        action("AGI", Command="x" * (room - 1) + "é")


def test_more_headers_than_the_pbx_reads_are_refused() -> None:
    with pytest.raises(AmiUnsafe, match="129 headers"):
        action("Originate", Variable=["A=1"] * 128)


@given(
    st.lists(st.binary(min_size=1).filter(lambda p: b"\r" not in p and b"\n" not in p)),
    st.lists(st.integers(1, 40), min_size=1),
)
def test_messages_come_out_whole_however_the_bytes_are_cut(
    messages: list[bytes], cuts: list[int]
) -> None:
    stream = BANNER + b"".join(message + b"\r\n\r\n" for message in messages)
    packets, out, at = Packets(), list[bytes](), 0
    for turn in range(len(stream)):
        size = cuts[turn % len(cuts)]
        out += packets.feed(stream[at : at + size])
        at += size
    assert out == [BANNER[:-2], *messages]


def test_a_stream_that_never_ends_a_message_is_given_up_at_the_cap() -> None:
    packets = Packets()
    packets.feed(BANNER)
    piece = b"x" * 65536
    for _ in range(MOST_BYTES // len(piece)):
        assert packets.feed(piece) == []
    with pytest.raises(AmiGarbled, match="without an end of message"):
        packets.feed(piece)


def test_a_first_line_that_never_ends_is_given_up_soon() -> None:
    with pytest.raises(AmiGarbled):
        Packets().feed(bytes(300))
