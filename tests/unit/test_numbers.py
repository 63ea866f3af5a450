from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.numbers import ticket_number
from ivr.numbers import TicketNumbers

NOW = datetime(2026, 11, 24, tzinfo=UTC)


class Blocks:
    """Hands out blocks of 200, as the desk does."""

    def __init__(self) -> None:
        self.next = 1

    async def number_block(self, year: int) -> range:
        block = range(self.next, self.next + 200)
        self.next += 200
        return block


async def test_no_number_is_given_twice_over_restarts(tmp_path: Path) -> None:
    blocks, given = Blocks(), []
    for _ in range(5):
        numbers = TicketNumbers(tmp_path / "numbers.json", lambda: NOW)
        await numbers.refill(blocks)  # type: ignore[arg-type]
        given += [numbers.take() for _ in range(70)]
    assert given == [ticket_number(2026, n) for n in range(1, 351)]


async def test_without_a_block_there_is_no_number(tmp_path: Path) -> None:
    assert TicketNumbers(tmp_path / "numbers.json", lambda: NOW).take() is None


async def test_a_new_year_needs_a_block_of_its_own(tmp_path: Path) -> None:
    now = NOW
    numbers = TicketNumbers(tmp_path / "numbers.json", lambda: now)
    await numbers.refill(Blocks())  # type: ignore[arg-type]
    now = datetime(2026, 12, 31, 17, tzinfo=UTC)  # midnight in Jakarta
    assert numbers.take() is None


@pytest.mark.parametrize("content", ["", "[]", "[[2026]]", "nonsense", '{"a": 1}'])
async def test_a_damaged_file_costs_a_block_and_nothing_else(tmp_path: Path, content: str) -> None:
    (tmp_path / "numbers.json").write_text(content)
    numbers = TicketNumbers(tmp_path / "numbers.json", lambda: NOW)
    await numbers.refill(Blocks())  # type: ignore[arg-type]
    assert numbers.take() == ticket_number(2026, 1)
