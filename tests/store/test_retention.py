"""Retention: what is over is destroyed with all that hangs on it, and nothing else; a dry run
says so before."""

from datetime import timedelta
from pathlib import Path

import pytest

from ivr.recordings import Recordings
from scripts.cli.codes import WRONG
from tests.store.persons import NAME, TOLD, mentions, siti_and_budi
from tests.store.test_command_line import Saluran
from tests.store.told import BUDI, FRIDAY_3, SITI
from tickets.desk import PostgresDesk
from tickets.privacy.keeping import Retention, days_of
from tickets.store import Connection, Store

YEARS = timedelta(days=2000)


@pytest.fixture
def files(tmp_path: Path) -> Recordings:
    return Recordings(tmp_path / "recordings", bytes(range(32)))


@pytest.fixture
async def retention(
    store: Store, desk: PostgresDesk, sql: Connection, files: Recordings
) -> Retention:
    await siti_and_budi(desk, sql, files)
    return Retention(store, files, days_of({}))


async def test_a_talk_goes_after_its_days_and_not_before(
    retention: Retention, sql: Connection, tmp_path: Path
) -> None:
    now = FRIDAY_3 + timedelta(days=89)
    assert {one.kind: one.rows for one in await retention.due(now)}["talks"] == 0
    await retention.run(now)
    assert await sql.fetchval("SELECT count(*) FROM recording WHERE kind = 'talk'") == 1
    now += timedelta(days=2)
    due = {one.kind: (one.rows, one.oldest) for one in await retention.due(now)}
    assert due["talks"] == (1, FRIDAY_3)
    assert await sql.fetchval("SELECT count(*) FROM recording WHERE kind = 'talk'") == 1
    done = {one.kind: one.rows for one in await retention.run(now)}
    assert done["talks"] == {"recording": 1}
    assert len(list((tmp_path / "recordings").iterdir())) == 2, "message and paper stay"
    assert {one.kind: one.rows for one in await retention.due(now)}["talks"] == 0


async def test_whoever_has_an_open_report_stays_and_the_closed_go_to_the_last_trace(
    retention: Retention, sql: Connection
) -> None:
    await sql.execute("UPDATE ticket SET status = 'selesai'")
    await sql.execute("UPDATE callback SET state = 'done', settled_at = now()")
    await sql.execute("UPDATE ticket SET status = 'proses' WHERE phone = $1", BUDI)
    now = FRIDAY_3 + YEARS
    await retention.run(now)
    assert await mentions(sql, SITI, NAME, TOLD) == []
    assert "ticket: " + BUDI in await mentions(sql, BUDI)
    assert await sql.fetchval("SELECT count(*) FROM ticket") == 3
    assert await sql.fetchval("SELECT count(*) FROM person") == 1
    assert [one.kind for one in await retention.due(now) if one.rows] == []


async def test_the_dry_run_tells_and_the_settings_say_how_long(
    database: str,
    desk: PostgresDesk,
    sql: Connection,
    files: Recordings,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    await siti_and_budi(desk, sql, files)
    saluran = Saluran(tmp_path, capsys)
    text = f"database: {{url: '{database}'}}\nclock_offset: 1.0e+8\nretention: {{talks: 1}}\n"
    (tmp_path / "saluran.yaml").write_text(text)
    found = {one["kind"]: one for one in await saluran.json("retention", "--dry-run")}
    assert (found["talks"]["days"], found["talks"]["rows"]) == (1, 1)
    assert found["messages"]["days"] == 365
    assert await sql.fetchval("SELECT count(*) FROM recording") == 3
    (tmp_path / "saluran.yaml").write_text(text.replace("talks", "tlaks"))
    code, said = await saluran("retention", "--dry-run")
    assert code == WRONG
    assert "retention of tlaks: there are only answers, audit, calls" in said


async def test_whom_a_breach_touched_is_listed_for_the_operator(
    database: str,
    desk: PostgresDesk,
    sql: Connection,
    files: Recordings,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    await siti_and_budi(desk, sql, files)
    (tmp_path / "saluran.yaml").write_text(f"database: {{url: '{database}'}}\n")
    saluran = Saluran(tmp_path, capsys)
    window = ("2026-11-27T08:00", "2030-01-01T00:00")
    assert await saluran.json("breach", *window) == []
    found = await saluran.json("breach", *window, "--everybody")
    assert {phone for one in found for phone in one["phones"]} == {SITI, BUDI}
    code, said = await saluran("breach", "kemarin", "sekarang")
    assert (code, "write it like" in said) == (WRONG, True)
