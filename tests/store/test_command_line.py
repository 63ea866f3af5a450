"""The command line on a real database: what a person and a program read there."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest

from config.numbers import ticket_number
from scripts.cli.app import main
from scripts.cli.codes import OK, PROBLEMS
from tests.store.told import SITI, Call, whole_call
from tests.unit.test_audit import record
from tickets.desk import PostgresDesk

NUMBER = ticket_number(2026, 1)


class Saluran:
    """The command line on one state; each call is a command, answered by code and output."""

    def __init__(self, state: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.state = state
        self._capsys = capsys

    async def __call__(self, *words: str) -> tuple[int, str]:
        self._capsys.readouterr()
        code = await asyncio.to_thread(main, [*words, "--state", str(self.state)])
        said = self._capsys.readouterr()
        return code, said.out + said.err

    async def json(self, *words: str) -> Any:
        """What the command tells a program."""
        _, said = await self(*words, "--json")
        return json.loads(said)


@pytest.fixture
def saluran(database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Saluran:
    (tmp_path / "saluran.yaml").write_text(f"database: {{url: '{database}'}}\n")
    return Saluran(tmp_path, capsys)


async def test_tickets_are_listed_with_masked_phones(saluran: Saluran, desk: PostgresDesk) -> None:
    await desk.apply(whole_call().told)
    (ticket,) = await saluran.json("tickets", "list")
    assert (ticket["number"], ticket["category"], ticket["status"]) == (NUMBER, "GANTI", "baru")
    code, table = await saluran("tickets", "list")
    assert code == OK
    assert NUMBER in table
    assert SITI not in table
    _, full = await saluran("tickets", "list", "--full")
    assert SITI in full


async def test_tickets_are_listed_by_status(saluran: Saluran, desk: PostgresDesk) -> None:
    await desk.apply(whole_call().told)
    assert len(await saluran.json("tickets", "list", "--status", "baru")) == 1
    assert await saluran.json("tickets", "list", "--status", "selesai") == []


async def test_a_ticket_is_shown_with_its_history(saluran: Saluran, desk: PostgresDesk) -> None:
    await desk.apply(whole_call().told)
    code, told = await saluran("tickets", "show", NUMBER)
    assert code == OK
    assert "scheme reseller" in told
    for part in ("events", "callbacks", "recordings"):
        assert f"\n{part}\n" in told
    shown = await saluran.json("tickets", "show", NUMBER)
    assert shown["events"][0]["kind"] == "opened"


async def test_a_ticket_that_is_not_there_is_a_problem(saluran: Saluran) -> None:
    code, told = await saluran("tickets", "show", "26999999")
    assert code == PROBLEMS
    assert "There is no ticket 26999999" in told


async def test_a_call_is_told_step_by_step(saluran: Saluran, desk: PostgresDesk) -> None:
    call = whole_call()
    await desk.apply(call.told)
    (line,) = await saluran.json("calls", "list")
    assert (line["id"], line["outcome"]) == (str(call.id), "promise")
    story = await saluran.json("calls", "show", call.uniqueid)
    assert [step["step"] for step in story["steps"]] == ["consent", "main", "promise"]
    assert story["tickets"] == [NUMBER]
    code, told = await saluran("calls", "show", str(call.id))
    assert code == OK
    assert "\nsteps\n" in told


async def test_a_call_that_is_not_there_is_a_problem(saluran: Saluran) -> None:
    code, _ = await saluran("calls", "show", "1.1")
    assert code == PROBLEMS


async def test_migrating_twice_changes_nothing(saluran: Saluran) -> None:
    assert await saluran("migrate") == (OK, "The schema is current.\n")


async def test_the_line_is_closed_and_opened_again(saluran: Saluran, desk: PostgresDesk) -> None:
    assert await saluran("line", "close", "banjir") == (OK, "The line is closed.\n")
    assert [reason for _, _, reason in await desk.closures()] == ["banjir"]
    assert await saluran("line", "reopen") == (OK, "1 closures lifted.\n")
    assert await desk.closures() == []
    assert await saluran("line", "reopen") == (OK, "The line was not closed.\n")


async def test_the_audit_agrees_when_each_record_has_its_row(
    saluran: Saluran, desk: PostgresDesk
) -> None:
    call = whole_call()
    await desk.apply(call.told)
    _recorded(saluran.state, call.uniqueid)
    code, told = await saluran("audit")
    assert code == OK
    assert "one to one      yes" in told
    assert (await saluran.json("audit"))["rows"] == 1


async def test_the_audit_names_the_call_that_has_no_row(
    saluran: Saluran, desk: PostgresDesk
) -> None:
    call = whole_call()
    await desk.apply(call.told)
    _recorded(saluran.state, call.uniqueid, "1795766401.2")
    code, told = await saluran("audit")
    assert code == PROBLEMS
    assert "1795766401.2" in told


async def test_rows_from_before_the_first_record_are_left_out(
    saluran: Saluran, desk: PostgresDesk
) -> None:
    before, recorded = Call("1795766400.1"), Call("1795766500.9")
    for call in (before, recorded):
        call.begins()
        call.ends()
        await desk.apply(call.told)
    _recorded(saluran.state, recorded.uniqueid)
    found = await saluran.json("audit")
    assert found["one_to_one"]
    assert found["rows"] == 1


async def test_check_finds_the_database_well(saluran: Saluran) -> None:
    found = {one["subject"]: one for one in await saluran.json("check")}
    assert found["database"]["ok"], found["database"]


def _recorded(state: Path, *uniqueids: str) -> None:
    """Asterisk has written these calls' records."""
    file = state / "asterisk/log/cdr-csv/Master.csv"
    file.parent.mkdir(parents=True)
    file.write_text("".join(record("saluran-in", uniqueid) for uniqueid in uniqueids))


async def test_an_agent_has_a_phone_of_their_own_or_the_one_in_the_page(saluran: Saluran) -> None:
    code, said = await saluran("agents", "add", "6006", "Maya", "--phone", "browser")
    assert code == OK
    assert "telephones in the page" in said
    assert "Secret" not in said
    code, said = await saluran("agents", "phone", "6006", "sip")
    assert code == OK
    assert re.search(r"Secret [A-Za-z0-9_-]{24}", said)
    (maya,) = await saluran.json("agents", "list")
    assert (maya["extension"], maya["phone"]) == ("6006", "sip")
    code, said = await saluran("agents", "phone", "6007", "browser")
    assert code != OK
    assert "no agent 6007" in said
