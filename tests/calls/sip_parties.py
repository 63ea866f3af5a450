"""SIP phones that are rung by the PBX: customers behind the carrier, and agents.

A user agent server of RFC 3261's least: it rings, answers, refuses, and hangs up as it is told.
What it hears it says back, so that a caller who hears an echo is talking with it both ways.
"""

import asyncio
import re
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

Address = tuple[str, int]


@dataclass
class Party:
    """One phone: how it takes calls, and the calls it got."""

    user: str
    answers_after: float | None = 0.0
    """Seconds of ringing; None: rings on until the caller gives up."""
    refuses: int = 0
    """A SIP status such as 486 instead of ringing."""
    talks: float | None = None
    """Seconds until it hangs up; None: the other side does."""
    echoes: bool = True
    """It says back what it hears; else it is silent."""
    calls: list["Leg"] = field(default_factory=list)
    rung: asyncio.Event = field(default_factory=asyncio.Event)

    async def rings(self, nth: int = 1, seconds: float = 15) -> "Leg":
        """Its `nth` call, once it is rung."""
        async with asyncio.timeout(seconds):
            while len(self.calls) < nth:
                self.rung.clear()
                await self.rung.wait()
        return self.calls[nth - 1]


class Leg:
    """A call as the rung phone has it."""

    def __init__(self, parties: "Parties", party: Party, invite: str, source: Address) -> None:
        self.rang_at = time.monotonic()
        self.caller = _found(r"^From:.*?sip:([^@>;]*)", invite)
        self.answered = asyncio.Event()
        self.acknowledged = asyncio.Event()
        self.over = asyncio.Event()
        self.over_at = 0.0
        self.silent = False
        self.heard: set[bytes] = set()
        """Packets of A-law audio, 20 ms each."""
        self.sound = bytearray()
        """The last ten seconds of it at least, as they came."""
        self.hears = asyncio.Event()
        self._parties, self._party = parties, party
        self.invite, self._source = invite, source
        self._tag = f"p{id(self):x}"
        self._media: asyncio.DatagramTransport | None = None
        self._remote = ("127.0.0.1", int(_found(r"^m=audio (\d+)", invite)))
        self._events = int(_found(r"^a=rtpmap:(\d+) telephone-event", invite) or 101)
        self._seq = 0
        self._source_id = id(self) & 0xFFFFFFFF

    def ring(self) -> None:
        self._reply("180 Ringing")

    async def answer(self) -> None:
        self._media, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: _Echo(self), local_addr=("127.0.0.1", 0)
        )
        port = self._media.get_extra_info("sockname")[1]
        body = (
            f"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
            f"m=audio {port} RTP/AVP 8 {self._events}\r\na=rtpmap:8 PCMA/8000\r\n"
            f"a=rtpmap:{self._events} telephone-event/8000\r\na=fmtp:{self._events} 0-15\r\n"
            "a=ptime:20\r\na=sendrecv\r\n"
        )
        self._reply("200 OK", body)
        self.answered.set()

    def refuse(self, status: int) -> None:
        self._reply(f"{status} Refused")
        self._end()

    def forward(self, number: str) -> None:
        """302: let another number ring instead."""
        contact = f"<sip:{number}@127.0.0.1:{self._parties.port}>"
        self._parties.reply(self.invite, self._source, "302 Moved", self._tag, contact=contact)
        self._end()

    def hang_up(self) -> None:
        if self.over.is_set():
            return
        contact = _found(r"^Contact:.*?<?(sip:[^>;\s]+)", self.invite)
        to, came = _found(r"^To:\s*(.*)$", self.invite), _found(r"^From:\s*(.*)$", self.invite)
        name = _found(r"^Call-ID:\s*(.*)$", self.invite)
        self._parties.send(
            f"BYE {contact} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP 127.0.0.1:{self._parties.port};branch=z9hG4bK{self._tag}\r\n"
            f"From: {to};tag={self._tag}\r\nTo: {came}\r\n"
            f"Call-ID: {name}\r\nCSeq: 9 BYE\r\n"
            "Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
            self._source,
        )
        self._end()

    def press(self, key: str) -> None:
        """A key as RFC 4733 events."""
        for duration, last in ((160, 0), (480, 0), (800, 1), (800, 1), (800, 1)):
            event = struct.pack("!BBH", "0123456789*#".index(key), last << 7 | 10, duration)
            self._rtp(self._events, event, stamp=160_000)

    def speak(self, payload: bytes = b"\x55" * 160) -> None:
        """One packet of audio."""
        self._rtp(8, payload, stamp=self._seq * 160)

    def heard_audio(self, packet: bytes) -> None:
        if packet[1] & 0x7F == 8 and self._media:
            self.heard.add(packet[12:])
            self.sound += packet[12:]
            if len(self.sound) > 160_000:
                del self.sound[:80_000]
            self.hears.set()
            if self._party.echoes:
                self.speak(packet[12:])

    def falls_silent(self) -> None:
        """No audio any more, in or out, and no goodbye."""
        self.silent = True
        if self._media:
            self._media.close()

    def cancelled(self, request: str, source: Address) -> None:
        self._parties.reply(request, source, "200 OK", self._tag)
        self.refuse(487)

    def bye(self, request: str, source: Address) -> None:
        self._parties.reply(request, source, "200 OK", self._tag)
        self._end()

    def _rtp(self, kind: int, payload: bytes, stamp: int) -> None:
        assert self._media, "not answered"
        self._seq += 1
        header = struct.pack("!BBHII", 0x80, kind, self._seq & 0xFFFF, stamp, self._source_id)
        self._media.sendto(header + payload, self._remote)

    def _end(self) -> None:
        self.over_at = time.monotonic()
        self.over.set()
        if self._media:
            self._media.close()

    def _reply(self, status: str, body: str = "") -> None:
        self._parties.reply(self.invite, self._source, status, self._tag, body)


class _Echo(asyncio.DatagramProtocol):
    def __init__(self, leg: Leg) -> None:
        self._leg = leg

    def datagram_received(self, data: bytes, addr: Address) -> None:
        self._leg.heard_audio(data)


class Parties(asyncio.DatagramProtocol):
    """All phones behind one port."""

    def __init__(self) -> None:
        self.port = 0
        self.all: dict[str, Party] = {}
        self._legs: dict[str, Leg] = {}
        self._work: set[asyncio.Task[None]] = set()

    async def listen(self, port: int) -> None:
        self.port = port
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: self, local_addr=("127.0.0.1", port)
        )

    def close(self) -> None:
        for task in self._work:
            task.cancel()
        self._transport.close()

    def phone(self, user: str, **how: object) -> Party:
        """A phone of that number; one of it that was there before is replaced."""
        self.all[user] = Party(user, **how)  # type: ignore[arg-type]
        return self.all[user]

    def datagram_received(self, data: bytes, addr: Address) -> None:
        text = data.decode("utf-8", "replace")
        method = text.split(" ", 1)[0]
        leg = self._legs.get(_found(r"^Call-ID:\s*(\S+)", text))
        match method:
            case "INVITE" if leg is None:
                self._invited(text, addr)
            case "ACK" if leg:
                leg.acknowledged.set()
            case "CANCEL" if leg:
                leg.cancelled(text, addr)
            case "BYE" if leg:
                leg.bye(text, addr)
            case "OPTIONS":
                self.reply(text, addr, "200 OK", "options")

    def _invited(self, invite: str, source: Address) -> None:
        user = _found(r"^INVITE sip:([^@]+)@", invite)
        party = self.all.get(user)
        if party is None:
            self.reply(invite, source, "404 Not Found", "nobody")
            return
        leg = Leg(self, party, invite, source)
        self._legs[_found(r"^Call-ID:\s*(\S+)", invite)] = leg
        party.calls.append(leg)
        party.rung.set()
        task = asyncio.create_task(self._serve(party, leg))
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    async def _serve(self, party: Party, leg: Leg) -> None:
        if party.refuses:
            leg.refuse(party.refuses)
            return
        leg.ring()
        if party.answers_after is None:
            return
        await asyncio.sleep(party.answers_after)
        if leg.over.is_set():
            return
        await leg.answer()
        if party.talks is not None:
            await leg.acknowledged.wait()
            await asyncio.sleep(party.talks)
            leg.hang_up()

    def reply(
        self,
        request: str,
        to: Address,
        status: str,
        tag: str,
        body: str = "",
        contact: str = "",
    ) -> None:
        head = [f"SIP/2.0 {status}", *_same(request)]
        head = [f"{line};tag={tag}" if _is_untagged_to(line) else line for line in head]
        kind = ["Content-Type: application/sdp"] if body else []
        place = f"Contact: {contact or f'<sip:127.0.0.1:{self.port}>'}"
        self.send("\r\n".join([*head, place, *kind, f"Content-Length: {len(body)}", "", body]), to)

    def send(self, text: str, to: Address) -> None:
        self._transport.sendto(text.encode(), to)


def _same(request: str) -> Iterator[str]:
    for line in request.split("\r\n\r\n")[0].split("\r\n")[1:]:
        if re.match(r"(Via|From|To|Call-ID|CSeq|Record-Route):", line, re.IGNORECASE):
            yield line


def _is_untagged_to(line: str) -> bool:
    return line.lower().startswith("to:") and ";tag=" not in line


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text, re.MULTILINE | re.IGNORECASE)
    return match[1].strip() if match else ""
