"""Tickets of every kind of secrecy, as calls left them."""

from dataclasses import dataclass
from datetime import timedelta

from config.numbers import ticket_number
from tests.store.told import BUDI, FRIDAY_3, SITI, Call
from tickets.desk import PostgresDesk

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
