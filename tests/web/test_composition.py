"""What `scripts/desk.py` makes of the settings."""

import os
import shutil
from datetime import datetime
from ipaddress import ip_network
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from config.calendar import WIB
from config.documents import ConfigError
from config.settings import load_settings
from scripts.desk import make_options, make_provider
from scripts.desk_files import CalendarFile
from tests.store.conftest import CALENDAR
from tests.web.visitor import Visitors
from tickets.passwords import Passwords
from tickets.rights import Role
from tickets.sign_in import SignIn
from tickets.store import Store
from tickets.totp import Totp
from tickets.users import Users
from tickets.web.app import make_app
from tickets.web.desk import Desk, Options
from tickets.web.envelope import POLICY, PROBLEM_PAGE, ProblemPage
from tickets.web.problems import Problem

FRIDAY = datetime(2026, 11, 27, 10, tzinfo=WIB)


def settings_of(folder: Path, text: str) -> Path:
    (folder / "saluran.yaml").write_text("database: {url: 'postgresql://x@/x'}\n" + text)
    return folder


def test_without_an_address_the_desk_is_this_machines_alone(tmp_path: Path) -> None:
    options = make_options(load_settings(settings_of(tmp_path, "")))
    assert options.hosts == {"127.0.0.1", "localhost", "::1"}
    assert not options.secure


def test_an_address_by_https_makes_cookies_secure(tmp_path: Path) -> None:
    text = "web: {address: 'https://meja.example.go.id/', proxies: ['10.0.0.0/8']}\n"
    options = make_options(load_settings(settings_of(tmp_path, text)))
    assert "meja.example.go.id" in options.hosts
    assert options.secure
    assert options.proxies == (ip_network("10.0.0.0/8"),)


@pytest.mark.parametrize("address", ["meja.example", "ftp://x", "https://", "https://x/desk"])
def test_what_is_no_address_is_refused_with_its_line(tmp_path: Path, address: str) -> None:
    with pytest.raises(ConfigError, match=r"saluran.yaml:2:.*no address of a site"):
        load_settings(settings_of(tmp_path, f"web: {{address: '{address}'}}\n"))


def test_a_new_holiday_counts_at_once_and_a_broken_file_does_not(tmp_path: Path) -> None:
    file = tmp_path / "calendar.yaml"
    shutil.copy(CALENDAR, file)
    settings = load_settings(settings_of(tmp_path, "files: {calendar: calendar.yaml}\n"))
    calendar = CalendarFile(settings)
    before = calendar.add_working_days(FRIDAY, 1)
    good = file.read_text()
    file.write_text("broken: [")
    os.utime(file, ns=(1, 1))
    assert calendar.add_working_days(FRIDAY, 1) == before
    closed = f"overrides:\n  - {{name: Libur, source: uji, from: {before.date()}, closed: true}}\n"
    assert good.endswith("overrides: []\n")
    file.write_text(good.removesuffix("overrides: []\n") + closed)
    os.utime(file, ns=(2, 2))
    assert calendar.add_working_days(FRIDAY, 1) > before


def test_a_provider_is_there_only_if_the_settings_name_one(tmp_path: Path) -> None:
    sign_in = SignIn(Store("postgresql://x@/x"), Passwords(), Totp(b"key"))
    assert make_provider(load_settings(settings_of(tmp_path, "")), sign_in) is None
    text = (
        "oidc: {issuer: 'https://sso.example.go.id', client_id: saluran, secret_file: oidc,"
        " roles: {a: supervisor, b: agent}}\n"
    )
    (tmp_path / "oidc").write_text("word")
    with pytest.raises(ConfigError, match="others may read"):
        make_provider(load_settings(settings_of(tmp_path, text)), sign_in)
    (tmp_path / "oidc").chmod(0o600)
    way = make_provider(load_settings(settings_of(tmp_path, text)), sign_in)
    assert way is not None
    assert (way.provider.client.secret, way.provider.client.issuer) == (
        "word",
        "https://sso.example.go.id",
    )
    assert list(way.roles.items()) == [("a", Role.SUPERVISOR), ("b", Role.AGENT)]


@pytest.mark.parametrize("wrong", ["issuer: 'http://sso.example.go.id'", "roles: {a: king}"])
def test_a_provider_that_is_not_safe_is_refused_with_its_line(tmp_path: Path, wrong: str) -> None:
    text = f"oidc:\n  issuer: https://x\n  client_id: x\n  roles: {{}}\n  {wrong}\n"
    kind = wrong.partition(":")[0]
    text = "".join(
        line
        for line in text.splitlines(keepends=True)
        if not line.startswith(f"  {kind}:") or wrong in line
    )
    with pytest.raises(ConfigError, match=r"saluran.yaml:\d"):
        load_settings(settings_of(tmp_path, text))


async def test_pages_may_connect_where_the_options_say_and_nowhere_else(
    web_desk: Desk, users: Users
) -> None:
    server = TestServer(make_app(web_desk, Options(connect_to=("wss://pbx.example:8089",))))
    await server.start_server()
    visitors = Visitors(str(server.make_url("/")), users)
    try:
        policy = (await visitors.stranger().get("/healthz")).headers["Content-Security-Policy"]
        assert "connect-src 'self' wss://pbx.example:8089;" in policy
        assert policy.replace(" wss://pbx.example:8089", "") == POLICY
    finally:
        await visitors.close()
        await server.close()


async def test_a_page_shows_its_problems_itself_and_the_api_does_not(
    web_desk: Desk, options: Options, users: Users
) -> None:
    def show(_: web.Request, problem: Problem) -> web.Response:
        return web.Response(text=f"<h1>{problem.status}</h1>", status=problem.status)

    app = make_app(web_desk, options)
    app[PROBLEM_PAGE] = ProblemPage(show)
    server = TestServer(app)
    await server.start_server()
    visitors = Visitors(str(server.make_url("/")), users)
    try:
        stranger = visitors.stranger()
        assert (await stranger.get("/nothing")).kind == "not-found"
        page = await stranger.get("/healthz/nothing")
        assert (page.status, page.text) == (404, "<h1>404</h1>")
        assert page.headers["Content-Security-Policy"] == POLICY
    finally:
        await visitors.close()
        await server.close()


def test_pages_connect_to_the_pbx_that_phones_in_them_register_with(tmp_path: Path) -> None:
    text = "phones: {web_socket: 'wss://pbx.example:8089/ws'}\n"
    options = make_options(load_settings(settings_of(tmp_path, text)))
    assert options.connect_to == ("wss://pbx.example:8089",)
    assert options.caller is None


def test_the_line_is_called_from_pages_of_this_machine_alone(tmp_path: Path) -> None:
    text = "phones: {web_socket: 'ws://127.0.0.1:8088/ws'}\nweb: {caller: true}\n"
    caller = make_options(load_settings(settings_of(tmp_path, text))).caller
    assert caller
    assert (caller.web_socket, caller.number) == ("ws://127.0.0.1:8088/ws", "1500587")
    for shown in ("address: 'https://meja.example.go.id'", "host: 0.0.0.0"):
        text = f"web: {{caller: true, {shown}}}\n"
        with pytest.raises(ConfigError, match=r"saluran.yaml:2:.*page that calls the line"):
            load_settings(settings_of(tmp_path, text))
