"""The calendar's file is read and changed at the desk, by API and page alike."""

from datetime import date
from pathlib import Path

import pytest

from config.calendar import Calendar
from config.settings import Settings
from tests.web.reader import Reader
from tests.web.visitor import Visitor, Visitors
from tickets.rights import Role
from tickets.store import Connection

MOVING = {
    "name": "Pindah kantor",
    "source": "Surat Edaran 1/2026",
    "first": "2026-12-04",
    "closed": True,
}


@pytest.fixture
def file(menu_settings: Settings) -> Path:
    return menu_settings.files.calendar


@pytest.fixture
async def supervisor(visitors: Visitors) -> Visitor:
    return await visitors.signed_in(Role.SUPERVISOR)


async def test_an_override_is_added_changed_and_removed_in_the_file(
    supervisor: Visitor, file: Path, sql: Connection
) -> None:
    before = await supervisor.get("/calendar")
    added = await supervisor.post("/calendar/overrides", MOVING, seen=before.etag)
    assert (added.status, added.json["overrides"][0]["last"]) == (201, "2026-12-04")
    calendar = Calendar.load(file)
    assert calendar.day(date(2026, 12, 4)).name == "Pindah kantor"
    assert "# When the line is open" in read(file)
    # Whoever saw the version before has not seen this one.
    late = await supervisor.post("/calendar/overrides", MOVING, seen=before.etag)
    assert (late.status, late.kind) == (412, "changed-meanwhile")
    body = {**MOVING, "closed": False, "hours": ["09:00-12:00"], "last": "2026-12-05"}
    changed = await supervisor.put("/calendar/overrides/0", body, seen=added.etag)
    assert changed.json["overrides"][0]["hours"] == ["09:00-12:00"]
    days = (await supervisor.get("/calendar/days", query={"year": "2026"})).json["items"]
    (day,) = [one for one in days if one["date"] == "2026-12-05"]
    assert (day["reason"], day["hours"], day["shorter"]) == ("override", ["09:00-12:00"], False)
    gone = await supervisor.delete("/calendar/overrides/0", seen=changed.etag)
    assert gone.json["overrides"] == []
    assert (await supervisor.delete("/calendar/overrides/0", seen=gone.etag)).status == 412
    rows = await sql.fetch(
        "SELECT did, subject FROM audit_entry WHERE did LIKE 'calendar.%' ORDER BY at"
    )
    assert [tuple(row) for row in rows] == [
        ("calendar.added", "2026-12-04: Pindah kantor (closed)"),
        (
            "calendar.changed",
            "2026-12-04: Pindah kantor (closed) → "
            "2026-12-04–2026-12-05: Pindah kantor (09:00-12:00)",
        ),
        ("calendar.removed", "2026-12-04–2026-12-05: Pindah kantor (09:00-12:00)"),
    ]


@pytest.mark.parametrize(
    ("more", "pointer", "says"),
    [
        ({"hours": ["16:00-08:00"], "closed": False}, "#/hours", "ends before it begins"),
        ({"hours": ["25:00-26:00"], "closed": False}, "#/hours", "no clock shows"),
        ({"hours": ["pagi"], "closed": False}, "#/hours/0", "pattern"),
        ({"last": "2026-12-01"}, "#/last", "before it begins"),
        ({"closed": False}, "#/closed", "not clear"),
        ({"last": "2029-12-01"}, "#/last", "400 days"),
        ({"name": ""}, "#/name", "at least 1"),
        ({"first": "2026-12-24"}, "#/first", "both claim 2026-12-24"),
        ({"closed": False, "week": {}}, "#/week", "no day"),
    ],
)
async def test_a_change_that_would_be_wrong_names_the_place_and_changes_nothing(
    supervisor: Visitor,
    file: Path,
    sql: Connection,
    more: dict[str, object],
    pointer: str,
    says: str,
) -> None:
    seen = (await supervisor.get("/calendar")).etag
    party = {**MOVING, "name": "Pesta", "first": "2026-12-24"}
    seen = (await supervisor.post("/calendar/overrides", party, seen=seen)).etag
    before = read(file)
    reply = await supervisor.post("/calendar/overrides", MOVING | more, seen=seen)
    assert (reply.status, reply.kind) == (422, "unacceptable")
    (error,) = reply.json["errors"]
    assert error["pointer"] == pointer
    assert says in error["detail"]
    assert read(file) == before
    assert await sql.fetchval("SELECT count(*) FROM audit_entry WHERE did LIKE 'calendar.%'") == 1


async def test_the_usual_hours_are_changed_and_cannot_all_go(
    supervisor: Visitor, file: Path
) -> None:
    seen = (await supervisor.get("/calendar")).etag
    week = {"monday": ["08:00-11:30", "13:00-16:00"], "saturday": ["09:00-12:00"]}
    reply = await supervisor.put("/calendar/week", week, seen=seen)
    assert reply.json["week"]["saturday"] == ["09:00-12:00"]
    assert not Calendar.load(file).week[1]
    assert (await supervisor.put("/calendar/week", {}, seen=reply.etag)).status == 422


async def test_a_file_that_is_not_ours_or_broken_is_left_alone(
    supervisor: Visitor, file: Path
) -> None:
    seen = (await supervisor.get("/calendar")).etag
    text = read(file)
    break_(file)
    reply = await supervisor.get("/calendar")
    assert (reply.status, reply.kind) == (409, "file-broken")
    assert (await supervisor.post("/calendar/overrides", MOVING, seen=seen)).status == 409
    assert read(file) == "week: nothing\n"
    shipped = lead_to_the_shipped(file)
    assert read(shipped) == text
    reply = await supervisor.post("/calendar/overrides", MOVING, seen=seen)
    assert (reply.status, reply.kind) == (409, "file-fixed")
    assert read(shipped) == text


async def test_the_page_shows_the_year_and_changes_it(
    visitors: Visitors, file: Path, sql: Connection
) -> None:
    reader = Reader(await visitors.signed_in(Role.SUPERVISOR))
    await sql.execute(
        "INSERT INTO line_closure (reason, from_at, until_at, closed_by) VALUES "
        "('banjir', '2026-03-02 08:00+07', '2026-03-02 12:00+07', 'sari')"
    )
    page = await reader.opens("/calendar?year=2026")
    assert page.heading == "Kalender 2026"
    assert page.text.count('class="month"') == 12
    assert page.text.count('class="date emergency"') == 1
    assert "libur nasional: Hari Raya Natal" in page.plain
    sent = {"first": "2027-02-08", "last": "2027-03-08", "what": "week", "name": "Ramadan"}
    sent |= {"source": "surat", "monday": "08:00-15:00", "version": page.hidden("version")}
    page = await reader.sends("/calendar/overrides", fields=sent)
    assert "Ramadan ditambahkan" in page.notice
    assert 'class="date shorter"' in page.text
    assert "menambah pengecualian kalender" in page.text
    # Wrong: told in words, with what was typed still there.
    sent |= {"what": "hours", "hours": "pagi", "version": page.hidden("version")}
    page = await reader.sends("/calendar/overrides", fields=sent)
    assert (page.status, "tulis seperti 08:00-16:00" in page.text) == (422, True)
    assert 'value="pagi"' in page.text
    sent |= {"what": "week", "name": "Puasa"}
    page = await reader.sends("/calendar/overrides", fields=sent)
    assert "“Puasa” dan “Ramadan” sama-sama mengatur 2027-02-08" in page.plain
    page = await reader.opens("/calendar?year=2027&edit=0")
    assert 'value="08:00-15:00"' in page.text
    week = {"monday": "08:00-16:00", "version": page.hidden("version")}
    page = await reader.sends("/calendar/week", fields=week)
    assert not Calendar.load(file).week[4]
    page = await reader.sends(
        "/calendar/overrides/0/remove", fields={"version": page.hidden("version")}
    )
    assert "dihapus" in page.notice


async def test_who_may_not_change_it_reads_it(visitors: Visitors) -> None:
    reader = Reader(await visitors.signed_in(Role.AGENT))
    page = await reader.opens("/calendar?day=2026-12-25")
    assert "Hari Raya Natal" in page.plain
    assert "<form" not in page.text.partition("<main")[2].partition("</main>")[0]
    sent = {"version": "x", "monday": "08:00-16:00"}
    assert (await reader.sends("/calendar/week", fields=sent)).status == 403


def read(file: Path) -> str:
    return file.read_text()


def break_(file: Path) -> None:
    file.write_text("week: nothing\n")


def lead_to_the_shipped(file: Path) -> Path:
    shipped = Path("config/calendar.yaml").resolve()
    file.unlink()
    file.symlink_to(shipped)
    return shipped
