"""Sounds and files as the tests put them into the store."""

import io
import math
import struct
import wave
from uuid import UUID

from ivr.recordings import Recordings
from tickets.store import Connection


def wav(seconds: float = 1.0) -> bytes:
    """8 kHz, 16 bit, mono: the first half soft, the second loud."""
    count = int(8000 * seconds)
    samples = (int((2000 if n < count / 2 else 20000) * math.sin(n / 3)) for n in range(count))
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(b"".join(struct.pack("<h", one) for one in samples))
    return out.getvalue()


async def has_sound(sql: Connection, files: Recordings, number: str, sound: bytes) -> str:
    """The ticket's message has this sound; the recording's id."""
    row = await sql.fetchrow(
        "SELECT recording.id FROM recording JOIN ticket ON ticket.id = recording.ticket "
        "WHERE ticket.number = $1",
        number,
    )
    recording: UUID = row["id"]
    name = files.keep(recording, sound)
    await sql.execute("UPDATE recording SET name = $2 WHERE id = $1", recording, name)
    return str(recording)


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360f8cf500f0003860180c05f6e2d0000000049454e44ae426082"
)
