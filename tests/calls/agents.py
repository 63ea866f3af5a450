"""Agents on softphones: real SIP user agents that register, key codes, and take or miss calls.

    async with AgentPhones(hotline) as phones:
        sari = await phones.agent("6001")
        await sari.keys("*11", "agent-in")
        ringing = await sari.rings()
        await ringing.answers()

A phone that can lose its network is a `FragilePhone`: it has a socket of its own.
"""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from typing import Self

from baresip import Call as Leg
from baresip import StaleHandleError, UserAgent

from scripts.caller import Call, Dialled, Phone
from tests.calls.hotline import Hotline
from tests.calls.registrar import Line, Registrar
from tests.calls.sip_parties import Leg as FragileLeg
from tests.calls.sip_parties import Party

PATIENCE = 15.0
_names = itertools.count(1)


class AgentPhones(Phone):
    """All agents' phones of a hotline; use it as a context manager."""

    def __init__(self, hotline: Hotline) -> None:
        installation = hotline.installation
        self.port = installation.ports.sip
        line = Dialled("s", "127.0.0.1", self.port)
        super().__init__(line, installation.sounds, installation.state.folder / "heard")
        self.secrets = {a["user"]: a["secret"] for a in installation.endpoints["agents"]}
        self.agents: list[AgentPhone] = []

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        return self

    async def __aexit__(self, *why: object) -> None:
        for agent in self.agents:
            await agent.leaves()
        await super().__aexit__(*why)

    async def agent(
        self, extension: str, secret: str | None = None, *, registered: bool = True
    ) -> "AgentPhone":
        """A phone of that extension, registered; raises RegistrationError."""
        proof = f";auth_pass={secret or self.secrets[extension]}"
        settings = "regint=300;answermode=manual;audio_codecs=pcma;dtmfmode=rtpevent"
        place = f"<sip:{extension}@127.0.0.1:{self.port};transport=udp>"
        phone = AgentPhone(
            self, extension, await UserAgent.create(self._runtime, f"{place}{proof};{settings}")
        )
        if registered:
            await phone.user.register()
        self.agents.append(phone)
        return phone

    async def dial(self, user: UserAgent, number: str) -> Call:
        """A call out of one of these phones, on its way."""
        self._dialling += 1
        try:
            leg = await user.dial(f"sip:{number}@127.0.0.1:{self.port}")
        finally:
            self._dialling -= 1
        return self.follow(leg, number)

    def follow(self, leg: Leg, number: str) -> Call:
        """Hear and record a call, in whichever direction it was made."""
        call = Call(leg, self._sounds, self._keep, f"agent-{next(_names):03}", number)
        self._calls[leg.handle] = call
        for event in self._early.pop(leg.handle, []):
            call.on_event(event)
        return call


class AgentPhone:
    """One agent's phone; made by `AgentPhones.agent`."""

    def __init__(self, phones: AgentPhones, extension: str, user: UserAgent) -> None:
        self.extension, self.user = extension, user
        self.calls: list[Ringing] = []
        """Every call that rang here."""
        self._phones = phones
        self._rung = asyncio.Event()
        user.on_incoming(self._ring)

    async def rings(self, nth: int = 1, seconds: float = PATIENCE) -> "Ringing":
        """The `nth` call that rings here, counted from 1, once it does."""
        async with asyncio.timeout(seconds):
            while len(self.calls) < nth:
                self._rung.clear()
                await self._rung.wait()
        return self.calls[nth - 1]

    @contextlib.asynccontextmanager
    async def dials(self, number: str) -> AsyncIterator[Call]:
        """A call out, once it is answered; raises ConnectionError when it is refused."""
        call = await self._phones.dial(self.user, number)
        try:
            await call.answered(PATIENCE)
            yield call
        finally:
            await call.hangs_up()

    async def keys(self, code: str, *prompts: str) -> None:
        """Key a code, hear the prompts to the end of the call."""
        async with self.dials(code) as call:
            await call.hears(*prompts)
            await call.ends()

    async def leaves(self) -> None:
        """Unregister, as a phone does that is switched off."""
        for ringing in self.calls:
            await ringing.hangs_up()
        with contextlib.suppress(StaleHandleError):
            await self.user.unregister()

    def _ring(self, leg: Leg) -> None:
        self.calls.append(Ringing(self._phones, leg))
        self._rung.set()


class Ringing:
    """A call at an agent's phone: it rings until something is done."""

    def __init__(self, phones: AgentPhones, leg: Leg) -> None:
        self.leg = leg
        self.call = phones.follow(leg, leg.peer or "")
        """Hears and speaks, once it is answered."""

    async def answers(self) -> Call:
        await self.leg.answer()
        await self.call.answered(PATIENCE)
        return self.call

    async def talks(self) -> Call:
        """Answers, and is joined with whoever waits: whoever hangs up now ends a talk."""
        already = await self.answers()
        await already.hears_anybody()
        return already

    async def rejects(self) -> None:
        """486, as the button does."""
        await self.leg.reject()

    async def stops(self) -> None:
        """The other side gives up, or hangs up."""
        await self.call.ends()

    async def holds(self) -> None:
        await self.leg.hold()

    async def resumes(self) -> None:
        await self.leg.resume()

    async def hangs_up(self) -> None:
        if not self.call.over:
            await self.call.hangs_up()


class FragilePhone:
    """A phone that can lose its network: no answer, no audio, no goodbye from then on."""

    def __init__(self, extension: str, line: Line, registrar: Registrar, secret: str) -> None:
        self.extension, self._line = extension, line
        self._registrar, self._secret = registrar, secret
        self.party: Party = line.phone(extension)
        """What rings here; it answers at once and says back what it hears."""

    @classmethod
    async def registered(cls, hotline: Hotline, extension: str) -> "FragilePhone":
        installation = hotline.installation
        secrets = {a["user"]: a["secret"] for a in installation.endpoints["agents"]}
        phone = cls(
            extension,
            await Line.opened(),
            Registrar(installation.ports.sip),
            secrets[extension],
        )
        await phone.comes_back()
        return phone

    async def rings(self, nth: int = 1) -> FragileLeg:
        return await self.party.rings(nth)

    def vanishes(self) -> None:
        """The network is gone in the middle of whatever it did."""
        for leg in self.party.calls:
            leg.falls_silent()
        self._line.close()

    async def comes_back(self) -> None:
        """Register, from another port if the network was gone."""
        if self._line.closed:
            self._line = await Line.opened()
            self.party = self._line.phone(self.extension)
        said = await self._registrar.answers(self.extension, self._secret, at=self._line)
        assert said == 200, f"{self.extension} was refused with {said}"

    async def leaves(self) -> None:
        """Unregister and be gone."""
        if not self._line.closed:
            await self._registrar.answers(self.extension, self._secret, at=self._line, seconds=0)
            self._line.close()
