"""The library's AMI client on an asyncio transport: one connection, its actions and events.

Why the library's own transport is not used: docs/decisions/0001-ami-transport.md.
"""

import asyncio
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from asterisk.ami import Action, AMIClient

from ivr.ami_errors import AmiDown, AmiError, AmiGarbled, AmiLoginRefused, AmiRefused
from ivr.ami_pending import Pending
from ivr.ami_wire import Event, Packets, Response, action, serialise

log = structlog.get_logger()


@dataclass(frozen=True)
class AmiAddress:
    """Where the PBX listens; `host` may be a name, an IPv4 or an IPv6 address."""

    host: str
    port: int
    tls: ssl.SSLContext | None = None


class AmiTransport(AMIClient, asyncio.Protocol):  # type: ignore[misc]
    """A connection to the manager interface; `ivr.ami.Ami` keeps it up."""

    def __init__(self, address: AmiAddress, *, timeout: float = 5.0) -> None:
        super().__init__(address.host, address.port, timeout=timeout)
        self.address = address
        self._pending = Pending(self._futures)
        self._heard: frozenset[bytes] | None = frozenset()
        self._transport: asyncio.Transport | None = None
        self._reason: AmiError | None = None
        self._trusted = False
        self._log = log.bind(pbx=f"{address.host}:{address.port}")

    @property
    def version(self) -> str | None:
        """AMI's version from the PBX's banner."""
        return None if self._ami_version is None else str(self._ami_version)

    async def connect(self) -> None:
        """Connect and read the banner."""
        loop = asyncio.get_running_loop()
        self._greeted: asyncio.Future[None] = loop.create_future()
        self._lost: asyncio.Future[None] = loop.create_future()
        self._reason = None
        async with asyncio.timeout(self._timeout):
            await loop.create_connection(
                lambda: self, self.address.host, self.address.port, ssl=self.address.tls
            )
            await asyncio.wait({self._greeted, self._lost}, return_when="FIRST_COMPLETED")
        self._raise_if_lost()

    async def close(self) -> None:
        """Cut the connection and wait until it is gone."""
        self.disconnect()
        if self._transport is not None:
            await asyncio.wait({self._lost})

    def login(self, username: str, secret: str, callback: Any = None) -> asyncio.Future[Response]:
        """Log in on the connection that there is."""
        return self.send_action(action("Login", Username=username, Secret=secret), callback)

    async def log_in(self, user: str, secret: str) -> None:
        """Log in; raises `AmiLoginRefused` with the remedy."""
        try:
            await self.login(user, secret)
        except AmiRefused as refused:
            raise AmiLoginRefused(
                f"{refused} for AMI user {user!r}: compare the secret with the user's section "
                "in manager.conf, and its `permit` with this machine's address"
            ) from None
        except AmiDown:
            self._raise_if_lost()
            raise

    def disconnect(self) -> None:
        """Cut the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    def _raise_if_lost(self) -> None:
        if self._lost.done():
            raise self._reason or AmiDown("the PBX closed the connection")

    def _drop(self, reason: AmiError) -> None:
        self._reason = self._reason or reason
        self.disconnect()

    # asyncio.Protocol.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._packets = Packets()
        self._ami_version = None

    def data_received(self, data: bytes) -> None:
        try:
            for pack in self._packets.feed(data):
                self.fire_recv_pack(pack)
        except AmiGarbled as garbled:
            self._drop(garbled)

    def connection_lost(self, error: Exception | None) -> None:
        self._transport = None
        if error is not None:
            self._reason = self._reason or AmiDown(str(error))
        self._pending.fail(lambda: AmiDown("the AMI link was lost before the answer came"))
        self._trusted = False
        self._lost.set_result(None)
        self._fire("on_disconnect", error=error)

    # Sending.

    def send_action(self, action: Action, callback: Any = None) -> asyncio.Future[Response]:
        """Send one action on the connection that there is, logged in or not."""
        future = self._write([action], self._timeout)[0]
        if callback is not None:
            future.add_done_callback(callback)
        return future

    def _write(self, actions: Sequence[Action], timeout: float) -> list[asyncio.Future[Response]]:
        for each in actions:
            each.keys["ActionID"] = self.next_action_id()
        packs = [serialise(each) for each in actions]
        if self._transport is None:
            return [never_sent() for _ in actions]
        futures = [
            self._pending.expect(each.keys["ActionID"], each.name, timeout) for each in actions
        ]
        for each in actions:
            self._fire("on_action", action=each)
        sent = [pack for pack, future in zip(packs, futures, strict=True) if not future.done()]
        self.send(b"".join(sent))
        return futures

    def send(self, pack: bytes) -> None:
        """Write bytes that `serialise` made."""
        if self._transport is not None:
            self._transport.write(pack)

    # Receiving.

    def fire_recv_pack(self, pack: bytes) -> None:
        """Hand one message on; an event that nobody listens to is not even parsed."""
        if pack.startswith(b"Event: "):
            listed = self._pending.collections and b"\r\nActionID: " in pack
            if listed or self._heard is None or pack[7 : pack.find(b"\r\n")] in self._heard:
                self.fire_recv_event(Event.read(pack))
        elif pack.startswith(b"Response: "):
            self.fire_recv_reponse(Response.read(pack))
        elif self._ami_version is None:
            self._greet(pack)
        elif not self._trusted:
            raise AmiGarbled("something that is not AMI came where an answer was due")
        else:
            self._log.warning("ami.unknown", size=len(pack))
            self._fire("on_unknown", pack=pack)

    def _greet(self, banner: bytes) -> None:
        match = self.asterisk_start_regex.match(banner.decode("utf-8", "replace"))
        if match is None:
            raise AmiGarbled("no AMI banner came: is this the port of manager.conf's `port`?")
        self._ami_version = match.group("version")
        self._greeted.set_result(None)
        self._fire("on_connect")

    def fire_recv_reponse(self, response: Response) -> None:
        """Settle the action's future. (The name is the library's.)"""
        self._trusted = True
        self._fire("on_response", response=response)
        self._pending.answered(response)

    def fire_recv_event(self, event: Event) -> None:
        """Tell every listener, each on its own."""
        if self._pending.collections:
            self._pending.listed(event)
        self._fire("on_event", event=event)
        for listener in tuple(self._event_listeners):
            self._isolated(listener, event=event, source=self)

    def add_event_listener(self, on_event: Any = None, **kwargs: Any) -> Any:
        """As in the library; from now on the events that it wants are parsed."""
        added = super().add_event_listener(on_event, **kwargs)
        self._heard = self._names_heard()
        return added

    def add_listener(self, listener: Any = None, **kwargs: Any) -> Any:
        """As in the library; such a listener may want any event, so all are parsed for it."""
        added = super().add_listener(listener, **kwargs)
        self._heard = self._names_heard()
        return added

    def _names_heard(self) -> frozenset[bytes] | None:
        """The names of the events to parse; None for all."""
        if self._listeners:
            return None
        lists = [getattr(each, "white_list", None) for each in self._event_listeners]
        names = [name for names in lists for name in (names or [None])]
        if not all(isinstance(name, str) for name in names):
            return None
        return frozenset(name.encode() for name in names)

    # What others' mistakes must not break.

    def _fire(self, method: str, **fields: Any) -> None:
        for listener in tuple(self._listeners):
            self._isolated(getattr(listener, method), source=self, **fields)

    def _isolated(self, handler: Callable[..., object], **fields: Any) -> None:
        try:
            handler(**fields)
        except Exception:
            name = getattr(fields.get("event"), "name", None)
            self._log.exception("ami.listener_failed", ami_event=name)


def not_up() -> AmiDown:
    """The error of whatever was not sent for want of a session."""
    return AmiDown("there is no AMI session with the PBX; nothing was sent")


def never_sent() -> asyncio.Future[Response]:
    """A future that failed already."""
    future: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
    future.set_exception(not_up())
    future.exception()  # marks it as seen: an answer that nobody waits for is no fault
    return future


def in_words(error: Exception) -> str:
    """Why there is no connection, with the remedy."""
    match error:
        case ConnectionRefusedError():
            return "nothing listens there: start the PBX, or compare with manager.conf's `port`"
        case TimeoutError():
            return "no connection, or no banner, in time: check the address and the firewall"
        case ssl.SSLError():
            return f"TLS failed ({error}): check the certificate, and that this is `tlsbindaddr`"
        case _:
            return str(error) or type(error).__name__
