"""Keys for the phones in pages: lent by the desk, and known to the PBX before they are told."""

from collections.abc import Awaitable, Callable

from config.settings_groups import Phones
from tickets.agents import Agents, NoBrowserPhone
from tickets.phone_keys import BrowserPhone


class PbxPhoneKeys:
    """Fits `tickets.phone_keys.PhoneKeys`."""

    def __init__(
        self, phones: Phones, agents: Agents, make_known: Callable[[], Awaitable[None]]
    ) -> None:
        """`make_known`: `ivr.provisioning.Provisioning.look`."""
        self._phones, self._agents, self._make_known = phones, agents, make_known

    async def lend(self, extension: str) -> BrowserPhone:
        if self._phones.web_socket is None:
            raise NoBrowserPhone("The PBX has no WebSocket: name it in `phones.web_socket`.")
        key = await self._agents.lend_key(extension, self._phones.key_hours)
        # With the PBX away the page tries again until it is back.
        await self._make_known()
        return BrowserPhone(key.extension, key.realm, key.ha1, key.until, self._phones.web_socket)
