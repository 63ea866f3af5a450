"""A corpus of what callers, agents and programs could write: everywhere it stays words."""

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from tests.web.fake_phone import SARI, FakePhone, has_phones, rings, stay
from tests.web.reader import Reader
from tests.web.seeded import OPEN, Seeded, seed
from tests.web.visitor import Visitor, Visitors
from tickets.desk import PostgresDesk
from tickets.rights import Role
from tickets.store import Connection
from tickets.web.app import routes
from tickets.web.pages import SUBJECTS

MARK = "zq7"
"""In each of them, so that none is missed."""
CORPUS = [
    f"<script>{MARK}()</script>",
    f"\"><img src=x onerror='{MARK}()'>",
    f"'><svg/onload={MARK}()>",
    f"</title></textarea></style></script><script>{MARK}()</script>",
    f"<a href='javascript:{MARK}()'>{MARK}</a>",
    f"<iframe srcdoc='&lt;script&gt;{MARK}()&lt;/script&gt;'></iframe>",
    f'<div hx-get="/api/v1/tokens" hx-trigger="load" hx-on:load="{MARK}()">',
    f"<base href=//evil.example/><form action=//evil.example/{MARK}>",
    f"{{{{ {MARK} }}}} {{% include '{MARK}' %}} ${{{MARK}}} <%= {MARK} %>",
    f"&lt;script&gt;{MARK}()&lt;/script&gt; &#60;script&#62;",
    f"\u202e\u2066{MARK}\u2069 \ufeff\u200b{MARK}",
    f"data:text/html,<script>{MARK}()</script>",
    f"]]><!--{MARK}--><![CDATA[",
    f"{MARK}' OR '1'='1'; DROP TABLE ticket; --",
    f'{MARK}"; SELECT pg_sleep(9); --',
    f"{MARK}\\'; COPY ticket TO PROGRAM 'id'; --",
    f"{MARK}%00%0d%0aSet-Cookie: x=1",
    f'=HYPERLINK("http://evil.example/{MARK}")',
]
EVERYTHING = " ".join(CORPUS)
_LOADS = {"src", "href", "action", "formaction", "srcdoc", "data", "poster", "background"}
_OURS = re.compile(r"(/|#|\?|tel:|data:image/svg)(?!/)")


class Found(HTMLParser):
    """What a browser would make of a page: elements, and what they load or run."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "script" and not str(given.get("src", "")).startswith("/static/"):
            self.wrong.append(f"a script: {attrs}")
        if tag in ("iframe", "object", "embed", "base"):
            self.wrong.append(f"<{tag}>")
        for name, value in attrs:
            if name.startswith(("on", "hx-on", "style")):
                self.wrong.append(f"{tag} {name}={value}")
            if name in _LOADS and value and not _OURS.match(value):
                self.wrong.append(f"{tag} {name}={value}")
            if name.startswith("hx-") and value and MARK in value:
                self.wrong.append(f"{tag} {name}={value}")

    def handle_data(self, data: str) -> None:
        self.text += data


def looked_at(page: str) -> Found:
    found = Found()
    found.feed(page)
    return found


@pytest.fixture
async def seeded(desk: PostgresDesk) -> Seeded:
    return await seed(desk)


@pytest.fixture
async def everywhere(
    seeded: Seeded, sql: Connection, phone: FakePhone, visitors: Visitors
) -> Reader:
    """Every text in every row is the corpus, whatever the way by which it could get there."""
    await has_phones(sql)
    supervisor = await visitors.signed_in(Role.SUPERVISOR)
    await sql.execute("UPDATE desk_user SET extension = '6001'")
    await supervisor.post("/line/closures", {"reason": "banjir"})
    await supervisor.post(f"/tickets/{OPEN}/comments", {"text": EVERYTHING})
    texts = json.dumps({"city": EVERYTHING, "wish": EVERYTHING, "question": EVERYTHING})
    for statement in (
        "UPDATE person SET name = $1",
        "UPDATE line_closure SET reason = $1, closed_by = $1",
        "UPDATE desk_user SET name = left($1, 80)",
        "UPDATE agent SET name = left($1, 40)",
        "UPDATE call SET caller = $1, dialled = $1, flow = $1, last_step = $1",
        "UPDATE call_step SET step = $1, event = $1, detail = $1",
        "UPDATE recording SET name = $1",
        "UPDATE ticket SET owner = $1, told = $1, reason = $1",
        "UPDATE ticket_event SET actor = $1, note = $1",
        "UPDATE callback SET reason = $1",
        "INSERT INTO audit_entry (who, did, subject, address) VALUES ($1, $1, $1, $1)",
    ):
        await sql.execute(statement, EVERYTHING)
    await sql.execute("UPDATE ticket SET fields = $1::jsonb", texts)
    phone.shows(rings(SARI, stay(call=seeded.open.id)), waiting=(stay(call=seeded.open.id),))
    return Reader(supervisor)


def every_page() -> list[str]:
    """That needs no more than a ticket's number."""
    paths = [page.path for subject in SUBJECTS for page in subject if page.method == "GET"]
    filled = [re.sub(r"\{number(:([^{}]|\{[^{}]*\})+)?\}", OPEN, path) for path in paths]
    # The picture of the menu is a stand-in here; the real one names steps of the menu alone.
    return [path for path in filled if "{" not in path and not path.endswith(".svg")]


async def test_no_page_has_an_element_that_somebody_wrote(
    everywhere: Reader, visitors: Visitors
) -> None:
    shown = 0
    operator = Reader(await visitors.signed_in(Role.OPERATOR))
    paths = every_page()
    assert f"/tickets/{OPEN}" in paths
    for path in [*paths, "/tickets?q=" + MARK, "/tickets?tag=%3Cscript%3E", "/nothing/<script>"]:
        for language in ("id", "en"):
            reader = operator if path.startswith("/users") else everywhere
            reader.visitor.session.cookie_jar.update_cookies({"saluran-language": language})
            page = await reader.opens(path)
            assert page.status in (200, 303, 404, 422), (path, page.status)
            if not page.headers["Content-Type"].startswith("text/html"):
                assert page.headers["Content-Disposition"].startswith("attachment"), path
                assert page.headers["X-Content-Type-Options"] == "nosniff", path
                continue
            found = looked_at(page.text)
            assert found.wrong == [], (path, found.wrong)
            shown += found.text.count(f"<script>{MARK}()</script>")
            # No template was rendered twice.
            assert "{{ " + MARK not in page.text or f"{{{{ {MARK} }}}}" in page.text
    assert shown > 20, "the corpus was not there to be looked at"


async def test_the_api_tells_it_as_it_is(
    everywhere: Reader, visitors: Visitors, sql: Connection
) -> None:
    visitor = everywhere.visitor
    operator = await visitors.signed_in(Role.OPERATOR)
    for route in routes():
        if route.method != "GET" or "{" in route.path.replace("{number", "") or route.stream:
            continue
        asks = operator if route.path.startswith("/users") else visitor
        reply = await asks.get(route.plain_path.format(number=OPEN))
        assert reply.status in (200, 404, 422), (route.name, reply.text)
        assert reply.headers["Content-Type"].startswith(("application/json", "application/problem"))
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
    read = (await visitor.get(f"/tickets/{OPEN}")).json
    assert read["fields"]["city"] == EVERYTHING
    assert await sql.fetchval("SELECT count(*) FROM ticket") == 3


@pytest.mark.parametrize("text", CORPUS)
async def test_a_search_or_a_filter_is_words_too(visitors: Visitors, text: str) -> None:
    visitor = await visitors.signed_in(Role.SUPERVISOR)
    reader = Reader(visitor)
    for route in routes():
        if route.method != "GET" or route.query is None or "{" in route.path or route.stream:
            continue
        for name in route.query.model_fields:
            reply = await visitor.get(route.full_path, query={name: text})
            assert reply.status in (200, 422), (route.name, name, reply.text)
    for path in every_page():
        session = visitor.session
        for name in ("q", "order", "after", "tag", "status", "to", "day"):
            async with session.get(path, params={name: text}, allow_redirects=False) as reply_:
                assert reply_.status < 500, (path, name)
                assert looked_at(await reply_.text(errors="replace")).wrong == [], (path, name)
    assert reader.cookies.count("x=1") == 0


HEADERS = ["Last-Event-ID", "If-Match", "Idempotency-Key", "X-Request-Id", "X-Forwarded-For"]
BREAKS = ["a%0d%0aX-Evil: 1", "a\tX-Evil: 1", "é\u2028X-Evil: 1", "a" * 4000, '"', "\\"]


@pytest.mark.parametrize("value", BREAKS, ids=range(len(BREAKS)))
async def test_no_header_of_an_answer_is_what_somebody_sent(
    visitors: Visitors, seeded: Seeded, value: str
) -> None:
    visitor = await visitors.signed_in(Role.SUPERVISOR)
    replies = [await visitor.get("/session", headers={name: value}) for name in HEADERS[1:]]
    replies.append(await visitor.post("/line/reopen", headers=dict.fromkeys(HEADERS, value)))
    for path in ("/sign-in", "/language", "/tickets"):
        for name in ("to", "q", "language", "after"):
            async with visitor.session.get(
                path, params={name: value}, allow_redirects=False
            ) as reply:
                assert reply.status < 500
                for header, told in reply.headers.items():
                    assert "X-Evil: 1" not in told, (header, told)
                assert "X-Evil" not in reply.headers
    for one in replies:
        assert one.status < 500, one.text
        assert "X-Evil" not in one.headers


@pytest.mark.parametrize(
    "path",
    [
        "/static/0/../../../../etc/passwd",
        "/static/0/%2e%2e/%2e%2e/etc/passwd",
        "/static/0/..%2f..%2fetc%2fpasswd",
        "/static/0//etc/passwd",
        "/static/0/%00",
        "/static/0/desk/desk.css%00.js",
        "/static/../tickets/web/desk.py",
        "/static/0/....//....//etc/passwd",
        "/static/0/\\..\\..\\etc\\passwd",
        "/tickets/%2e%2e/%2e%2e/etc/passwd",
        "/tickets/..;/audit",
        "//etc/passwd",
    ],
)
async def test_a_path_leads_to_no_file_that_is_not_ours(visitors: Visitors, path: str) -> None:
    from yarl import URL

    visitor = await visitors.signed_in(Role.AUDITOR)
    base = str(visitors.address).rstrip("/")
    async with visitor.session.get(URL(base + path, encoded=True), allow_redirects=False) as reply:
        text = await reply.text()
        assert reply.status in (303, 400, 403, 404), (reply.status, text[:200])
        assert "root:" not in text
        assert "import " not in text


def problem_of(reply: Any) -> tuple[int, str]:
    return reply.status, reply.kind


async def test_somebody_elses_words_in_a_problem_are_no_markup(visitors: Visitors) -> None:
    visitor: Visitor = await visitors.signed_in(Role.AGENT)
    for text in CORPUS[:6]:
        reply = await visitor.post("/tickets", {"category": text, text: text})
        assert problem_of(reply) == (422, "unacceptable")
        assert reply.headers["Content-Type"].startswith("application/problem+json")
