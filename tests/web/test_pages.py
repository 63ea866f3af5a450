"""The layout of the pages: signing in and out, languages, problems, files, and who may see what."""

import re
from pathlib import Path

import pyotp
import pytest

from tests.web.reader import Reader
from tests.web.visitor import PASSWORD, Visitors
from tickets.lifecycle import CATEGORIES, MOVES
from tickets.rights import Right, Role
from tickets.totp import Totp
from tickets.users import Users
from tickets.web.language import FOLDER, LANGUAGES, dictionaries
from tickets.web.pages.templates import FOLDER as TEMPLATES

CODE = [*Path("tickets/web").rglob("*.py"), *TEMPLATES.glob("*.html")]


def test_every_text_is_there_in_each_language_with_the_same_places() -> None:
    one, other = (dictionaries()[language] for language in LANGUAGES)
    assert set(one) == set(other)
    for key in one:
        places = [sorted(re.findall(r"\{(\w+)\}", words(key))) for words in (one, other)]
        assert places[0] == places[1], key
    assert len(list(FOLDER.glob("*.yaml"))) > 5


def test_every_text_that_a_page_names_is_there() -> None:
    words = dictionaries()["id"]
    named = {
        key
        for path in CODE
        for key in re.findall(
            r"""(?:\bt|words|Nav|Notice)\(\s*["']([a-z_-]+(?:\.[a-z0-9_-]+)+)["']""",
            path.read_text("utf-8"),
        )
    }
    assert len(named) > 50
    assert sorted(key for key in named if key not in words) == []


def test_every_role_and_right_has_a_name() -> None:
    words = dictionaries()["id"]
    assert all(f"role.{role}" in words for role in Role)
    assert [right for right in Right if f"right.{right}" not in words] == []


async def test_a_person_signs_in_sees_their_pages_and_signs_out(visitors: Visitors) -> None:
    reader = Reader(visitors.stranger())
    page = await reader.opens("/audit")
    assert page.path.startswith("/sign-in?to=")
    page = await reader.signs_in(await visitors.user(Role.AUDITOR), PASSWORD)
    assert page.path == "/audit"
    assert page.heading == "Jejak audit"
    page = await reader.sends("/sign-out")
    assert page.path == "/sign-in"
    assert (await reader.opens("/audit")).path.startswith("/sign-in")


async def test_a_wrong_password_is_told_and_lets_nobody_in(visitors: Visitors) -> None:
    reader = Reader(visitors.stranger())
    await reader.opens("/sign-in")
    page = await reader.signs_in(await visitors.user(Role.AUDITOR), "another one entirely")
    assert page.status == 401
    assert "tidak cocok" in page.text
    assert (await reader.opens("/audit")).path.startswith("/sign-in")


async def test_the_second_factor_is_asked_for_after_the_password(
    visitors: Visitors, users: Users, totp: Totp
) -> None:
    login = await visitors.user(Role.AUDITOR)
    codes = pyotp.parse_uri(await users.new_totp(login, totp))
    assert isinstance(codes, pyotp.TOTP)
    reader = Reader(visitors.stranger())
    page = await reader.signs_in(login, PASSWORD)
    assert "autentikator" in page.text
    assert PASSWORD not in page.text
    page = await reader.sends("/sign-in", login=login, code=codes.now())
    assert page.heading == "Tiket"


async def test_a_code_alone_lets_nobody_in(visitors: Visitors, users: Users, totp: Totp) -> None:
    login = await visitors.user(Role.AUDITOR)
    codes = pyotp.parse_uri(await users.new_totp(login, totp))
    assert isinstance(codes, pyotp.TOTP)
    page = await Reader(visitors.stranger()).sends("/sign-in", login=login, code=codes.now())
    assert page.status == 401


@pytest.mark.parametrize("to", ["//evil.example", "/\\evil.example", "https://evil.example", "x"])
async def test_nobody_is_led_to_another_site(visitors: Visitors, to: str) -> None:
    reader = Reader(visitors.stranger())
    login = await visitors.user(Role.AUDITOR)
    page = await reader.sends("/sign-in", follow=False, login=login, password=PASSWORD, to=to)
    assert (page.status, page.headers["Location"]) == (303, "/")


async def test_the_language_is_kept_in_the_browser(visitors: Visitors) -> None:
    reader = Reader(visitors.stranger())
    page = await reader.sends("/language", language="en", to="/sign-in")
    assert page.heading == "Sign in"
    assert '<html lang="en">' in page.text
    page = await reader.sends("/language", language="../etc", to="/sign-in")
    assert page.heading == "Sign in"


async def test_problems_are_pages_in_words(visitors: Visitors) -> None:
    reader = Reader(await visitors.signed_in(Role.OPERATOR))
    page = await reader.opens("/nothing-here")
    assert (page.status, page.heading) == (404, "Tidak dapat dilakukan")
    page = await reader.opens("/audit")
    assert (page.status, page.heading) == (403, "Tidak dapat dilakukan")
    assert "tidak berhak" in page.text


async def test_a_change_without_the_sessions_token_is_refused(visitors: Visitors) -> None:
    reader = Reader(await visitors.signed_in(Role.AUDITOR))
    page = await reader.sends("/account/password", csrf="wrong", old=PASSWORD, new="x" * 20)
    assert page.status == 403
    page = await reader.sends("/sign-out", csrf="")
    assert page.status == 403


async def test_another_sites_form_is_refused(visitors: Visitors) -> None:
    reader = Reader(visitors.stranger())
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    page = await reader.sends("/language", headers=headers, language="en")
    assert page.status == 403


async def test_what_is_no_form_is_refused(visitors: Visitors) -> None:
    reader = Reader(visitors.stranger())
    for body, kind, status in (
        (b"a=%ff", "application/x-www-form-urlencoded", 422),
        ("a=\u00fc".encode(), "application/x-www-form-urlencoded", 422),
        (b"&".join(b"a=1" for _ in range(600)), "application/x-www-form-urlencoded", 422),
        (b"a=1", "text/plain", 415),
    ):
        assert (await reader.posts("/language", body, kind)).status == status


async def test_files_are_kept_for_ever_under_their_content(visitors: Visitors) -> None:
    reader = Reader(visitors.stranger())
    page = await reader.opens("/sign-in")
    addresses = re.findall(r'"(/static/[^"#]+)"', page.text)
    assert len(addresses) >= 5
    for address in set(addresses):
        file = await reader.opens(address)
        assert file.status == 200
        assert "immutable" in file.headers["Cache-Control"]
        old = re.sub("/static/[0-9a-f]+/", "/static/0abc/", address)
        assert (await reader.opens(old)).headers["Cache-Control"] == "no-cache"
        again = await reader.opens(address, headers={"If-None-Match": file.headers["ETag"]})
        assert again.status == 304
    for path in ("../app.py", "%2e%2e/app.py", "desk/../../app.py", "vendor/manifest.json"):
        assert (await reader.opens(f"/static/0abc/{path}")).status == 404


def test_no_template_has_a_script_a_style_or_a_handler_of_its_own() -> None:
    for path in TEMPLATES.glob("*.html"):
        text = path.read_text("utf-8")
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|hx-on|\bjs:|\|\s*safe", text), path
        assert not re.search(r"<script(?![^>]*\ssrc=)", text), path


async def test_a_password_is_changed_on_the_page(visitors: Visitors) -> None:
    login = await visitors.user(Role.AUDITOR)
    reader = Reader(await visitors.signed_in(Role.AUDITOR))
    page = await reader.sends("/account/password", old="not this one", new="a wholly new sentence")
    assert "tidak cocok" in page.text
    page = await reader.sends("/account/password", old=PASSWORD, new="a wholly new sentence")
    assert "sudah diganti" in page.text
    page = await Reader(visitors.stranger()).signs_in(login, "a wholly new sentence")
    assert page.heading == "Jejak audit"


async def test_a_notice_that_a_browser_makes_up_harms_nobody(visitors: Visitors) -> None:
    reader = Reader(await visitors.signed_in(Role.AUDITOR))
    for cookie in ("x", "e30=", "eyJrZXkiOiAiY29tbW9uLmxlbmd0aCIsICJ2YWx1ZXMiOiB7ImEiOiAiMSJ9fQ=="):
        page = await reader.opens(
            "/audit", headers={"Cookie": f"saluran-told={cookie}; {reader.cookies}"}
        )
        assert page.status == 200


def test_statuses_and_categories_have_names() -> None:
    words = dictionaries()["id"]
    assert all(f"category.{name}" in words for name in CATEGORIES)
    assert all(f"status.{name}" in words for name in MOVES)
