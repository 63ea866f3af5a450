"""The ministry's month as a page, as the API tells it, and as files."""

from tests.web.reader import Reader
from tests.web.seeded import seed
from tests.web.visitor import Visitors
from tickets.desk import PostgresDesk
from tickets.rights import Role


async def test_a_month_is_shown_and_downloaded_without_small_groups(
    visitors: Visitors, desk: PostgresDesk
) -> None:
    await seed(desk)
    auditor = await visitors.signed_in(Role.AUDITOR)
    reader = Reader(auditor)
    page = await reader.opens("/month")
    assert page.heading == "Bulan di saluran: Nov 2026"
    assert "Bulan ini belum selesai" in page.plain
    assert page.text.count("<rect") == 38
    assert "Jawa Barat: dirahasiakan" in page.text
    told = (await auditor.get("/reports/month", query={"month": "2026-11"})).json
    assert told["figures"]["people"] is None
    assert told["provinces"]["cells"]["32"] is None
    assert told["provinces"]["total"] is None
    before = await reader.opens("/month?month=2026-10")
    assert "belum selesai" not in before.plain
    table = await reader.opens("/month.csv?month=2026-11")
    assert "2026-11,province,32,Jawa Barat,,1," in table.text
    assert table.headers["Content-Disposition"] == 'attachment; filename="saluran-2026-11.csv"'
    async with auditor.session.get("/month.pdf?month=2026-11") as response:
        assert response.status == 200
        assert response.content_type == "application/pdf"
        assert (await response.read()).startswith(b"%PDF-")
    for wrong in ("2026-12", "2026-00", "besok"):
        assert (await reader.opens(f"/month?month={wrong}")).status == 422, wrong
        assert (await auditor.get("/reports/month", query={"month": wrong})).status == 422
