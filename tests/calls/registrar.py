"""A phone's registration (RFC 3261, 10; digest of RFC 2617), and what the registrar answers."""

import asyncio
import hashlib
import re
import uuid
from dataclasses import dataclass

from tests.calls.sip_parties import Address, Parties

LINES = "SIP/2.0/UDP 127.0.0.1:{port};rport;branch=z9hG4bK{branch}"


@dataclass(frozen=True)
class Registrar:
    """A PBX's, on loopback."""

    port: int

    async def answers(
        self,
        user: str,
        secret: str | None,
        *,
        at: "Line | None" = None,
        seconds: int = 300,
        name: str = "",
    ) -> int:
        """The status of registering `user` where `at` listens; 401 when no secret is offered.

        `name` is the one to authenticate as, if it is another.
        """
        line = at or await Line.opened()
        try:
            first = await line.asks(self._request(user, seconds, line, ""), self.port)
            if _status(first) != 401 or secret is None:
                return _status(first)
            proof = self._proof(name or user, secret, first)
            return _status(await line.asks(self._request(user, seconds, line, proof), self.port))
        finally:
            if at is None:
                line.close()

    def _request(self, user: str, seconds: int, line: "Line", proof: str) -> str:
        line.sequence += 1
        me = f"sip:{user}@127.0.0.1"
        return "\r\n".join(
            [
                f"REGISTER sip:127.0.0.1:{self.port} SIP/2.0",
                f"Via: {LINES.format(port=line.port, branch=uuid.uuid4().hex)}",
                f"From: <{me}>;tag={line.name[:8]}",
                f"To: <{me}>",
                f"Call-ID: {line.name}",
                f"CSeq: {line.sequence} REGISTER",
                f"Contact: <{me}:{line.port}>",
                f"Expires: {seconds}",
                "Max-Forwards: 70",
                *([f"Authorization: {proof}"] if proof else []),
                "Content-Length: 0",
                "",
                "",
            ]
        )

    def _proof(self, name: str, secret: str, challenge: str) -> str:
        realm, nonce = (_quoted(word, challenge) for word in ("realm", "nonce"))
        uri = f"sip:127.0.0.1:{self.port}"
        ours = "0123456789abcdef"
        proof = _md5(
            f"{_md5(f'{name}:{realm}:{secret}')}:{nonce}:00000001:{ours}:auth:"
            f"{_md5(f'REGISTER:{uri}')}"
        )
        return (
            f'Digest username="{name}", realm="{realm}", nonce="{nonce}", uri="{uri}", '
            f'response="{proof}", cnonce="{ours}", nc=00000001, qop=auth, algorithm=MD5, '
            f'opaque="{_quoted("opaque", challenge)}"'
        )


class Line(Parties):
    """Where phones listen and register from: the PBX rings a phone where it registered from."""

    def __init__(self) -> None:
        super().__init__()
        self.name = uuid.uuid4().hex
        self.sequence = 0
        self._answers: asyncio.Queue[str] = asyncio.Queue()

    @classmethod
    async def opened(cls) -> "Line":
        """One on a free port."""
        line = cls()
        await line.listen(0)
        line.port = line._transport.get_extra_info("sockname")[1]
        return line

    @property
    def closed(self) -> bool:
        return self._transport.is_closing()

    async def asks(self, request: str, port: int) -> str:
        """What the PBX answers in the end."""
        self.send(request, ("127.0.0.1", port))
        async with asyncio.timeout(5):
            while (answer := await self._answers.get()).startswith("SIP/2.0 1"):
                pass
        return answer

    def datagram_received(self, data: bytes, addr: Address) -> None:
        if data.startswith(b"SIP/2.0 ") and b" REGISTER\r\n" in data:
            self._answers.put_nowait(data.decode())
        else:
            super().datagram_received(data, addr)


def _status(answer: str) -> int:
    return int(answer.split(" ", 2)[1])


def _quoted(word: str, text: str) -> str:
    found = re.search(rf'{word}="([^"]*)"', text)
    return found[1] if found else ""


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
