"""Tickets of every kind of secrecy, as calls left them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from config.numbers import ticket_number
from tests.store.told import BUDI, FRIDAY_3, SITI, Call
from tickets.desk import PostgresDesk
from tickets.store import Connection

ANI = "+6281398765432"
OPEN, SECRET, ANONYMOUS = (ticket_number(2026, n) for n in (1, 2, 3))


@dataclass(frozen=True)
class Seeded:
    """A ticket that all may read, a confidential one, and one of somebody without a name."""

    open: Call
    secret: Call
    anonymous: Call
    open_callback: str
    secret_callback: str


async def seed(desk: PostgresDesk) -> Seeded:
    await desk.number_block(2026)  # of which the phone side has told the first ones
    call = Call("1795766400.1", SITI)
    call.begins()
    call.comes_to("main")
    ticket = call.opens(
        1, category="GANTI", fields={"city": "Bandung", "wish": "mengganti dagangan"}
    )
    callback = call.is_promised(ticket)
    call.leaves_message(ticket)
    call.ends()
    secret = Call("1795766400.2", BUDI, at=FRIDAY_3 + timedelta(minutes=1))
    secret.begins()
    secret.comes_to("stock")
    stock = secret.opens(2, category="STOK", fields={"city": "Rahasia", "amount": "dua ratus bal"})
    secret_callback = secret.is_promised(stock)
    secret.ends()
    anonymous = Call("1795766400.3", ANI, at=FRIDAY_3 + timedelta(minutes=2))
    anonymous.begins()
    anonymous.opens(3, category="INFO", fields={"question": "bagaimana aturannya"}, phone=None)
    anonymous.ends("information")
    for one in (call, secret, anonymous):
        await desk.apply(one.told)
    return Seeded(call, secret, anonymous, str(callback), str(secret_callback))


ENTRY = """
INSERT INTO queue_entry (
    id, call, queue, since, priority, position, joined_at, left_at, how, agent, answered_at,
    waited, talk_ended_at, talked
)
SELECT $1, $2, 'umum', $3, 0, 1, $3, $4::timestamptz, CASE WHEN $4 IS NULL THEN NULL ELSE $7 END,
    CASE WHEN $5::timestamptz IS NULL THEN NULL ELSE '6002' END, $5,
    extract(epoch FROM $5 - $3), $6::timestamptz, extract(epoch FROM $6 - $5)
"""


async def stand_in_queue(sql: Connection, seeded: Seeded, now: datetime) -> None:
    """One gave up an hour ago, one talked for ten minutes with 6002, one waits for five."""

    def ago(minutes: int) -> datetime:
        return now - timedelta(minutes=minutes)

    stays = [
        (seeded.open.id, ago(60), ago(50), None, None, "abandoned"),
        (seeded.secret.id, ago(40), ago(39), ago(39), ago(29), "answered"),
        (seeded.anonymous.id, ago(5), None, None, None, ""),
    ]
    for call, *moments, how in stays:
        await sql.execute(ENTRY, uuid4(), call, *moments, how)
