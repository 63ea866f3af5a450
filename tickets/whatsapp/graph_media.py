"""Fetching media from the Graph API: an id leads to an address for five minutes, that to bytes."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from tickets.whatsapp.media import MediaAway, MediaGone, MediaTooLarge

HOSTS = (".fbsbx.com", ".facebook.com", ".whatsapp.net")
"""Whose servers the token is shown to, besides the API's own."""
_ID = re.compile(r"[A-Za-z0-9_-]{1,200}")
_PIECE = 64 * 1024
_NO_SUCH = 100
"""The API's code of an id that it does not know, or no more."""


@dataclass(frozen=True, slots=True)
class GraphMedia:
    address: str
    """`https://graph.facebook.com/v24.0`."""
    token: str = field(repr=False)
    seconds: float = 60.0
    """In which a whole file must have come."""

    async def fetch(self, media: str, most: int) -> bytes:
        if not _ID.fullmatch(media):
            raise MediaGone("this is no id of a medium")
        timeout = aiohttp.ClientTimeout(total=self.seconds)
        try:
            async with aiohttp.ClientSession(
                timeout=timeout,
                headers={"Authorization": f"Bearer {self.token}"},
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
            ) as http:
                told = await self._describe(http, media)
                size = told.get("file_size")
                if str(size).isdigit() and int(str(size)) > most:
                    raise MediaTooLarge(f"{size} bytes")
                return await self._download(http, told, most)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            # TimeoutError is an OSError.
            raise MediaAway(type(error).__name__) from None

    async def _describe(self, http: aiohttp.ClientSession, media: str) -> Mapping[str, Any]:
        address = f"{self.address}/{media}"
        async with http.get(address, allow_redirects=False) as response:
            told = await response.json(content_type=None)
            if response.status == 200 and isinstance(told, dict):
                return told
            error = told.get("error") if isinstance(told, dict) else None
            code = error.get("code") if isinstance(error, dict) else None
            if response.status in (404, 410) or code == _NO_SUCH:
                raise MediaGone("its id is known no more")
            raise MediaAway(f"it answered {response.status}")

    async def _download(
        self, http: aiohttp.ClientSession, told: Mapping[str, Any], most: int
    ) -> bytes:
        url = str(told.get("url", ""))
        if not self._may_lead_to(url):
            raise MediaGone("its address leads to somebody else")
        async with http.get(url, allow_redirects=False) as response:
            # An address that ended in between: the id brings another one.
            if response.status != 200:
                raise MediaAway(f"its address answered {response.status}")
            if (response.content_length or 0) > most:
                raise MediaTooLarge(f"{response.content_length} bytes")
            content = bytearray()
            async for piece in response.content.iter_chunked(_PIECE):
                content += piece
                if len(content) > most:
                    raise MediaTooLarge(f"more than {most} bytes")
        digest = hashlib.sha256(content).hexdigest()
        if told.get("sha256") not in (None, "", digest):
            raise MediaAway("it did not come whole")
        return bytes(content)

    def _may_lead_to(self, url: str) -> bool:
        """The token goes to WhatsApp's own servers alone."""
        try:
            there, own = urlsplit(url), urlsplit(self.address)
        except ValueError:
            return False
        if (there.scheme, there.netloc) == (own.scheme, own.netloc):
            return True
        host = f".{there.hostname or ''}"
        return there.scheme == "https" and host.endswith(HOSTS) and there.username is None
