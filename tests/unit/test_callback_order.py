"""Who is next, among callers and callbacks."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from ivr.callback_order import out_of_turn, plan, position, rank

NINE = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Someone:
    """A caller, or a callback that waits or stands in the queue."""

    since: datetime
    priority: int = 0
    attempt: UUID = field(default_factory=lambda: UUID(int=0))
    channel: str = ""


def at(minute: float, priority: int = 0, name: int = 0) -> Someone:
    return Someone(NINE + timedelta(minutes=minute), priority, UUID(int=name), f"c{name}")


def test_a_callback_stands_behind_those_who_began_to_wait_before() -> None:
    assert position([at(1), at(3)], at(2)) == 2
    assert position([], at(2)) == 1
    assert position([at(1)], at(2)) == 2


def test_of_the_same_moment_who_is_there_stays_before() -> None:
    assert position([at(1), at(2), at(3)], at(2)) == 3


def test_priority_comes_before_time() -> None:
    assert position([at(1)], at(9, priority=1)) == 1
    assert position([at(5, priority=1), at(6)], at(1)) == 2


def test_only_twice_as_many_as_agents_are_put_in_and_the_oldest_of_them() -> None:
    waiting = [at(n, name=n) for n in (5, 3, 1, 4, 2)]
    assert plan(waiting, [], agents=2).place == tuple(UUID(int=n) for n in (1, 2, 3, 4))
    assert plan(waiting, [], agents=0).place == ()


def test_one_that_became_due_late_but_is_older_takes_the_youngest_ones_place() -> None:
    young = [at(n, name=n) for n in (5, 6)]
    wanted = plan([*young, at(1, name=1)], [one.attempt for one in young], agents=1)
    assert wanted.place == (UUID(int=1),)
    assert wanted.withdraw == (UUID(int=6),)


def test_without_agents_all_are_taken_out() -> None:
    assert plan([at(1, name=1)], [UUID(int=1)], agents=0).withdraw == (UUID(int=1),)


def test_standing_behind_somebody_later_is_out_of_turn() -> None:
    assert out_of_turn([at(3, name=3), at(2, name=2)], "c2")
    assert out_of_turn([at(3, name=3), at(2, name=2)], "c3")
    assert not out_of_turn([at(2, name=2), at(3, name=3)], "c3")
    assert not out_of_turn([at(2, name=2), at(2, name=3)], "c2")
    assert not out_of_turn([at(2, name=2)], "elsewhere")


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 2)), max_size=12))
def test_whoever_is_put_in_by_position_is_never_out_of_turn(whom: list[tuple[int, int]]) -> None:
    queue: list[Someone] = []
    for name, (minute, priority) in enumerate(whom):
        someone = at(minute, priority, name)
        queue.insert(position(queue, someone) - 1, someone)
    assert not any(out_of_turn(queue, one.channel) for one in queue)
    assert [rank(one) for one in queue] == sorted(rank(one) for one in queue)


@dataclass
class Desk:
    """A day at the desk: callers join, callbacks become due, agents come, pause and take calls."""

    now: int = 0
    agents: int = 0
    queue: list[Someone] = field(default_factory=list)
    due: list[Someone] = field(default_factory=list)
    names: int = 0

    def caller(self) -> None:
        self.queue.append(self._someone(self.now))

    def callback(self, ago: int, priority: int) -> None:
        self.due.append(self._someone(self.now - ago, priority))

    def arrange(self) -> None:
        """A round of the dialler."""
        placed = [one.attempt for one in self.due if one in self.queue]
        wanted = plan(self.due, placed, self.agents)
        self.queue = [one for one in self.queue if one.attempt not in wanted.withdraw]
        for attempt in wanted.place:
            one = next(one for one in self.due if one.attempt == attempt)
            self.queue.insert(position(self.queue, one) - 1, one)

    def answer(self) -> tuple[Someone, list[Someone]] | None:
        """An agent takes the first; with them all that waited."""
        if not (self.agents and self.queue):
            return None
        first, *_ = self.queue
        waited = [*self.queue, *(one for one in self.due if one not in self.queue)]
        self.queue.remove(first)
        self.due = [one for one in self.due if one is not first]
        return first, waited

    def _someone(self, minute: int, priority: int = 0) -> Someone:
        self.names += 1
        return at(minute, priority, self.names)


ACTS = st.one_of(
    st.tuples(st.just("caller")),
    st.tuples(st.just("callback"), st.integers(0, 500), st.integers(0, 2)),
    st.tuples(st.just("agents"), st.integers(0, 3)),
    st.tuples(st.just("answers"), st.integers(1, 3)),
)


@given(st.lists(ACTS, max_size=60))
def test_callers_and_callbacks_are_served_by_their_time_within_a_priority(
    acts: list[tuple[str, int, int]],
) -> None:
    desk = Desk()
    for act, *values in acts:
        desk.now += 1
        if act == "caller":
            desk.caller()
        elif act == "callback":
            desk.callback(*values)
        elif act == "agents":
            desk.agents = values[0]
        desk.arrange()
        # All agents may come free within one round.
        for _ in range(min(desk.agents, values[0]) if act == "answers" else 0):
            if served := desk.answer():
                first, waited = served
                assert rank(first) == min(rank(one) for one in waited)
