"""What agents key on their phones: feature codes, and the numbers they may dial.

docs/agent-guide.en.md is the list for people. An agent can do nothing to another agent here: the
extension is the phone's own. Each code ends with a sentence that says what holds now.
"""

import re
from dataclasses import dataclass
from datetime import datetime

import structlog

from config.phones import masked, national, normalise
from config.speech import WIB
from ivr.agent_desk import AgentDesk
from ivr.agent_errors import (
    AgentError,
    AgentUnknown,
    CodeUnknown,
    NobodyWaits,
    NoTalk,
    NotLoggedIn,
    NotReady,
    NotRecorded,
    NotSupervisor,
    NotTalking,
)
from ivr.agent_line import AgentLine
from ivr.ami import AmiError
from ivr.members import READY, AgentState
from ivr.ports import DeskAway
from ivr.presence import REASONS
from ivr.supervision import KEYS, LISTEN, listening

log = structlog.get_logger()

SILENCE = 5.0
"""Seconds for a key after a question."""
CLOSED_BY_PHONE = "closed by phone"
"""The reason of a closure that was keyed."""
_CODE = re.compile(r"\*1([0-9])([0-9]*)")
_SAID: dict[type[AgentError], str] = {
    AgentUnknown: "agent-unknown",
    NotLoggedIn: "agent-not-in",
    NotReady: "agent-not-ready",
    NotSupervisor: "agent-no-right",
    NotRecorded: "agent-not-recorded",
    NotTalking: "agent-not-talking",
    NobodyWaits: "agent-nobody-waits",
    NoTalk: "agent-no-talk",
    CodeUnknown: "agent-code-unknown",
}


@dataclass(frozen=True, slots=True)
class Outward:
    """What agents may dial."""

    prefixes: tuple[str, ...]
    """National numbers begin with one of these; none are permitted when empty."""
    trunk: str
    """How the PBX dials, with `{number}`."""
    shown: str
    """Our number."""


class FeatureCodes:
    def __init__(self, desk: AgentDesk, outward: Outward) -> None:
        self._desk, self._outward = desk, outward

    async def serve(self, line: AgentLine, extension: str) -> None:
        """Do what was keyed, and say so. Raises what the line raises."""
        keyed = await line.keyed()
        prompt = await self._outcome(line, extension, keyed)
        if prompt:
            await line.play([prompt])
            await line.hang_up()

    async def _outcome(self, line: AgentLine, extension: str, keyed: str) -> str:
        """The sentence to end with; none when the call went on elsewhere."""
        try:
            await line.speak(self._desk.presence.language(extension))
            found = _CODE.fullmatch(keyed)
            if found is None:
                return await self._dial(line, extension, keyed)
            return await self._code(line, extension, found[1], found[2])
        except AgentError as error:
            log.info("agent.code_refused", agent=extension, reason=str(error))
            return _SAID.get(type(error), "agent-service-away")
        except (AmiError, DeskAway) as away:
            log.warning("agent.code_failed", agent=extension, reason=str(away))
            return "agent-service-away"

    async def _code(self, line: AgentLine, extension: str, code: str, more: str) -> str:
        desk = self._desk
        match code, more:
            case "1", "":
                state = await desk.log_in(extension, "phone")
                return "agent-in" if state == READY else _now(state)
            case "2", "":
                return _now(await desk.log_out(extension, "phone"))
            case "3", _:
                return await self._pause(line, extension, more)
            case "4", "":
                return _now(await desk.ready(extension, "phone"))
            case "5", "":
                return _now(await desk.wrap_up(extension, "phone"))
            case "6", _:
                await desk.dispose(extension, more)
                return "agent-noted"
            case "7", "":
                recorded = await desk.recorder.toggle(extension)
                return "agent-recording-on" if recorded else "agent-recording-off"
            case "8", _:
                return await self._listen(line, extension, more)
            case "9", "":
                await desk.supervision.take(extension)
                return "agent-taken"
            case "0", "":
                return await self._door(line, extension)
            case _:
                raise CodeUnknown(f"*1{code}{more} means nothing: see the agents' guide.")

    async def _pause(self, line: AgentLine, extension: str, key: str) -> str:
        key = key or await line.choose(["agent-pause-reasons"], SILENCE) or ""
        if key not in REASONS:
            raise CodeUnknown(f"*13{key} names no reason: 1 to 5 do.")
        return _now(await self._desk.pause(extension, REASONS[key], "phone"))

    async def _listen(self, line: AgentLine, extension: str, agent: str) -> str:
        self._desk.supervision.check_listening(extension, agent)
        await line.send_on(LISTEN, KEYS["listen"], listening(extension, agent))
        return ""

    async def _door(self, line: AgentLine, extension: str) -> str:
        supervision = self._desk.supervision
        supervision.check(extension, "close_line")
        key = await line.choose(["agent-line-ask"], SILENCE)
        match key:
            case "1":
                await supervision.close_line(extension, CLOSED_BY_PHONE)
                return "agent-line-closed"
            case "2":
                await supervision.close_line(extension, CLOSED_BY_PHONE, self._tomorrow())
                return "agent-line-closed"
            case "3":
                await supervision.reopen_line(extension)
                return "agent-line-open"
            case _:
                raise CodeUnknown("*10 then 1 closes, 2 closes for today, 3 reopens.")

    def _tomorrow(self) -> datetime | None:
        """The first opening of another day; None, until someone reopens, when none is known."""
        hours = self._desk.hours
        midnight = hours.now().astimezone(WIB).replace(hour=23, minute=59, second=59)
        return hours.next_opening(midnight)

    async def _dial(self, line: AgentLine, extension: str, keyed: str) -> str:
        """Only numbers that could be called back, and of these only the permitted."""
        out, number = self._outward, normalise(keyed)
        dialled = national(number) if number else ""
        if not dialled.startswith(out.prefixes):
            log.warning("agent.dial_refused", agent=extension, dialled=masked(keyed))
            return "agent-dial-refused"
        log.info("agent.dials", agent=extension, dialled=masked(dialled))
        await line.send_on(
            "saluran-agent-out",
            "dial",
            {"IVR_DIAL": out.trunk.format(number=dialled), "IVR_SHOWN": out.shown},
        )
        return ""


def _now(state: AgentState) -> str:
    match state.state:
        case "out":
            return "agent-out"
        case "paused":
            return "agent-paused"
        case "wrapping_up":
            return "agent-wrap-up"
        case _:
            return "agent-ready"
