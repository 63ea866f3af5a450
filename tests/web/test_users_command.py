"""`saluran users` and `saluran desk`: the first user is made by the operator, and signs in."""

import asyncio
import io
import json
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pyotp
import pytest

from scripts.cli.codes import OK, PROBLEMS, WRONG
from scripts.embedded.state import write_private
from tests.store.cluster import Cluster
from tests.store.test_command_line import Saluran
from tests.web.visitor import PASSWORD, Visitors
from tickets.rights import Role
from tickets.store import Connection
from tickets.users import Users

ROOT = Path(__file__).parents[2]


@pytest.fixture
def saluran(database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Saluran:
    (tmp_path / "saluran.yaml").write_text(f"database: {{url: '{database}'}}\n")
    return Saluran(tmp_path, capsys)


def types(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


async def test_a_user_is_made_with_a_password_from_a_pipe(
    saluran: Saluran, monkeypatch: pytest.MonkeyPatch, visitors: Visitors
) -> None:
    types(monkeypatch, PASSWORD + "\n")
    added = await saluran("users", "add", "rina", "Rina Wati", "--role", "supervisor")
    assert added == (OK, "rina may sign in now.\n")
    (user,) = await saluran.json("users", "list")
    assert (user["login"], user["role"], user["totp"]) == ("rina", "supervisor", False)
    assert "argon2" not in json.dumps(user)
    assert (await visitors.stranger().signs_in("rina")).status == 201
    types(monkeypatch, PASSWORD + "\n")
    code, told = await saluran("users", "add", "rina", "Rina", "--role", "agent")
    assert (code, "is taken" in told) == (PROBLEMS, True)


@pytest.mark.parametrize(
    ("words", "password"),
    [
        (("rina", "Rina"), ""),
        (("rina", "Rina"), "short"),
        (("Rina!", "Rina"), PASSWORD),
        (("rina", "Ri\nna"), PASSWORD),
        (("rina", "Rina", "--extension", "6001"), PASSWORD),
    ],
)
async def test_what_is_no_user_is_refused(
    saluran: Saluran,
    monkeypatch: pytest.MonkeyPatch,
    sql: Connection,
    words: tuple[str, ...],
    password: str,
) -> None:
    types(monkeypatch, password + "\n")
    code, _ = await saluran("users", "add", *words, "--role", "agent")
    assert code == WRONG
    assert await sql.fetchval("SELECT count(*) FROM desk_user") == 0


async def test_passwd_disable_and_enable_work_at_once(
    saluran: Saluran, monkeypatch: pytest.MonkeyPatch, visitors: Visitors
) -> None:
    agent = await visitors.signed_in(Role.AGENT)
    types(monkeypatch, "another sentence of some length\n")
    assert (await saluran("users", "passwd", "the-agent"))[0] == OK
    assert (await agent.get("/session")).status == 401
    assert (await agent.signs_in("the-agent", "another sentence of some length")).status == 201
    assert (await saluran("users", "disable", "the-agent"))[0] == OK
    assert (await agent.get("/session")).status == 401
    assert (await saluran("users", "enable", "the-agent"))[0] == OK
    assert (await saluran("users", "disable", "nobody"))[0] == PROBLEMS


async def test_a_second_factor_is_told_once_and_its_key_is_a_file_of_its_own(
    saluran: Saluran, users: Users, visitors: Visitors
) -> None:
    await visitors.user(Role.AGENT)
    code, told = await saluran("users", "totp", "the-agent")
    assert code == OK
    assert pyotp.parse_uri(told.splitlines()[0]).issuer == "Saluran"
    key = saluran.state / "secrets" / "web.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert (await visitors.stranger().signs_in("the-agent")).kind == "code-needed"
    assert (await saluran("users", "totp", "the-agent", "--off"))[0] == OK
    assert (await visitors.stranger().signs_in("the-agent")).status == 201


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@asynccontextmanager
async def the_desk(state: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """`saluran desk` as a process, from its first word that it serves."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "scripts.cli", "desk", "--state", str(state)),
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    try:
        async with asyncio.timeout(60):
            async for line in process.stderr:
                if b"desk.started" in line:
                    break
            else:
                raise AssertionError("the desk ended by itself")
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def test_the_desk_is_a_process_that_serves_and_ends(
    cluster: Cluster, database: str, tmp_path: Path, visitors: Visitors
) -> None:
    secret = tmp_path / "secrets" / "recordings.key"
    secret.parent.mkdir(mode=0o700)
    write_private(secret, "0" * 64)
    if os.geteuid() == 0:
        # Nothing serves as root, but as the owner of its state.
        owner = cluster.folder.stat()
        for path in (tmp_path, secret.parent, secret):
            os.chown(path, owner.st_uid, owner.st_gid)
    await visitors.user(Role.AGENT)
    port = free_port()
    settings = tmp_path / "saluran.yaml"
    settings.write_text(f"database: {{url: '{database}'}}\nweb: {{port: {port}}}\n")
    async with the_desk(tmp_path) as process:
        address = f"http://127.0.0.1:{port}"
        async with aiohttp.ClientSession(address) as browser:
            async with browser.get("/healthz") as alive:
                assert await alive.json() == {"status": "alive"}
            body = {"login": "the-agent", "password": PASSWORD}
            async with browser.post("/api/v1/session", json=body) as reply:
                # The account's hash is the tests' quick one: its parameters stand in it.
                assert reply.status == 201
        process.terminate()
        assert await process.wait() == 0
