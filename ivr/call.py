"""One call, from the first word to its one closing line."""

import asyncio
from collections.abc import Mapping
from urllib.parse import unquote_plus

import structlog

from config import phones
from ivr import metrics
from ivr.ami import AmiDown, AmiError
from ivr.conversation import Conversation, owed, request
from ivr.errors import CallerHungUp, CallTakenAway, LinkLost
from ivr.facts import CallBegan, CallEnded
from ivr.flow import Flow, Number, Queue
from ivr.follow import follow
from ivr.ids import call_id, new_id
from ivr.line import AgiLine
from ivr.ports import DeskAway
from ivr.session import Outcome, Session, StateUnreadable
from ivr.switchboard import Switchboard

log = structlog.get_logger()

KNOWN = 0.7
"""Seconds that a caller may wait for what the desk remembers of them."""
LAST_WORD = 1.0
"""Seconds between the end of AsyncAGI and the event of the hangup that caused it."""
ERRORS = 2
"""With so many errors of ours a call is no longer led through the flow."""


class Call:
    """A channel in AsyncAGI, new or taken up again."""

    def __init__(
        self, board: Switchboard, line: AgiLine, uniqueid: str, env: Mapping[str, str]
    ) -> None:
        """`env` is AsyncAGI's environment (`agi_callerid`, …)."""
        self._board = board
        self._line = line
        self._uniqueid = uniqueid
        self._env = env
        self.id = call_id(board.pbx, uniqueid)
        self.met = False
        """Whether we learned who calls; if not, the dialplan's own note knows more than we do."""

    async def serve(self) -> None:
        """Lead the call to its end. Never raises, except when cancelled."""
        try:
            talk = await self._greet()
        except (CallerHungUp, CallTakenAway):
            await self._unmet()
        except LinkLost:
            log.info("call.adrift", step="")
        else:
            self.met = True
            with metrics.calls_now.track_inprogress():
                await self._lead(talk)

    async def _greet(self) -> Conversation:
        """Find out who calls, or where this call stood."""
        session = await (self._waiting() if self._line.is_away else self._arrived())
        talk = Conversation(session, self._line, self._board.world)
        if session.step:
            talk.note("readopted")
        else:
            session.language = await self._remembered_language(session.caller)
        await self._line.speak(session.language)
        return talk

    async def _arrived(self) -> Session:
        state, caller, dialled = await self._line.variables(
            "${IVR_STATE}", "${IVR_CALLER}", "${URIENCODE(${IVR_DIALLED})}"
        )
        return _resumed(state) or self._begin(unquote_plus(caller), unquote_plus(dialled))

    async def _waiting(self) -> Session:
        """Of a call that was found in a queue or in a talk: it is followed to its end."""
        try:
            session = _resumed(await self._line.kept_state())
        except AmiDown as down:
            raise LinkLost(str(down)) from down
        except AmiError as error:
            raise CallTakenAway(f"{self._line.channel} is gone: {error}") from error
        if session is None:
            raise CallTakenAway(f"{self._line.channel} waits, and was not put there by us")
        return session

    def _begin(self, caller: str, dialled: str) -> Session:
        board, now = self._board, self._board.world.hours.now()
        session = Session(
            call=self.id,
            flow=str(board.flow("")),
            began=now,
            language=board.language,
            caller=phones.normalise(caller),
        )
        board.world.teller.tell(
            CallBegan(
                id=new_id(),
                call=session.call,
                at=now,
                pbx=board.pbx,
                uniqueid=self._uniqueid,
                caller=phones.printable(caller),
                phone=session.caller,
                dialled=phones.printable(dialled),
                flow=session.flow,
            )
        )
        return session

    async def _remembered_language(self, phone: str | None) -> str:
        if phone:
            try:
                async with asyncio.timeout(KNOWN):
                    person = await self._board.world.desk.person(phone)
                    return person.language or self._board.language
            except (DeskAway, TimeoutError):
                pass
        return self._board.language

    async def _unmet(self) -> None:
        """The caller was gone before the first word: a call all the same."""
        if await self._hung_up():
            session = self._begin(self._env.get("agi_callerid", ""), "")
            await self._end(Conversation(session, self._line, self._board.world))

    async def _lead(self, talk: Conversation) -> None:
        """Through the flow to the end, whatever happens on the way."""
        flow = self._board.flow(talk.session.flow)
        if talk.session.step not in flow.steps:
            talk.session.step = flow.start
        while True:
            try:
                await follow(flow, talk)
                await self._say_farewell()
            except CallerHungUp:
                pass
            except CallTakenAway as away:
                if not await self._hung_up():
                    # The native fallback has it, and notes its end.
                    log.warning("call.taken_away", step=talk.session.step, reason=str(away))
                    return
            except LinkLost:
                log.info("call.adrift", step=talk.session.step)
                return
            except Exception:
                if await self._rescued(flow, talk):
                    continue
            await self._end(talk)
            return

    async def _say_farewell(self) -> None:
        try:
            await self._line.hang_up()
        except AmiError as error:
            log.warning("call.hangup_refused", reason=str(error))
        await self._hung_up()

    async def _hung_up(self) -> bool:
        """Whether the channel is gone; the event comes right after AsyncAGI's end."""
        try:
            async with asyncio.timeout(LAST_WORD):
                await self._line.gone.wait()
        except TimeoutError:
            return False
        return isinstance(self._line.why, CallerHungUp)

    async def _rescued(self, flow: Flow, talk: Conversation) -> bool:
        """An error of ours: tell the caller, and lead them to a human. False when that failed."""
        session = talk.session
        session.errors += 1
        log.exception("call.error", step=session.step, errors=session.errors)
        metrics.errors.inc()
        try:
            talk.note("error")
            if session.errors < ERRORS:
                await talk.say("apology")
                session.step = _way_to_a_human(flow)
                return True
            await self._last_resort(talk)
        except Exception as error:
            log.warning("call.rescue_failed", reason=repr(error))
        return False

    async def _last_resort(self, talk: Conversation) -> None:
        """The flow itself fails: at least the caller's number is kept."""
        session = talk.session
        session.phone = session.phone or session.caller
        if not session.kept:
            session.outcome = Outcome.FAILED
            if session.phone:
                await talk.world.teller.keep(*request(session, talk.world))
                session.kept, session.outcome = True, Outcome.PROMISE
        await talk.say("apology", *(["promise-soon"] if session.kept else []), "goodbye")
        await self._say_farewell()

    async def _end(self, talk: Conversation) -> None:
        """The call's one closing line, and what is still owed to the caller."""
        session, world = talk.session, talk.world
        now = world.hours.now()
        ended = CallEnded(
            id=new_id(), call=self.id, at=now, outcome=session.outcome.value, step=session.step
        )
        debt = owed(session, world)
        world.teller.tell(*debt, ended)
        await self._board.messages.gather(self.id)
        self._board.stays.forget(self._uniqueid)
        log.info(
            "call.ended",
            outcome=session.outcome.value,
            step=session.step,
            seconds=max(0.0, round((now - session.began).total_seconds(), 1)),
            flow=session.flow,
            language=session.language,
            ticket=session.ticket is not None,
            owed=bool(debt),
        )


def _resumed(state: str) -> Session | None:
    if not state:
        return None
    try:
        return Session.from_text(state)
    except StateUnreadable as error:
        log.error("call.state_unreadable", reason=str(error), remedy="the call starts anew")
        return None


def _way_to_a_human(flow: Flow) -> str:
    """The flow's first queue, or where a number is taken; its start when it has neither."""
    for wanted in (Queue, Number):
        for name, step in flow.steps.items():
            if isinstance(step, wanted):
                return name
    return flow.start
