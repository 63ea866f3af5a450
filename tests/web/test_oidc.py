"""Signing in by an OpenID provider: the whole way with a real one, and everything that a provider,
or somebody who plays one, could do wrong."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from html import unescape
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from aiohttp import web
from joserfc.jwk import RSAKey

from tests.web.providers import (
    CLIENT,
    SECRET,
    Forger,
    curve_key,
    forging,
    real_provider,
    signed_by_secret,
)
from tests.web.reader import Reader
from tests.web.visitor import PASSWORD, Visitors
from tickets.identities import ByProvider
from tickets.oidc import Client, OidcAway, OidcRefused, Pending, Provider
from tickets.rights import Role
from tickets.store import Connection
from tickets.web.app import make_app
from tickets.web.desk import DESK, Desk, Options

BACK = "http://127.0.0.1/sign-in/oidc/back"
SARI = {"preferred_username": "Sari", "name": "Sari Wulandari", "groups": ["staff", "hotline"]}
ROLES = {"hotline-lead": Role.SUPERVISOR, "hotline": Role.AGENT}


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with real_provider() as issuer:
        yield issuer


@pytest.fixture
def app(web_desk: Desk, options: Options, issuer: str) -> web.Application:
    client = Client(issuer=issuer, client_id=CLIENT, secret=SECRET)
    way = ByProvider("Akun Uji", Provider(client), web_desk.sign_in, ROLES)
    return make_app(replace(web_desk, by_provider=way), options)


async def claims(reader: Reader, issuer: str, subject: str, **told: Any) -> None:
    """What the provider says of somebody from now on."""
    async with reader.visitor.session.put(f"{issuer}/users/{subject}", json=told) as reply:
        assert reply.status == 204, await reply.text()


async def at_provider(reader: Reader, subject: str, to: str = "/account") -> str:
    """Go to the provider and say who one is there; the address that it sends back to."""
    session = reader.visitor.session
    async with session.get("/sign-in/oidc", params={"to": to}, allow_redirects=False) as reply:
        assert reply.status == 303
        where = reply.headers["Location"]
    async with session.post(where, data={"sub": subject}, allow_redirects=False) as reply:
        assert reply.status == 302, await reply.text()
        parts = urlsplit(reply.headers["Location"])
    return f"{parts.path}?{parts.query}"


@pytest.fixture
async def reader(visitors: Visitors) -> Reader:
    return Reader(visitors.stranger())


async def test_somebody_comes_in_by_the_provider_and_is_who_it_says(
    reader: Reader, visitors: Visitors, issuer: str, sql: Connection
) -> None:
    page = await reader.opens("/sign-in?to=/account")
    assert "Masuk dengan Akun Uji" in page.text
    (link,) = re.findall(r'href="(/sign-in/oidc[^"]*)"', page.text)
    assert unescape(link) == "/sign-in/oidc?to=/account"
    await claims(reader, issuer, "s-1", **SARI)
    back = await at_provider(reader, "s-1")
    welcome = await reader.opens(back)
    assert (welcome.status, welcome.headers["Refresh"]) == (200, "0; url=/account")
    cookie = welcome.headers.getall("Set-Cookie")  # type: ignore[attr-defined]
    assert any(one.startswith("saluran=") and "SameSite=Strict" in one for one in cookie)
    told = (await reader.visitor.get("/session")).json
    assert (told["login"], told["name"], told["role"]) == ("sari", "Sari Wulandari", "agent")
    # What was used is used up: not even by the same browser.
    again = await reader.opens(back)
    assert again.status == 401
    # The account has no password, so that none is right.
    for password in ("!", "", "the password of nobody", PASSWORD):
        reply = await visitors.stranger().signs_in("sari", password)
        assert reply.status in (401, 422)
    noted = await sql.fetch("SELECT did FROM audit_entry WHERE who = 'sari' ORDER BY at")
    assert [row["did"] for row in noted][:2] == ["user.added", "session.began"]


async def test_who_comes_again_has_the_role_that_the_provider_gives_now(
    reader: Reader, visitors: Visitors, issuer: str
) -> None:
    await claims(reader, issuer, "s-2", **SARI | {"preferred_username": "dewi"})
    await reader.opens(await at_provider(reader, "s-2"))
    assert (await reader.visitor.get("/session")).json["role"] == "agent"
    await claims(reader, issuer, "s-2", **SARI | {"groups": ["hotline", "hotline-lead"]})
    other = Reader(visitors.stranger())
    await other.opens(await at_provider(other, "s-2"))
    told = (await other.visitor.get("/session")).json
    # The same account, whatever it is called there by now; and no session with the old role.
    assert (told["login"], told["role"]) == ("dewi", "supervisor")
    assert (await reader.visitor.get("/session")).status == 401
    await claims(reader, issuer, "s-2", **SARI | {"groups": ["staff"]})
    third = Reader(visitors.stranger())
    assert (await third.opens(await at_provider(third, "s-2"))).status == 401


@pytest.mark.parametrize(
    "told",
    [
        {"groups": ["staff"]},
        {"groups": "hotlines"},
        {"groups": {"hotline": True}},
        {"groups": None},
        {"preferred_username": None},
        {"preferred_username": "../etc"},
        {"preferred_username": "<script>"},
        {"preferred_username": ""},
        {"preferred_username": "Sari Wulandari"},
        {"name": "two\nlines"},
    ],
)
async def test_who_has_no_role_or_no_login_stays_out(
    reader: Reader, issuer: str, sql: Connection, told: dict[str, Any]
) -> None:
    await claims(reader, issuer, "s-3", **SARI | told)
    page = await reader.opens(await at_provider(reader, "s-3"))
    assert page.status == 401
    assert "tidak mengizinkan" in page.plain
    assert (await reader.visitor.get("/session")).status == 401
    assert await sql.fetchval("SELECT count(*) FROM desk_user") == 0
    assert await sql.fetchval("SELECT did FROM audit_entry") == "session.refused"


async def test_nobody_takes_over_an_account_by_its_name_or_comes_in_disabled(
    reader: Reader, visitors: Visitors, issuer: str, sql: Connection
) -> None:
    await visitors.user(Role.SUPERVISOR, "sari")
    await claims(reader, issuer, "s-4", **SARI)
    assert (await reader.opens(await at_provider(reader, "s-4"))).status == 401
    await claims(reader, issuer, "s-4", **SARI | {"preferred_username": "rina"})
    assert (await reader.opens(await at_provider(reader, "s-4"))).status == 200
    await visitors.users.disable("rina")
    assert (await reader.visitor.get("/session")).status == 401
    assert (await reader.opens(await at_provider(reader, "s-4"))).status == 401
    assert await sql.fetchval("SELECT count(*) FROM desk_session") == 0


async def test_an_answer_for_another_browser_is_nobodys(
    reader: Reader, visitors: Visitors, issuer: str
) -> None:
    await claims(reader, issuer, "s-5", **SARI)
    back = await at_provider(reader, "s-5")
    # A browser that was never sent (login CSRF), and one that was sent by itself.
    stranger, other = Reader(visitors.stranger()), Reader(visitors.stranger())
    assert (await stranger.opens(back)).status == 401
    await at_provider(other, "s-5")
    assert (await other.opens(back)).status == 401
    # Nor one with another state, or the refusal of the provider.
    path, _, query = back.partition("?")
    state = dict(parse_qsl(query))["state"]
    await at_provider(reader, "s-5")
    assert (await reader.opens(f"{path}?error=access_denied&state={state}")).status == 401
    assert (await reader.visitor.get("/session")).status == 401


async def test_two_windows_at_once_make_one_account(
    visitors: Visitors, issuer: str, sql: Connection
) -> None:
    readers = [Reader(visitors.stranger()) for _ in range(4)]
    await claims(readers[0], issuer, "s-6", **SARI)
    backs = [await at_provider(one, "s-6") for one in readers]
    pages = await asyncio.gather(
        *(one.opens(back) for one, back in zip(readers, backs, strict=True))
    )
    assert [page.status for page in pages] == [200] * 4
    assert await sql.fetchval("SELECT count(*) FROM desk_user") == 1


@pytest.mark.parametrize("to", ["https://evil.example", "//evil.example", "/\\evil", "/a\r\nX: y"])
async def test_nobody_is_led_to_another_site(reader: Reader, issuer: str, to: str) -> None:
    await claims(reader, issuer, "s-7", **SARI)
    page = await reader.opens(await at_provider(reader, "s-7", to))
    assert page.headers["Refresh"] == "0; url=/"
    assert "evil" not in page.text


# What follows asks a provider that says whatever a test wants.


@pytest.fixture
async def forger() -> AsyncIterator[Forger]:
    async with forging() as forger:
        yield forger


def provider_of(forger: Forger, **more: Any) -> Provider:
    client = Client(issuer=forger.issuer, client_id=CLIENT, secret=SECRET, **more)
    return Provider(client)


def good(forger: Forger, pending: Pending) -> dict[str, Any]:
    now = int(time.time())
    return {
        "iss": forger.issuer,
        "sub": "s",
        "aud": CLIENT,
        "exp": now + 300,
        "iat": now,
        "nonce": pending.nonce,
    } | SARI


async def finished(provider: Provider, pending: Pending, **more: str) -> str:
    given = {"code": "c", "state": pending.state} | more
    return (await provider.finish(pending, given, BACK)).subject


async def test_what_is_as_it_has_to_be_is_taken(forger: Forger) -> None:
    provider = provider_of(forger)
    where, pending = await provider.begin(BACK)
    query = parse_qs(urlsplit(where).query)
    assert query["redirect_uri"] == [BACK]
    assert query["code_challenge_method"] == ["S256"]
    assert pending.verifier not in where
    forger.claims = good(forger, pending)
    assert await finished(provider, pending) == "s"
    (asked,) = forger.asked
    assert asked["code_verifier"] == pending.verifier
    assert asked["authorization"].startswith("Basic ")
    assert "client_secret" not in asked
    assert await finished(provider, pending, iss=forger.issuer) == "s"
    forger.claims |= {"aud": ["other", CLIENT], "azp": CLIENT}
    assert await finished(provider, pending) == "s"


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://evil.example"},
        {"iss": None},
        {"aud": "other"},
        {"aud": []},
        {"aud": ["other", CLIENT]},
        {"aud": [CLIENT], "azp": "other"},
        {"exp": -61},
        {"exp": None},
        {"exp": "9999999999"},
        {"exp": True},
        {"iat": 61 + 5},
        {"iat": -661 - 5},
        {"iat": None},
        {"nbf": 61 + 5},
        {"nonce": "other"},
        {"nonce": None},
        {"nonce": 5},
        {"sub": ""},
        {"sub": None},
        {"sub": "a" * 256},
    ],
    ids=str,
)
async def test_a_claim_that_is_not_as_it_has_to_be_is_refused(
    forger: Forger, wrong: dict[str, Any]
) -> None:
    provider = provider_of(forger)
    _, pending = await provider.begin(BACK)
    now = int(time.time())
    times = {
        name: now + value if type(value) is int and name in ("exp", "iat", "nbf") else value
        for name, value in wrong.items()
    }
    claims = good(forger, pending) | times
    forger.claims = {name: value for name, value in claims.items() if value is not None}
    with pytest.raises(OidcRefused, match="the identity is"):
        await finished(provider, pending)


@pytest.mark.parametrize("times", [{"exp": -55}, {"iat": 55}, {"nbf": 55}, {"iat": -600}], ids=str)
async def test_a_clock_may_differ_a_little(forger: Forger, times: dict[str, int]) -> None:
    provider = provider_of(forger)
    _, pending = await provider.begin(BACK)
    now = int(time.time())
    forger.claims = good(forger, pending) | {name: now + by for name, by in times.items()}
    assert await finished(provider, pending) == "s"
    strict = provider_of(forger, skew=0.0)
    if "iat" not in times or times["iat"] > 0:
        with pytest.raises(OidcRefused):
            await finished(strict, pending)


async def test_a_signature_of_another_kind_or_key_is_refused(forger: Forger) -> None:
    provider = provider_of(forger)
    _, pending = await provider.begin(BACK)
    forger.claims = good(forger, pending)
    ours = forger.key
    forger.published = [ours]
    assert isinstance(ours, RSAKey)
    public = ours.as_pem(private=False)
    forgeries: list[tuple[Any, dict[str, Any]]] = [
        (RSAKey.generate_key(2048, {"kid": "one"}), {"alg": "RS256", "kid": "one"}),
        (curve_key("one"), {"alg": "ES256", "kid": "one"}),
        (ours, {"alg": "RS512", "kid": "one"}),
        (ours, {"alg": "RS256", "kid": "two"}),
    ]
    for forger.key, forger.header in forgeries:
        with pytest.raises(OidcRefused):
            await finished(provider, pending)
    by_secret = [signed_by_secret(key, forger.claims) for key in (public, SECRET.encode())]
    for forger.raw_token in (
        *by_secret,
        "",
        "a.b",
        "a.b.c",
        "é",
        "eyJhbGciOiJub25lIn0.e30.",
        "." * 3,
    ):
        with pytest.raises(OidcRefused):
            await finished(provider, pending)


async def test_keys_change_and_the_provider_is_not_asked_for_each_forgery(forger: Forger) -> None:
    seconds = [0.0]
    provider = provider_of(forger)
    provider.stopwatch = lambda: seconds[0]
    _, pending = await provider.begin(BACK)
    forger.claims = good(forger, pending)
    assert await finished(provider, pending) == "s"
    assert await finished(provider, pending) == "s"
    assert forger.looks == 1
    forger.key = curve_key("two")
    forger.header = {"alg": "ES256", "kid": "two"}
    with pytest.raises(OidcRefused):
        await finished(provider, pending)
    assert forger.looks == 1
    seconds[0] = 11
    assert await finished(provider, pending) == "s"
    assert forger.looks == 2
    # A key that was withdrawn is not believed for ever.
    forger.published = []
    assert await finished(provider, pending) == "s"
    seconds[0] += 3601
    with pytest.raises(OidcRefused):
        await finished(provider, pending)


@pytest.mark.parametrize(
    "places",
    [
        {"issuer": "https://evil.example"},
        {"issuer": None},
        {"token_endpoint": "http://evil.example/token"},
        {"token_endpoint": "file:///etc/passwd"},
        {"jwks_uri": None},
        {"jwks_uri": "https://"},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
    ids=str,
)
async def test_a_provider_that_is_another_or_leads_away_is_refused(
    forger: Forger, places: dict[str, Any]
) -> None:
    forger.places = places
    with pytest.raises(OidcRefused):
        await provider_of(forger).begin(BACK)


async def test_an_answer_must_name_the_issuer_where_the_provider_says_so(forger: Forger) -> None:
    forger.places = {"authorization_response_iss_parameter_supported": True}
    provider = provider_of(forger)
    _, pending = await provider.begin(BACK)
    forger.claims = good(forger, pending)
    assert await finished(provider, pending, iss=forger.issuer) == "s"
    for more in ({}, {"iss": "https://evil.example"}, {"iss": ""}):
        with pytest.raises(OidcRefused):
            await finished(provider, pending, **more)
    for more in ({"state": "other"}, {"state": ""}, {"code": ""}, {"error": "x"}):
        with pytest.raises(OidcRefused):
            await finished(provider, pending, **{"iss": forger.issuer} | more)


@pytest.mark.parametrize(
    ("status", "error"), [(400, OidcRefused), (302, OidcRefused), (500, OidcAway)]
)
async def test_a_provider_that_answers_badly_lets_nobody_in(
    forger: Forger, status: int, error: type[Exception]
) -> None:
    provider = provider_of(forger)
    _, pending = await provider.begin(BACK)
    forger.token_status = status
    forger.claims = good(forger, pending)
    with pytest.raises(error):
        await finished(provider, pending)


async def test_while_the_provider_is_away_passwords_still_let_in(
    web_desk: Desk, options: Options, visitors: Visitors
) -> None:
    from aiohttp.test_utils import TestServer

    client = Client(issuer="http://127.0.0.1:9", client_id=CLIENT)
    way = ByProvider("Akun Uji", Provider(client), web_desk.sign_in, ROLES)
    await visitors.user(Role.AGENT)
    server = TestServer(make_app(replace(web_desk, by_provider=way), options))
    await server.start_server()
    there = Visitors(str(server.make_url("/")), visitors.users)
    try:
        reader = Reader(there.stranger())
        page = await reader.opens("/sign-in/oidc")
        assert page.status == 503
        assert "tidak dapat dihubungi" in page.plain
        assert (await reader.visitor.signs_in("the-agent")).status == 201
    finally:
        await there.close()
        await server.close()


async def test_who_leaves_is_led_out_of_the_provider_too(
    reader: Reader, visitors: Visitors, issuer: str
) -> None:
    await claims(reader, issuer, "s-7", **SARI | {"preferred_username": "tuti"})
    await reader.opens(await at_provider(reader, "s-7"))
    page = await reader.opens("/account")
    reader.visitor.headers["X-CSRF-Token"] = csrf_in(page.text)
    out = await reader.sends("/sign-out")
    assert (out.status, out.heading) == (200, "Anda sudah keluar")
    address = out.headers["Refresh"].removeprefix("0; url=")
    (link,) = re.findall(r'role="button" href="([^"]+)"', out.text)
    assert unescape(link) == address
    asked = dict(parse_qsl(urlsplit(address).query))
    assert address.startswith(f"{issuer}/oauth2/end_session?")
    assert asked["client_id"] == CLIENT
    assert asked["id_token_hint"].count(".") == 2
    assert asked["post_logout_redirect_uri"].endswith("/sign-in")
    # It is the provider's own page that asks.
    async with reader.visitor.session.get(address) as there:
        assert there.status == 200
    # Out here at once, whether they go on or not; and no way out is left over.
    assert (await reader.opens("/account")).path.startswith("/sign-in")
    assert "saluran-way-out" not in reader.cookies
    # Who came in by password is led nowhere else.
    await visitors.user(Role.AGENT)
    page = await reader.signs_in("the-agent", PASSWORD)
    assert (await reader.sends("/sign-out", csrf=csrf_in(page.text))).path == "/sign-in"


async def test_a_way_out_is_by_https_or_there_is_none() -> None:
    async with forging() as forger:
        for end, led in (
            (f"{forger.issuer}/bye?ui=1", f"{forger.issuer}/bye?ui=1&client_id=desk"),
            ("http://elsewhere.example/bye", None),
            ("javascript:alert(1)", None),
            (["https://a.example"], None),
            (None, None),
        ):
            forger.places = {"end_session_endpoint": end}
            provider = Provider(Client(issuer=forger.issuer, client_id="desk"))
            found = await provider.leave("", "http://127.0.0.1/sign-in")
            assert (found or "").partition("&post_logout")[0] == (led or ""), end


async def test_whoever_leaves_is_out_while_the_provider_is_away(
    reader: Reader, issuer: str, app: web.Application
) -> None:
    await claims(reader, issuer, "s-8", **SARI | {"preferred_username": "wati"})
    await reader.opens(await at_provider(reader, "s-8"))
    csrf = csrf_in((await reader.opens("/account")).text)
    way = app[DESK].by_provider
    assert way is not None
    # Asked again after a long time, at an address where nobody is.
    way.provider.client = replace(way.provider.client, issuer="http://127.0.0.1:9")
    way.provider.stopwatch = lambda: time.monotonic() + 10_000
    out = await reader.sends("/sign-out", csrf=csrf)
    assert out.path == "/sign-in"
    assert (await reader.opens("/account")).path.startswith("/sign-in")


def csrf_in(text: str) -> str:
    (token,) = re.findall(r'name="csrf-token" content="([^"]+)"', text)
    return str(token)
