"""The counting of `scripts/shift` from the PBX's own files, and its judgement of an order."""

from pathlib import Path

from tests.shift import pbx_logs
from tests.shift.order import Deaf, Stay, order

LOG = """\
100|MANAGER|agent-6001|6001|ADDMEMBER|
100|MANAGER|umum|6001|ADDMEMBER|
102|pbx1-100.7|umum|NONE|ENTERQUEUE||081255500004|1
103|pbx1-101.8|umum|NONE|ENTERQUEUE||081255500003|2
104|callback-5a-1|umum|NONE|ENTERQUEUE||081255500009|1
110|callback-5a-1|umum|6001|RINGNOANSWER|5000
110|NONE|agent-6001|6001|PAUSE|Auto-Pause
115|NONE|agent-6001|6001|UNPAUSE|
118|pbx1-100.7|umum|6001|CONNECT|16|pbx1-99.22|2
120|pbx1-101.8|umum|NONE|ABANDON|1|2|17
129|pbx1-100.7|umum|6001|COMPLETECALLER|16|11|1
129|NONE|agent-6001|6001|PAUSE|wrap_up
132|NONE|agent-6001|6001|UNPAUSE|
140|callback-5a-1|umum|6001|CONNECT|36|pbx1-99.23|1
160|callback-5a-1|umum|6001|COMPLETEAGENT|36|20|1
161|pbx1-150.1|umum|NONE|ENTERQUEUE||081255500003|1
162|pbx1-150.1|umum|NONE|WITHDRAW|1|1|1|closed
170|MANAGER|agent-6001|6001|REMOVEMEMBER|
"""


def _lines(tmp_path: Path) -> list[pbx_logs.Line]:
    path = tmp_path / "queue_log"
    path.write_text(LOG)
    return pbx_logs.read_queue_log(path)


def test_callers_are_counted_by_queue_and_placeholders_are_not(tmp_path: Path) -> None:
    (name, count), *others = pbx_logs.count_queues(_lines(tmp_path), {"umum": 20}).items()
    assert (name, others) == ("umum", [])
    assert (count.offered, count.answered, count.within) == (3, 1, 1)
    assert (count.abandoned, count.key, count.otherwise) == (1, 0, 1)
    assert (count.waited, count.talked) == (16, 11)


def test_agents_are_counted_with_their_callbacks_and_states(tmp_path: Path) -> None:
    agent = pbx_logs.count_agents(_lines(tmp_path))["6001"]
    assert (agent.answered, agent.missed, agent.talked) == (2, 1, 31)
    assert {state: agent.spent[state] for state in ("ready", "paused", "wrapping")} == {
        "ready": 10 + 14 + 38,
        "paused": 5,
        "wrapping": 3,
    }


def test_a_stay_has_the_turn_at_which_the_phone_rang(tmp_path: Path) -> None:
    first, second, callback, last = pbx_logs.stays(_lines(tmp_path))
    assert (first.turn, first.left, first.agent) == (116, 118, "6001")
    assert (second.turn, second.left) == (None, 120)
    assert (callback.turn, callback.rung) == (139, [(105, 110)])
    assert (last.left, last.caller) == (162, "081255500003")


def _stay(who: str, since: float, turn: float | None, **more: object) -> Stay:
    given = {"queue": "umum", "priority": 0, "joined": since, "left": 100.0}
    return Stay(who=who, since=since, turn=turn, **given | more)  # type: ignore[arg-type]


def test_who_is_served_before_an_earlier_one_is_named() -> None:
    found = order([_stay("first", 1, 50), _stay("later", 10, 30)], slack=1.5)
    assert len(found.wrong) == 1
    assert found.wrong[0].startswith("later got an agent of umum at 30.0, before first")


def test_a_higher_priority_goes_before_an_earlier_time() -> None:
    ordinary, urgent = _stay("ordinary", 1, 50), _stay("urgent", 10, 30, priority=1)
    assert order([ordinary, urgent], slack=1.5).wrong == []
    late = order([_stay("ordinary", 1, 30), _stay("urgent", 10, 50, priority=1)], slack=1.5)
    assert len(late.wrong) == 1


def test_an_agent_who_did_not_answer_and_a_moment_are_no_injustice() -> None:
    rung = _stay("first", 1, 50, rung=((28.0, 36.0),))
    found = order([rung, _stay("later", 10, 30)], slack=1.5)
    assert (found.wrong, found.excused.total()) == ([], 1)
    moment = order([_stay("first", 1, 31), _stay("later", 10, 30)], slack=1.5)
    assert (moment.wrong, moment.excused.total()) == ([], 1)


def test_of_two_free_agents_another_queue_may_take_one() -> None:
    stays = [_stay("first", 1, 50), _stay("later", 10, 30)]
    assert len(order(stays, slack=1.5).wrong) == 1
    found = order([*stays, _stay("elsewhere", 5, 31, queue="pengaduan")], slack=1.5)
    assert (found.wrong, found.excused.total()) == ([], 1)


def test_a_phone_without_network_counts_as_a_free_agent_of_its_queues_alone() -> None:
    stays = [_stay("first", 1, 50), _stay("later", 10, 30)]
    for queue, since, until, wrong in (
        ("umum", 27, 29, 0),
        ("pengaduan", 27, 29, 1),
        ("umum", 20, 25, 1),
    ):
        found = order(stays, slack=1.5, deaf=[Deaf(frozenset({queue}), since, until)])
        assert len(found.wrong) == wrong, (queue, since, until)


def test_other_queues_and_those_who_have_left_are_not_compared() -> None:
    found = order(
        [_stay("gone", 1, None, left=20.0), _stay("other", 1, 50, queue="produsen"),
         _stay("later", 10, 30)],
        slack=1.5,
    )  # fmt: skip
    assert (found.wrong, found.passed, found.served) == ([], 0, 2)
