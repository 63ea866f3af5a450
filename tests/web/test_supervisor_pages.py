"""Queues, agents, reports and the live charts show what rows, files and the phone side say."""

import pytest

from tests.web.conftest import NOW
from tests.web.fake_phone import SARI, FakePhone, has_phones, stay, talks
from tests.web.reader import Reader, Seen
from tests.web.seeded import Seeded, seed, stand_in_queue
from tests.web.visitor import Visitors
from tickets.desk import PostgresDesk
from tickets.rights import Role
from tickets.store import Connection


@pytest.fixture
async def seeded(desk: PostgresDesk) -> Seeded:
    return await seed(desk)


@pytest.fixture
async def sari(visitors: Visitors, sql: Connection, phone: FakePhone, seeded: Seeded) -> Reader:
    """A supervisor; one caller gave up, one talked for ten minutes, one waits."""
    await has_phones(sql)

    await stand_in_queue(sql, seeded, NOW)
    phone.shows(SARI, talks(stay(call=seeded.secret.id)), waiting=(stay(call=seeded.open.id),))
    return Reader(await visitors.signed_in(Role.SUPERVISOR))


async def test_the_last_two_hours_are_counted_from_rows(sari: Reader) -> None:
    pulse = (await sari.visitor.get("/queues/pulse")).json
    counted = zip(pulse["waiting"], pulse["talking"], strict=True)
    by_age = dict(zip(range(120, -1, -2), counted, strict=True))
    assert len(pulse["at"]) == 61
    assert {age: by_age[age] for age in (120, 56, 44, 34, 20, 0)} == {
        120: (0, 0),
        56: (1, 0),
        44: (0, 0),
        34: (0, 1),
        20: (0, 0),
        0: (1, 0),
    }
    for path in ("/wall", "/wall/pulse"):
        page = await sari.opens(path)
        assert "Sekarang 1 menunggu, 0 berbicara; paling banyak menunggu: 1." in page.text


async def test_queues_show_their_rules_and_who_serves_them(sari: Reader, phone: FakePhone) -> None:
    page = await sari.opens("/queues")
    umum = page.text.partition("<code>umum</code>")[2].partition("</article>")[0]
    assert "Sari" in umum
    assert "20 detik" in umum
    assert "1 dijawab · 1 menyerah" in Seen.words(umum)
    assert "Sari" not in page.text.partition("<code>pengaduan</code>")[2].partition("</article>")[0]
    phone.goes()
    assert "tidak dapat dihubungi" in (await sari.opens("/queues/now")).text


async def test_agents_show_what_they_do_and_how_their_day_went(sari: Reader) -> None:
    page = await sari.opens("/agents?day=2026-11-27")
    row = Seen.words(page.text.partition("Budi")[2].partition("</tr>")[0])
    assert "Berbicara" in row
    assert " 1 0 0 10 mnt 00 dtk" in row
    assert (await sari.opens("/agents/now")).status == 200


async def test_reports_are_the_same_on_the_page_and_in_the_file(sari: Reader) -> None:
    page = await sari.opens("/reports?day=2026-11-27&span=week")
    assert page.heading == "Laporan"
    assert "<td>0 %</td>" in page.text
    for section in ("queues", "agents", "callbacks", "abandoned"):
        address = f"day=2026-11-27&span=day&section={section}"
        assert (await sari.opens(f"/reports?{address}")).status == 200
        file = await sari.opens(f"/reports.csv?{address}")
        assert file.headers["Content-Type"].startswith("text/csv")
        assert f"saluran-{section}-day-2026-11-27.csv" in file.headers["Content-Disposition"]
        assert file.text.startswith("start,")
    file = await sari.opens("/reports.csv?day=2026-11-27&span=day&section=queues")
    head, *rows = [line.split(",") for line in file.text.splitlines()]
    offered = sum(int(row[head.index("offered")]) for row in rows)
    assert offered == 3


async def test_a_day_that_goes_on_reads_itself_anew(sari: Reader) -> None:
    today = await sari.opens("/insight")
    assert 'hx-get="/insight/day"' in today.text
    assert "3 masuk, 1 dijawab, 1 menyerah." in today.plain
    assert 'hx-get="/insight/day"' not in (await sari.opens("/insight?day=2026-11-20")).text
    part = await sari.opens("/insight/day")
    assert "<main" not in part.text
    assert "3 masuk" in part.text


@pytest.mark.parametrize("path", ["/queues", "/agents", "/reports", "/reports.csv"])
async def test_each_is_for_those_with_the_right(visitors: Visitors, path: str) -> None:
    liaison = Reader(await visitors.signed_in(Role.LIAISON))
    assert (await liaison.opens(path)).status == (200 if "reports" in path else 403)
