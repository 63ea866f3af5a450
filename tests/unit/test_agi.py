"""AGI commands are whitelisted, and replies that are none are noticed."""

from collections.abc import Callable

import pytest

from ivr import agi
from ivr.agi import AgiGarbled, AgiRefused, AgiReply, agi_result


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("200 result=0\n", AgiReply(200, 0)),
        ("200 result=1 (OK:12*#)\n", AgiReply(200, 1, "OK:12*#")),
        ("200 result=1 ()\n", AgiReply(200, 1, "")),
        ("200 result=1 (a) (b))\n", AgiReply(200, 1, "a) (b)")),
        ("200 result=35 (dtmf) endpos=8000\n", AgiReply(200, 35, "dtmf", 8000)),
        ("200 result=-1\n", AgiReply(200, -1)),
        ("200 result=-2\n", AgiReply(200, -2)),
        ("510 Invalid or unknown command\n", AgiReply(510, -1, "Invalid or unknown command")),
        ("511 Command Not Permitted on a dead channel or intercept routine\n",
         AgiReply(511, -1, "Command Not Permitted on a dead channel or intercept routine")),
        ("520-Invalid command syntax.  Proper usage follows:\nReturns 200 result=1 (x)\n"
         "520 End of proper usage.\n",
         AgiReply(520, -1, "Invalid command syntax.  Proper usage follows:")),
    ],
)  # fmt: skip
def test_a_reply_is_understood(text: str, reply: AgiReply) -> None:
    assert agi_result(text) == reply


@pytest.mark.parametrize(
    "text",
    [
        "",
        "200 result=1 (" + "x" * 1010,
        "xxxx)\n200 result=1 (next)\n",
        "200 result=1 (a)\n200 result=0\n",
        "200 result=\n",
        "HANGUP\n",
        "200 result=1 (a\nb)\n",
    ],
)
def test_a_reply_that_was_cut_or_shifted_is_noticed(text: str) -> None:
    with pytest.raises(AgiGarbled) as garbled:
        agi_result(text)
    assert "xxxx" * 4 not in str(garbled.value)


def test_commands_are_written_as_asterisk_parses_them() -> None:
    assert agi.read("IVR_KEYS", ["saluran/a", "saluran/b"], 20, 2.5) == (
        'EXEC Read "IVR_KEYS,saluran/a&saluran/b,20,,1,2.5"'
    )
    assert agi.read("IVR_KEYS", [], 1, 5, "t") == 'EXEC Read "IVR_KEYS,,1,t,1,5"'
    assert agi.playback(["a"]) == 'EXEC Playback "a"'
    assert agi.record("/x/.state/m.wav", 5, 120) == 'EXEC Record "/x/.state/m.wav,5,120,k"'
    assert agi.replay("/x/m") == 'EXEC Playback "/x/m"'
    assert agi.set_variable("IVR_STATE", "main 2") == 'SET VARIABLE IVR_STATE "main 2"'


HOSTILE = ["a b;c", "a,b", 'a"b', "a\\b", "a\nb", "${X}", "a&b", "$(x)", "a|b", "a\u2028b", "é"]


@pytest.mark.parametrize("bad", ["", *HOSTILE])
def test_nothing_that_could_end_an_argument_is_ever_sent(bad: str) -> None:
    makers: list[Callable[[], str]] = [
        lambda: agi.read(bad, ["a"], 1, 1),
        lambda: agi.read("A", [bad], 1, 1),
        lambda: agi.playback([bad]),
        lambda: agi.queue_members(bad),
        lambda: agi.set_variable(bad, "x"),
        lambda: agi.read("A", ["a"], 1, 1, bad or "i"),
    ]
    for make in makers:
        with pytest.raises(AgiRefused):
            make()


@pytest.mark.parametrize("bad", ['a"b', "a\\b", "a\nb", "${X}", "a\rb", "a\0b"])
def test_no_value_is_quoted_open_or_expanded(bad: str) -> None:
    makers: list[Callable[[], str]] = [lambda: agi.set_variable("A", bad), lambda: agi.replay(bad)]
    for make in makers:
        with pytest.raises(AgiRefused):
            make()


@pytest.mark.parametrize("bad", ["../x.wav", "/a/../b.wav", "/a/..", "a/./b", "..", "a,b", ""])
def test_no_path_climbs_out_of_its_folder(bad: str) -> None:
    with pytest.raises(AgiRefused):
        agi.record(bad, 5, 120)


@pytest.mark.parametrize(
    "bad", ["${SHELL(id)}", "${CALLERID(all)}", "${A${B}}", "$[1+1]", "${FILE(/etc/passwd)}", "${A"]
)
def test_no_function_but_those_named_is_evaluated(bad: str) -> None:
    with pytest.raises(AgiRefused):
        agi.full_variable(bad)


def test_what_a_caller_sent_is_read_encoded() -> None:
    wanted = "${URIENCODE(${CALLERID(name)})}|${READSTATUS}"
    assert agi.full_variable(wanted) == f'GET FULL VARIABLE "{wanted}"'


def test_numbers_out_of_their_range_are_refused() -> None:
    makers: list[Callable[[], str]] = [
        lambda: agi.read("A", ["a"], 0, 1),
        lambda: agi.read("A", ["a"], 256, 1),
        lambda: agi.read("A", ["a"], 1, 0),
        lambda: agi.read("A", ["a"], 1, float("nan")),
        lambda: agi.record("a.wav", -1, 1),
    ]
    for make in makers:
        with pytest.raises(AgiRefused):
            make()


def test_more_sounds_than_one_command_holds_are_refused() -> None:
    with pytest.raises(AgiRefused, match="fewer sounds"):
        agi.playback(["saluran/a-long-sound"] * 60)
