"""Recordings are heard in parts, by those who may, by links that end; each look is noted."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from aiohttp import ClientResponse

from ivr.recordings import Recordings as StoredFiles
from tests.web.conftest import NOW
from tests.web.seeded import ANONYMOUS, OPEN, SECRET, Seeded, seed
from tests.web.sounds import has_sound, wav
from tests.web.visitor import API, Visitor, Visitors
from tickets.desk import PostgresDesk
from tickets.rights import Role
from tickets.store import Connection

SOUND = wav()


@pytest.fixture
def the_time() -> Callable[[], datetime]:
    """A clock that a test sets by `later`."""
    return Clock()


class Clock:
    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
async def seeded(desk: PostgresDesk) -> Seeded:
    return await seed(desk)


@pytest.fixture
async def recording(seeded: Seeded, sql: Connection, files: StoredFiles) -> str:
    return await has_sound(sql, files, OPEN, SOUND)


async def hears(
    visitor: Visitor, path: str, part: str | None = None
) -> tuple[ClientResponse, bytes]:
    headers = dict(visitor.headers) | ({"Range": part} if part else {})
    async with visitor.session.get(path, headers=headers) as response:
        return response, await response.read()


def audio(recording: str) -> str:
    return f"{API}/recordings/{recording}/audio"


async def belongs_to(sql: Connection, recording: str, number: str) -> None:
    await sql.execute(
        "UPDATE recording SET ticket = ticket.id, call = ticket.call FROM ticket "
        "WHERE ticket.number = $2 AND recording.id = $1",
        UUID(recording),
        number,
    )


async def test_a_recording_is_heard_whole_and_in_parts(visitors: Visitors, recording: str) -> None:
    agent = await visitors.signed_in(Role.AGENT)
    response, heard = await hears(agent, audio(recording))
    assert (response.status, heard) == (200, SOUND)
    assert response.headers["Content-Type"] == "audio/wav"
    assert response.headers["Accept-Ranges"] == "bytes"
    assert response.headers["Cache-Control"] == "no-store"
    last = len(SOUND) - 1
    for part, first, end in (
        ("bytes=0-99", 0, 99),
        ("bytes=100-", 100, last),
        ("bytes=-50", last - 49, last),
        (f"bytes=10-{last + 999}", 10, last),
        (f"bytes=-{last + 999}", 0, last),
        (f"bytes={last}-{last}", last, last),
    ):
        response, heard = await hears(agent, audio(recording), part)
        assert (response.status, heard) == (206, SOUND[first : end + 1]), part
        assert response.headers["Content-Range"] == f"bytes {first}-{end}/{last + 1}"


@pytest.mark.parametrize("part", [f"bytes={len(SOUND)}-", "bytes=9-3", "bytes=-0"])
async def test_a_part_that_is_not_there_is_416(
    visitors: Visitors, recording: str, part: str
) -> None:
    response, heard = await hears(await visitors.signed_in(Role.AGENT), audio(recording), part)
    assert (response.status, heard) == (416, b"")
    assert response.headers["Content-Range"] == f"bytes */{len(SOUND)}"


@pytest.mark.parametrize("part", ["bytes=-", "bytes=a-b", "lines=1-2", "bytes=0-1,5-9", "bytes=1"])
async def test_what_is_no_range_is_answered_with_the_whole(
    visitors: Visitors, recording: str, part: str
) -> None:
    response, heard = await hears(await visitors.signed_in(Role.AGENT), audio(recording), part)
    assert (response.status, heard) == (200, SOUND)


async def test_the_sound_of_a_recorder_that_was_killed_is_played_to_its_end(
    visitors: Visitors, seeded: Seeded, sql: Connection, files: StoredFiles
) -> None:
    cut = SOUND[:4] + bytes(4) + SOUND[8:40] + bytes(4) + SOUND[44:]
    recording = await has_sound(sql, files, OPEN, cut)
    _, heard = await hears(await visitors.signed_in(Role.AGENT), audio(recording))
    assert heard == SOUND


async def test_a_waveform_is_as_long_as_the_sound_and_as_loud(
    visitors: Visitors, recording: str
) -> None:
    agent = await visitors.signed_in(Role.AGENT)
    told = (await agent.get(f"/recordings/{recording}/waveform")).json
    # The row says 7.5 s, as the recorder did.
    assert told["seconds"] == 1.0
    peaks = told["peaks"]
    assert len(peaks) == 160
    assert max(peaks[:80]) == 10
    assert min(peaks[80:]) > 95


async def test_a_link_needs_no_session_and_ends(
    visitors: Visitors, recording: str, the_time: Clock
) -> None:
    agent = await visitors.signed_in(Role.AGENT)
    reply = await agent.post(f"/recordings/{recording}/links")
    assert reply.status == 201
    url = reply.json["url"]
    assert datetime.fromisoformat(reply.json["ends_at"]) == NOW + timedelta(minutes=5)
    stranger = visitors.stranger()
    response, heard = await hears(stranger, url, "bytes=0-9")
    assert (response.status, heard) == (206, SOUND[:10])
    the_time.at = NOW + timedelta(minutes=4, seconds=59)
    assert (await hears(stranger, url))[0].status == 200
    the_time.at = NOW + timedelta(minutes=5)
    assert (await hears(stranger, url))[0].status == 404


async def test_a_link_is_for_one_recording_and_who_asked(
    visitors: Visitors, recording: str, sql: Connection
) -> None:
    agent = await visitors.signed_in(Role.AGENT)
    url = (await agent.post(f"/recordings/{recording}/links")).json["url"]
    stranger = visitors.stranger()
    place, _, link = url.rpartition("/")
    changed = [link[:at] + ("A" if link[at] != "A" else "B") + link[at + 1 :] for at in (3, 30, 60)]
    for forged in (*changed, link[:-4], link + "AAAA", "A" * 98):
        assert (await hears(stranger, f"{place}/{forged}"))[0].status == 404, forged
    # What it led to became confidential: the agent may still hear it, a liaison's link may not.
    liaison = await visitors.signed_in(Role.LIAISON)
    theirs = (await liaison.post(f"/recordings/{recording}/links")).json["url"]
    assert (await hears(stranger, theirs))[0].status == 200
    await belongs_to(sql, recording, SECRET)
    assert (await hears(stranger, theirs))[0].status == 404
    assert (await hears(stranger, url))[0].status == 200
    # Who asked has left.
    await sql.execute("UPDATE desk_user SET disabled_at = now() WHERE login = 'the-agent'")
    assert (await hears(stranger, url))[0].status == 404


async def test_every_look_is_noted_once_in_its_minutes(
    visitors: Visitors, recording: str, sql: Connection
) -> None:
    agent = await visitors.signed_in(Role.AGENT)
    url = (await agent.post(f"/recordings/{recording}/links")).json["url"]
    for start in (0, 44, 400):
        await hears(visitors.stranger(), url, f"bytes={start}-")
    supervisor = await visitors.signed_in(Role.SUPERVISOR)
    await supervisor.get(f"/recordings/{recording}/waveform")
    rows = await sql.fetch(
        "SELECT who, did FROM audit_entry WHERE subject = $1 ORDER BY at", recording
    )
    assert [tuple(row) for row in rows] == [
        ("the-agent", "recording.lent"),
        ("the-agent", "recording.heard"),
        ("the-supervisor", "recording.heard"),
    ]


@pytest.mark.parametrize(
    ("number", "may"),
    [
        (OPEN, {Role.AGENT, Role.SUPERVISOR, Role.LIAISON}),
        (SECRET, {Role.AGENT, Role.SUPERVISOR}),
        (ANONYMOUS, {Role.AGENT, Role.SUPERVISOR}),
    ],
)
async def test_the_voices_of_the_confidential_and_the_anonymous(
    visitors: Visitors, recording: str, sql: Connection, number: str, may: set[Role]
) -> None:
    await belongs_to(sql, recording, number)
    for role in Role:
        visitor = await visitors.signed_in(role)
        for reply in (
            await visitor.get(f"/recordings/{recording}/waveform"),
            await visitor.post(f"/recordings/{recording}/links"),
        ):
            unknown = 403 if role in (Role.OPERATOR, Role.AUDITOR) else 404
            assert (reply.status < 300) == (role in may), (role, reply.text)
            assert role in may or reply.status == unknown


async def test_a_talk_is_as_secret_as_any_ticket_of_its_call(
    visitors: Visitors, seeded: Seeded, recording: str, sql: Connection
) -> None:
    await sql.execute(
        "INSERT INTO queue_entry (id, call, queue, since, priority, position, joined_at) "
        "VALUES (gen_random_uuid(), $1, 'umum', now(), 0, 1, now())",
        seeded.secret.id,
    )
    await sql.execute(
        "UPDATE recording SET kind = 'talk', ticket = NULL, call = NULL, "
        "entry = (SELECT id FROM queue_entry) WHERE id = $1",
        UUID(recording),
    )
    liaison, agent = await visitors.signed_in(Role.LIAISON), await visitors.signed_in(Role.AGENT)
    assert (await liaison.get(f"/recordings/{recording}/waveform")).status == 404
    assert (await agent.get(f"/recordings/{recording}/waveform")).status == 200


@pytest.mark.parametrize(
    "name",
    ["../../../etc/passwd", "/etc/passwd", "..%2f..%2fsecrets/web.key", "x\x01", "a/b.wav.enc", ""],
)
async def test_no_name_leads_out_of_the_store(
    visitors: Visitors, recording: str, sql: Connection, name: str
) -> None:
    """Even of a row that somebody has written."""
    await sql.execute("UPDATE recording SET name = $2 WHERE id = $1", UUID(recording), name)
    agent = await visitors.signed_in(Role.AGENT)
    reply = await agent.get(f"/recordings/{recording}/waveform")
    assert (reply.status, reply.kind) == (410, "file-missing")
    for path in ("..", "..%2f..%2fsecrets%2fweb.key", "%00", f"{recording}/../x"):
        assert (await hears(agent, f"{API}/recordings/{path}/audio"))[0].status in (403, 404)
        assert (await hears(agent, f"{API}/lent/{path}"))[0].status in (403, 404)


async def test_a_file_that_was_tampered_with_is_not_played(
    visitors: Visitors, recording: str, files: StoredFiles, tmp_path: Path
) -> None:
    (path,) = (tmp_path / "recordings").iterdir()
    sealed = path.read_bytes()
    assert SOUND[44:200] not in sealed
    path.write_bytes(sealed[:50] + bytes([sealed[50] ^ 1]) + sealed[51:])
    reply = await (await visitors.signed_in(Role.AGENT)).get(f"/recordings/{recording}/waveform")
    assert (reply.status, reply.kind) == (410, "file-missing")
