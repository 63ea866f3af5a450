"""The phone in the page: its key, and to whom it may send callers on."""

from collections.abc import Mapping
from dataclasses import dataclass

from tickets.cases.agents import NoPhone
from tickets.phone_keys import BrowserPhone, PhoneKeys
from tickets.queries import SQL
from tickets.rights import Actor, Right
from tickets.store import Store


@dataclass(frozen=True, slots=True)
class Lent:
    """What the phone of one page works with."""

    phone: BrowserPhone
    queues: Mapping[str, Mapping[str, str]]
    """Titles by name and language."""
    colleagues: Mapping[str, str]
    """Names by extension; all who may take calls but oneself."""


@dataclass(frozen=True, slots=True)
class PagePhone:
    store: Store
    keys: PhoneKeys
    queues: Mapping[str, Mapping[str, str]]
    """As in `Lent`."""

    async def lend(self, actor: Actor) -> Lent:
        """A key for one's own phone; the one before is worthless from now on.

        Raises NotAllowed (a token, too, is given none), NoPhone, StoreAway, and NoBrowserPhone and
        AgentUnknown of `tickets.agents`.
        """
        actor.need(Right.AGENTS_OWN)
        actor.need_session()
        own = actor.extension
        if own is None:
            raise NoPhone("your account has no extension: `saluran users` gives it one")
        phone = await self.keys.lend(own)
        async with self.store.connection() as connection:
            note = (actor.login, "phone.lent", own, actor.address)
            await connection.execute(SQL["note_audit"], *note)
            rows = await connection.fetch(SQL["agents_known"])
        others = {row["extension"]: row["name"] for row in rows if row["extension"] != own}
        return Lent(phone, self.queues, others)
