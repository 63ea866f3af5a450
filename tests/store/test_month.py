"""The ministry's month: every figure is an independent count of the rows, and no small group is
told, on the command line and on paper alike."""

import csv
import io
import json
import random
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from pypdf import PdfReader

from config.calendar import WIB
from scripts.cli.codes import OK
from tests.store.producers import producer
from tests.store.test_command_line import Saluran
from tickets.month import FIGURES, UNKNOWN, Month, MonthOf, Months, wish_of
from tickets.store import Connection, Store
from tickets.web.language import dictionaries
from tickets.web.month_paper import csv_of, pdf_of

NOVEMBER = MonthOf(date(2026, 11, 1))
NOW = datetime(2026, 12, 2, 3, tzinfo=UTC)
CITIES = {
    "Kota Bandung": "32",
    "bandung": "32",
    "Solo": "33",
    "Jayapura": "91",
    "Medan": "12",
    "": UNKNOWN,
    "entah di mana": UNKNOWN,
}
GOODS = {"jaket": ["jacket"], "kaos dan jaket": ["tshirt", "jacket"], "seprai": ["fabric"]}
"""And nothing else: what they mean."""
WISHES = {"ingin ganti dagangan": "replace", "mau berhenti": "stop", "belajar menjahit": "learn"}


@pytest.fixture
def saluran(database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Saluran:
    (tmp_path / "saluran.yaml").write_text(f"database: {{url: '{database}'}}\n")
    return Saluran(tmp_path, capsys)


async def person(sql: Connection) -> UUID:
    made: UUID = await sql.fetchval(
        "INSERT INTO person (id, met_at) VALUES ($1, $2) RETURNING id", uuid4(), NOW
    )
    return made


async def ticket(
    sql: Connection, number: int, who: UUID | None, at: datetime, **more: Any
) -> dict[str, Any]:
    row = {"id": uuid4(), "category": "GANTI", "fields": {}, "merged_into": None} | more
    await sql.execute(
        "INSERT INTO ticket (id, number, category, channel, person, fields, confidential, "
        "anonymous, language, opened_at, first_response_due, deadline, reason, merged_into) "
        "VALUES ($1, $2, $3, 'desk', $4, $5::text::jsonb, false, false, 'id', $6, $6, $6, '', $7)",
        row["id"],
        str(26100000 + number),
        row["category"],
        who,
        json.dumps(row["fields"]),
        at,
        row["merged_into"],
    )
    return row | {"who": who or row["id"], "at": at}


async def month(database: str, which: MonthOf = NOVEMBER) -> Month:
    store = Store(database, connections=1)
    try:
        return await Months(store, NOW).read(which)
    finally:
        await store.close()


async def a_november(sql: Connection) -> list[dict[str, Any]]:
    """So many people that no group is small; some tickets are of other months, or merged."""
    chance = random.Random(5)
    people = [await person(sql) for _ in range(150)]
    begin = datetime(2026, 10, 25, tzinfo=WIB)
    found: list[dict[str, Any]] = []
    for number in range(400):
        fields = {
            "city": chance.choice([*CITIES]),
            "wish": chance.choice([*WISHES, "", "entahlah"]),
            "kind": chance.choice([*GOODS, ""]),
        }
        at = begin + timedelta(minutes=chance.randrange(44 * 24 * 60))
        merged = found[-1]["id"] if found and chance.random() < 0.1 else None
        who = None if chance.random() < 0.1 else chance.choice(people)
        category = chance.choice(("GANTI", "STOK", "LATIH", "INFO", "SELUNDUP"))
        more = {"category": category, "fields": fields, "merged_into": merged}
        found.append(await ticket(sql, number, who, at, **more))
    return [
        one
        for one in found
        if one["merged_into"] is None
        and datetime(2026, 11, 1, tzinfo=WIB) <= one["at"]
        and one["at"] < datetime(2026, 12, 1, tzinfo=WIB)
    ]


async def test_traders_are_counted_once_where_they_said_that_they_are(
    database: str, sql: Connection
) -> None:
    tickets = await a_november(sql)
    told = await month(database)
    newest: dict[UUID, dict[str, Any]] = {}
    for one in sorted(tickets, key=lambda one: (bool(one["fields"]["city"]), one["at"])):
        if one["category"] in ("GANTI", "STOK", "LATIH"):
            newest[one["who"]] = one
    provinces: dict[str, int] = defaultdict(int)
    wishes: dict[str, int] = defaultdict(int)
    for one in newest.values():
        provinces[CITIES[one["fields"]["city"]]] += 1
        wishes[wish_of(one["fields"]["wish"], one["category"])] += 1
    assert told.provinces.cells.keys() >= provinces.keys()
    for name, value in told.provinces.cells.items():
        assert value == provinces[name], name
    assert {name: value for name, value in told.wishes.cells.items() if value} == wishes
    assert told.provinces.total == told.wishes.total == told.figures["traders"] == len(newest)
    assert told.figures["people"] == len({one["who"] for one in tickets})
    dealers: dict[str, set[UUID]] = defaultdict(set)
    for one in tickets:
        if one["category"] in ("GANTI", "STOK"):
            for kind in GOODS.get(one["fields"]["kind"], ()):
                dealers[kind].add(one["who"])
    assert {one.kind: one.people for one in told.wanted} == {
        kind: len(who) for kind, who in dealers.items()
    }
    assert all(len(who) >= 5 for who in dealers.values())


async def test_what_no_producer_offers_comes_first(database: str, sql: Connection) -> None:
    await producer(sql, "9000000000001", kinds=["jacket", "tshirt"])
    await producer(sql, "9000000000002", kinds=["jacket"], status="paused")
    at = datetime(2026, 11, 3, tzinfo=WIB)
    for number in range(12):
        kind = "jaket" if number < 7 else "sepatu"
        await ticket(sql, number, None, at, fields={"kind": kind})
    told = await month(database)
    assert [(one.kind, one.people, one.producers) for one in told.wanted] == [
        ("shoes", 5, 0),
        ("jacket", 7, 1),
    ]


async def test_what_became_of_them_is_counted_by_people_and_by_its_own_day(
    database: str, sql: Connection
) -> None:
    inside, outside = datetime(2026, 11, 30, 23, 59, tzinfo=WIB), datetime(2026, 12, 1, tzinfo=WIB)
    maker = await producer(sql, "9000000000001")
    partner = await sql.fetchval(
        "INSERT INTO partner (id, name, kind, contact, answer_days, secret, made_by, created_at) "
        "VALUES ($1, 'IKFT', 'industry', '', 5, '', 'sari', $2) RETURNING id",
        uuid4(),
        inside,
    )
    session = uuid4()
    await sql.execute(
        "INSERT INTO training_session (id, title, city, starts_at, ends_at, seats, made_by, "
        "made_at) VALUES ($1, 'Menjahit', 'Solo', $2, $2::timestamptz + interval '1 hour', 9, "
        "'sari', $2)",
        session,
        inside,
    )
    for number in range(7):
        who = await person(sql)
        row = await ticket(sql, number, who, inside)
        for _ in range(2):
            # Twice to one producer, of one person.
            referral = uuid4()
            await sql.execute(
                "INSERT INTO referral (id, ticket, producer, state, how, pieces, month, "
                "introduced_at, introduced_by, moved_at) "
                "VALUES ($1, $2, $3, 'deal', 'call', 1, '2026-11-01', $4, 'sari', $4)",
                referral,
                row["id"],
                maker,
                inside,
            )
            for became, at in (("introduced", inside), ("deal", outside if number else inside)):
                await sql.execute(
                    "INSERT INTO referral_event (referral, became, actor, at) "
                    "VALUES ($1, $2, 'sari', $3)",
                    referral,
                    became,
                    at,
                )
        await sql.execute(
            "INSERT INTO training_signup (id, session, person, channel, state, asked_at, attended) "
            "VALUES ($1, $2, $3, 'desk', 'seated', $4, $5)",
            uuid4(),
            session,
            who,
            inside,
            number < 5,
        )
        await sql.execute(
            "INSERT INTO handover (id, ticket, partner, way, state, note, made_by, made_at, due) "
            "VALUES ($1, $2, $3, 'file', 'sent', '', 'sari', $4, $4)",
            uuid4(),
            row["id"],
            partner,
            inside if number < 6 else outside,
        )
    told = await month(database)
    assert told.figures["introduced"] == 7
    assert told.figures["deal"] is None  # one person
    assert (told.figures["signed_up"], told.figures["trained"]) == (7, 5)
    assert told.partners == {"IKFT": 6}
    december = await month(database, NOVEMBER.after)
    assert december.figures["deal"] == 6
    assert (december.partners, december.complete) == ({"IKFT": None}, False)


async def test_page_paper_and_csv_tell_the_same_and_no_small_group(
    database: str, sql: Connection
) -> None:
    at = datetime(2026, 11, 3, tzinfo=WIB)
    places = ["Bandung"] * 23 + ["Solo"] * 17 + ["Jayapura"] * 3
    for number, city in enumerate(places):
        fields = {"city": city, "kind": "jaket" if number else "sepatu", "wish": "ganti"}
        await ticket(sql, number, None, at, fields=fields)
    told = await month(database)
    cells = told.provinces.cells
    assert (cells["32"], cells["33"], cells["91"]) == (23, None, None)
    assert told.provinces.total == 43
    for language, words in dictionaries().items():
        rows = list(csv.DictReader(io.StringIO(csv_of(told, words).removeprefix("\ufeff"))))
        by_key = {(row["section"], row["key"]): row for row in rows}
        assert by_key["province", "91"]["value"] == ""
        assert by_key["province", "91"]["withheld"] == "1"
        assert by_key["province", "32"]["value"] == "23"
        assert by_key["goods", "jacket"]["value"] == "42"
        shoes = by_key["goods", "shoes"]
        assert (shoes["value"], shoes["producers"]) == ("", "0")
        assert {key for section, key in by_key if section == "figure"} == set(FIGURES)
        assert not {"17", "3"} & {row["value"] for row in rows}
        paper = pdf_of(told, words, "1500587", NOW)
        assert paper == pdf_of(told, words, "1500587", NOW)
        text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages)
        lines = [line.strip() for line in text.splitlines()]
        for name, value in (("Jawa Barat", "23"), ("Papua", words("month.mark"))):
            assert lines[lines.index(name) + 1] == value, (language, name)
        assert "1500587" in text
        assert words("month.small", mark=words("month.mark"))[:30] in text


async def test_the_command_line_tells_the_last_month_that_is_over(
    saluran: Saluran, sql: Connection, tmp_path: Path
) -> None:
    for number in range(6):
        at = datetime(2026, 11, 3, tzinfo=WIB)
        await ticket(sql, number, None, at, fields={"city": "Medan"})
    file = tmp_path / "november.pdf"
    code, _ = await saluran("report", "month", "2026-11", "--pdf", str(file))
    assert code == OK
    assert file.read_bytes().startswith(b"%PDF-")
    told = await saluran.json("report", "month", "2026-11")
    assert (told["month"], told["provinces"]["cells"]["12"]) == ("2026-11", 6)
    _, table = await saluran("report", "month", "2026-11")
    assert "Sumatera Utara" in table
    _, text = await saluran("report", "month", "2026-11", "--csv")
    assert text.splitlines()[0] == "\ufeffmonth,section,key,name,value,withheld,producers"
    for wrong in ("2026-13", "november", "2999-01"):
        code, said = await saluran("report", "month", wrong)
        assert code != OK
        assert wrong in said


def test_months_follow_one_another_over_the_year() -> None:
    december = MonthOf(date(2026, 12, 1))
    assert (str(december.after), str(december.before)) == ("2027-01", "2026-11")
    assert str(MonthOf(date(2027, 1, 1)).before) == "2026-12"
    assert december.end == datetime(2027, 1, 1, tzinfo=WIB)
