"""The imitation as a whole: traders and their phones on one side, the API on the other."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Any

import aiohttp

from config.whatsapp_templates import Template
from scripts.whatsapp_imitation import payloads
from scripts.whatsapp_imitation.faults import Faults
from scripts.whatsapp_imitation.hooks import Hooks
from scripts.whatsapp_imitation.payloads import Sender
from scripts.whatsapp_imitation.rates import Rates
from scripts.whatsapp_imitation.refusals import Refusal
from scripts.whatsapp_imitation.traders import (
    ID_LIFE,
    URL_LIFE,
    Bubble,
    Button,
    Media,
    Trader,
    new_wamid,
)

ORDER = ("", "sent", "delivered", "read")


@dataclass
class Imitation:
    """Make it within a running loop; `close` it at the end."""

    hooks: Hooks
    token: str
    sender: Sender
    templates: Mapping[str, Template]
    clock: Callable[[], datetime]
    faults: Faults
    rates: Rates = field(default_factory=lambda: Rates(monotonic))
    traders: dict[str, Trader] = field(default_factory=dict)
    media: dict[str, Media] = field(default_factory=dict)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    """Told after each change of somebody's chat."""
    address: str = ""
    """Where it is served."""
    reads_at_once: bool = False
    """Traders look at once at what comes."""
    _links: dict[str, tuple[Media, datetime]] = field(default_factory=dict)
    _http: aiohttp.ClientSession = field(
        default_factory=lambda: aiohttp.ClientSession(
            trust_env=False, timeout=aiohttp.ClientTimeout(total=30)
        )
    )
    _telling: set["asyncio.Task[None]"] = field(default_factory=set)

    async def close(self) -> None:
        for task in self._telling:
            task.cancel()
        self.hooks.close()
        await self._http.close()

    async def verify(self) -> bool:
        return await self.hooks.verify(self._http)

    async def release(self) -> None:
        await self.hooks.release(self._http)

    # What a trader does.

    def trader(self, phone: str, name: str = "") -> Trader:
        """The one with this number, in digits."""
        digits = phone.removeprefix("+")
        found = self.traders.setdefault(digits, Trader(digits, name or digits))
        found.name = name or found.name
        return found

    async def says(self, trader: Trader, text: str) -> Bubble:
        return await self._comes(trader, text, payloads.text(text))

    async def presses(self, trader: Trader, answered: Bubble, button: Button) -> Bubble:
        body = payloads.pressed(answered, button.id, button.title, self.sender.display)
        return await self._comes(trader, button.title, body)

    async def sends_file(
        self, trader: Trader, content: bytes, mime_type: str, name: str = "", caption: str = ""
    ) -> Bubble:
        file = Media(
            id=str(secrets.randbelow(10**15)),
            content=content,
            mime_type=mime_type,
            at=self.clock(),
        )
        self.media[file.id] = file
        kind = payloads.kind_of(mime_type)
        shown = f"[{kind}] {caption or name}".strip()
        return await self._comes(trader, shown, payloads.media(kind, file, name, caption))

    async def reads(self, trader: Trader) -> None:
        """All that has come, as when the chat is opened."""
        for bubble in trader.chat:
            if not bubble.mine and bubble.status in ("sent", "delivered"):
                await self.tell_status(trader, bubble, "read")

    async def switches_on(self, trader: Trader, here: bool) -> None:
        trader.here = here
        if here:
            for bubble in trader.chat:
                if not bubble.mine and bubble.status == "sent":
                    await self._arrives(trader, bubble)
        await self._stir()

    async def _comes(self, trader: Trader, shown: str, body: dict[str, Any]) -> Bubble:
        bubble = Bubble(new_wamid(), self.clock(), True, shown, body)
        trader.chat.append(bubble)
        await self._stir()
        await self._tell(payloads.message(trader, bubble, self.faults.hide_phone))
        return bubble

    # What the hotline sends.

    async def take(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """A message for somebody; the API's answer to it. Raises Refusal."""
        if self.faults.errors:
            raise Refusal(self.faults.errors.pop(0))
        trader, by = self._whom(body)
        shown, buttons = self._shown(body)
        self.rates.take(trader.phone)
        bubble = Bubble(
            new_wamid(),
            self.clock(),
            False,
            shown,
            dict(body),
            buttons,
            str(body.get("biz_opaque_callback_data", "")),
        )
        refused = None
        if body["type"] != "template" and not trader.may_have_text(self.clock()):
            # Accepted, and failed afterwards: so it is told of what comes too late.
            refused = Refusal(131047, "more than 24 hours have passed since the last message")
            bubble.status = "failed"
        else:
            trader.chat.append(bubble)
        await self._stir()
        self._later(self._goes(trader, bubble, refused))
        contact = {"input": by}
        contact |= {"wa_id": trader.phone} if "to" in body else {"user_id": trader.bsuid}
        return {
            "messaging_product": "whatsapp",
            "contacts": [contact],
            "messages": [{"id": bubble.wamid}],
        }

    def _whom(self, body: Mapping[str, Any]) -> tuple[Trader, str]:
        if body.get("messaging_product") != "whatsapp":
            raise Refusal(100, "messaging_product is whatsapp")
        # Where both are given the number counts.
        if to := body.get("to"):
            digits = str(to).removeprefix("+")
            if not digits.isdigit():
                raise Refusal(131009, "to is no number")
            return self.trader(digits), str(to)
        recipient = str(body.get("recipient", ""))
        for trader in self.traders.values():
            if trader.bsuid == recipient:
                return trader, recipient
        raise Refusal(131008 if not recipient else 131026, "to or recipient is needed")

    def _shown(self, body: Mapping[str, Any]) -> tuple[str, list[Button]]:
        match body:
            case {"type": "text", "text": {"body": str(text)}}:
                if not 0 < len(text) <= 4096:
                    raise Refusal(131009, "a text has 1 to 4096 characters")
                return text, []
            case {"type": "interactive", "interactive": {"body": {"text": str(text)}}}:
                return text, self._buttons(body)
            case {"type": "template", "template": {"name": str(name)} as wanted}:
                return self._filled(name, wanted)
        raise Refusal(131051)

    def _buttons(self, body: Mapping[str, Any]) -> list[Button]:
        found = [Button(*one) for one in payloads.buttons_of(body)]
        is_list = body["interactive"].get("type") == "list"
        most, longest = (10, 24) if is_list else (3, 20)
        if not 1 <= len(found) <= most:
            raise Refusal(131009, f"1 to {most} of them")
        if len({one.id for one in found}) < len(found):
            raise Refusal(131009, "ids differ")
        if any(not 1 <= len(one.title) <= longest for one in found):
            raise Refusal(131009, f"a title has 1 to {longest} characters")
        return found

    def _filled(self, name: str, wanted: Mapping[str, Any]) -> tuple[str, list[Button]]:
        template = self.templates.get(name)
        if template is None or wanted.get("language", {}).get("code") != template.language:
            raise Refusal(132001, f"{name} does not exist in this language")
        given = [
            str(one["text"])
            for part in wanted.get("components", ())
            if part["type"] == "body"
            for one in part["parameters"]
        ]
        if len(given) != len(template.places):
            raise Refusal(132000, f"{len(given)} parameters for {len(template.places)} places")
        if any("\n" in one or "\t" in one or "    " in one or not one for one in given):
            raise Refusal(132000, "a parameter has no lines, no tabs and is not empty")
        values = dict(zip(template.places, given, strict=True))
        buttons = [Button(id_, title) for id_, title in template.buttons.items()]
        return template.filled(values), buttons

    async def _goes(self, trader: Trader, bubble: Bubble, refused: Refusal | None) -> None:
        if refused:
            await self._tell_status(trader, bubble, "failed", refused)
            return
        await self.tell_status(trader, bubble, "sent")
        if trader.here:
            await self._arrives(trader, bubble)

    async def _arrives(self, trader: Trader, bubble: Bubble) -> None:
        if not self.faults.skip_delivered:
            await self.tell_status(trader, bubble, "delivered")
        if self.reads_at_once:
            await self.tell_status(trader, bubble, "read")

    async def tell_status(self, trader: Trader, bubble: Bubble, what: str) -> None:
        bubble.status = what
        await self._stir()
        await self._tell_status(trader, bubble, what, None)

    async def _tell_status(
        self, trader: Trader, bubble: Bubble, what: str, why: Refusal | None
    ) -> None:
        hide = self.faults.hide_phone
        await self._tell(payloads.status(trader, bubble, what, self.clock(), hide, why))

    # Files.

    def describe(self, id_: str) -> Mapping[str, Any]:
        """Raises Refusal for an id that is none, or older than seven days."""
        file = self.media.get(id_)
        expired = file is None or self.clock() - file.at > ID_LIFE
        if file is None or expired or self.faults.media_expired:
            raise Refusal(100, "the object does not exist, or has expired")
        link = secrets.token_urlsafe(24)
        self._links[link] = (file, self.clock())
        return {
            "messaging_product": "whatsapp",
            "url": f"{self.address}/whatsapp_business/attachments/{link}",
            "mime_type": file.mime_type,
            "sha256": file.sha256,
            "file_size": len(file.content),
            "id": id_,
        }

    def fetch(self, link: str) -> Media | None:
        """None where the address is unknown, or older than five minutes."""
        found = self._links.get(link)
        if found is None or self.clock() - found[1] > URL_LIFE:
            return None
        return None if self.faults.takes("link_expired") else found[0]

    # Waiting.

    async def until(self, true: Callable[[], object]) -> None:
        """Until a chat has changed so that it is true."""
        async with self.changed:
            await self.changed.wait_for(lambda: bool(true()))

    async def _stir(self) -> None:
        async with self.changed:
            self.changed.notify_all()

    async def _tell(self, *changes: payloads.Change) -> None:
        await self.hooks.tell(self._http, self.sender.webhook(*changes))

    async def tells(self, payload: Mapping[str, Any]) -> None:
        """Any webhook at all, signed."""
        await self.hooks.tell(self._http, payload)

    def _later(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)
