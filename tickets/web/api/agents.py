"""Agents and their presence, by the same use cases as the codes that they key."""

from typing import Annotated, Literal, get_args
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from tickets.cases.agents import Agent, Agents, Deed, How, LastTalk, State
from tickets.cases.screen_pop import Pop
from tickets.web.problems import Problem
from tickets.web.routes import EXTENSION, Ask, Routes
from tickets.web.texts import Body

routes = Routes("agents")

Reason = Literal["istirahat", "salat", "rapat", "pelatihan", "lain"]
REASONS: tuple[str, ...] = get_args(Reason)


class StateIn(Body):
    do: Deed
    reason: Reason | None = None
    """Of a pause."""

    @model_validator(mode="after")
    def _reasoned(self) -> "StateIn":
        if (self.do == "pause") != (self.reason is not None):
            raise ValueError("a pause has a reason, and nothing else has")
        return self


class DispositionIn(Body):
    code: Annotated[str, Field(pattern=r"^[0-9]{2}$")]


class ListenIn(Body):
    how: How = "listen"


class Recording(BaseModel):
    recorded: bool


class Codes(BaseModel):
    """What may be said to have become of a talk, and why one pauses."""

    dispositions: dict[str, dict[str, str]]
    reasons: list[str]


class PopQuery(BaseModel):
    call: UUID | None = None
    callback: UUID | None = None

    @model_validator(mode="after")
    def _one(self) -> "PopQuery":
        if (self.call is None) == (self.callback is None):
            raise ValueError("name a call or a callback")
        return self


@routes.get("/agents")
async def list_agents(ask: Ask[None, None]) -> Agents:
    """Every agent, with what they do now."""
    return await ask.desk.agents.all(ask.actor)


@routes.get("/agents/me")
async def read_own_state(ask: Ask[None, None]) -> Agent:
    """Oneself."""
    return await ask.desk.agents.own(ask.actor)


@routes.get("/agents/me/last-talk")
async def read_last_talk(ask: Ask[None, None]) -> LastTalk:
    """One's last talk of these hours."""
    talk = await ask.desk.agents.last_talk(ask.actor)
    if talk is None:
        raise Problem(404, "not-found", "you have spoken with nobody lately")
    return talk


@routes.get("/agents/codes")
async def list_codes(ask: Ask[None, None]) -> Codes:
    """Codes for what became of a talk, and the reasons of pauses."""
    codes = ask.desk.agents.named_codes(ask.actor)
    return Codes(
        dispositions={code: {"id": one.id, "en": one.en} for code, one in codes.items()},
        reasons=list(REASONS),
    )


@routes.get("/pop")
async def read_pop(ask: Ask[PopQuery, None]) -> Pop:
    """Who it is that rings: the person, their tickets, what they pressed and said."""
    return await ask.desk.screen_pop.of(ask.actor, ask.query.call, ask.query.callback)


@routes.post(f"/agents/{EXTENSION}/state", status=200)
async def change_state(ask: Ask[None, StateIn]) -> State:
    """Log in or out, pause, be ready or wrap up: oneself, or as a supervisor another."""
    given = ask.body
    return await ask.desk.agents.change(ask.actor, ask.extension, given.do, given.reason or "")


@routes.post(f"/agents/{EXTENSION}/disposition")
async def dispose(ask: Ask[None, DispositionIn]) -> None:
    """Say what became of the last talk."""
    await ask.desk.agents.dispose(ask.actor, ask.extension, ask.body.code)


@routes.post(f"/agents/{EXTENSION}/recording", status=200)
async def toggle_recording(ask: Ask[None, None]) -> Recording:
    """Pause the recording of the talk that goes on, or go on with it."""
    recorded = await ask.desk.agents.toggle_recording(ask.actor, ask.extension)
    return Recording(recorded=recorded)


@routes.post(f"/agents/{EXTENSION}/listen")
async def listen(ask: Ask[None, ListenIn]) -> None:
    """Have one's own phone ring, and be in the agent's call."""
    await ask.desk.agents.listen(ask.actor, ask.extension, ask.body.how)
