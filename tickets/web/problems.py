"""Errors as `application/problem+json` (RFC 9457): the one place where they become HTTP."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import asyncpg
import structlog
from aiohttp import web
from pydantic import ValidationError

from tickets import agents, errors
from tickets.by_hand import CallbackOver
from tickets.cases.agents import NoPhone
from tickets.cases.attachments import AttachmentUnknown
from tickets.cases.calendars import CalendarBroken, CalendarChanged, FileFixed
from tickets.cases.callbacks import CallbackChanged, CallbackLive, CallbackUnknown
from tickets.cases.calls import CallUnknown
from tickets.cases.data_requests import RequestSettled, RequestUnknown
from tickets.cases.flows import FlowBroken, FlowChanged, FlowUnknown, NothingBefore
from tickets.cases.handovers import HandedOver
from tickets.cases.partners import PartnerChanged, PartnerExists, PartnerUnknown
from tickets.cases.people import PersonChanged, PersonUnknown, PhoneTaken
from tickets.cases.producer_imports import ImportUnknown
from tickets.cases.producers import ProducerChanged, ProducerExists, ProducerUnknown
from tickets.cases.queue_book import QueuesBroken
from tickets.cases.recordings import RecordingUnknown
from tickets.cases.referrals import (
    IntroductionLive,
    NoCapacity,
    NotAgreed,
    ReferralChanged,
    ReferralMoveForbidden,
    ReferralUnknown,
    ReferredAlready,
)
from tickets.cases.saved_views import ViewUnknown
from tickets.cases.ticket_work import TicketMerged
from tickets.cases.tickets import TicketUnknown
from tickets.cases.training import TrainingChanged, TrainingOver, TrainingUnknown
from tickets.cases.webhooks import WebhookUnknown
from tickets.cases.whatsapp_replies import WhatsAppClosed
from tickets.files import FileMissing
from tickets.handover_answers import HandoverOver, HandoverUnknown
from tickets.handover_content import MayNotLeave
from tickets.handover_inbox import NotSigned
from tickets.menu_side import MenuRefused
from tickets.passwords import PasswordRefused, TooBusy
from tickets.phone_side import AgentUnknown, PhoneAway, PhoneRefused
from tickets.privacy.leftovers import NotWrittenYet
from tickets.privacy.whole import InTouch, ReportsOpen
from tickets.rights import NotAllowed
from tickets.sign_in import (
    CodeNeeded,
    LockedOut,
    NotSignedIn,
    SignInRefused,
    TokenUnknown,
)
from tickets.users import UserExists, UserUnknown

log = structlog.get_logger()

KIND = "urn:saluran:problem:"
CONTENT_TYPE = "application/problem+json"


@dataclass
class Problem(Exception):
    """A request that is not carried out, in the words of HTTP."""

    status: int
    kind: str
    """The last part of its `type`, which programs may rely on."""
    detail: str
    errors: Sequence[Mapping[str, str]] = ()
    """Of each bad field `detail`, and `pointer` into the body or `parameter` of the query."""
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self, request_id: str) -> web.Response:
        body: dict[str, Any] = {
            "type": KIND + self.kind,
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "instance": f"urn:saluran:request:{request_id}",
        }
        if self.errors:
            body["errors"] = list(self.errors)
        return web.Response(
            text=json.dumps(body, ensure_ascii=False),
            status=self.status,
            content_type=CONTENT_TYPE,
            headers=self.headers,
        )


_TOLD: Mapping[type[errors.TicketError], tuple[int, str]] = {
    NotSignedIn: (401, "not-signed-in"),
    SignInRefused: (401, "sign-in-refused"),
    CodeNeeded: (401, "code-needed"),
    NotAllowed: (403, "not-allowed"),
    TicketUnknown: (404, "not-found"),
    PersonUnknown: (404, "not-found"),
    CallUnknown: (404, "not-found"),
    CallbackUnknown: (404, "not-found"),
    TokenUnknown: (404, "not-found"),
    RecordingUnknown: (404, "not-found"),
    AttachmentUnknown: (404, "not-found"),
    ViewUnknown: (404, "not-found"),
    RequestUnknown: (404, "not-found"),
    RequestSettled: (409, "request-settled"),
    ReportsOpen: (409, "reports-open"),
    InTouch: (409, "in-touch"),
    NotWrittenYet: (409, "not-written-yet"),
    FileMissing: (410, "file-missing"),
    AgentUnknown: (404, "not-found"),
    WebhookUnknown: (404, "not-found"),
    ProducerUnknown: (404, "not-found"),
    ImportUnknown: (404, "not-found"),
    ProducerExists: (409, "producer-exists"),
    ProducerChanged: (412, "changed-meanwhile"),
    TrainingUnknown: (404, "not-found"),
    TrainingOver: (409, "training-over"),
    ReferralUnknown: (404, "not-found"),
    ReferralChanged: (412, "changed-meanwhile"),
    ReferralMoveForbidden: (409, "move-forbidden"),
    ReferredAlready: (409, "referred-already"),
    NotAgreed: (409, "not-agreed"),
    NoCapacity: (409, "no-capacity"),
    IntroductionLive: (409, "introduction-live"),
    FlowUnknown: (404, "not-found"),
    PartnerUnknown: (404, "not-found"),
    HandoverUnknown: (404, "not-found"),
    NotSigned: (401, "not-signed"),
    MayNotLeave: (409, "may-not-leave"),
    HandedOver: (409, "handed-over"),
    HandoverOver: (409, "handover-over"),
    PartnerExists: (409, "partner-exists"),
    PartnerChanged: (412, "changed-meanwhile"),
    QueuesBroken: (409, "file-broken"),
    CalendarBroken: (409, "file-broken"),
    FlowBroken: (409, "file-broken"),
    FileFixed: (409, "file-fixed"),
    NothingBefore: (409, "nothing-before"),
    agents.AgentUnknown: (404, "not-found"),
    agents.NoBrowserPhone: (409, "no-phone"),
    WhatsAppClosed: (409, "whatsapp-closed"),
    NoPhone: (409, "no-phone"),
    PhoneRefused: (409, "phone-refused"),
    errors.MoveForbidden: (409, "move-forbidden"),
    TicketMerged: (409, "ticket-merged"),
    PhoneTaken: (409, "phone-taken"),
    UserUnknown: (404, "not-found"),
    UserExists: (409, "user-exists"),
    CallbackLive: (409, "callback-live"),
    CallbackOver: (409, "callback-over"),
    errors.TicketMoved: (412, "changed-meanwhile"),
    PersonChanged: (412, "changed-meanwhile"),
    CallbackChanged: (412, "changed-meanwhile"),
    TrainingChanged: (412, "changed-meanwhile"),
    CalendarChanged: (412, "changed-meanwhile"),
    FlowChanged: (412, "changed-meanwhile"),
    PasswordRefused: (422, "password-refused"),
}


def problem_of(error: Exception) -> Problem | None:
    """What an error that has been foreseen is in HTTP, None for any other."""
    match error:
        case Problem():
            return error
        case LockedOut(seconds=seconds):
            return Problem(429, "locked-out", str(error), headers={"Retry-After": str(seconds)})
        case TooBusy():
            return Problem(503, "too-busy", str(error), headers={"Retry-After": "2"})
        case errors.Unacceptable(pointer=pointer):
            places = [{"pointer": "#" + pointer, "detail": str(error)}] if pointer else []
            return Problem(422, "unacceptable", str(error), places)
        case errors.Refused(places=places):
            found = [{"pointer": "#" + one.pointer, "detail": one.message} for one in places]
            return Problem(422, "unacceptable", str(error), found)
        case MenuRefused(problems=problems):
            return Problem(
                422,
                "unacceptable",
                "this is no menu that could be served",
                [
                    {
                        "pointer": "#/content",
                        "detail": f"{one.line}:{one.column}: {one.message} — {one.remedy}",
                    }
                    for one in problems
                ],
            )
        case errors.StoreAway():
            # Which database, and why, is the operator's affair alone.
            log.warning("desk.away", reason=str(error))
            detail = "the database cannot serve just now: try again in a moment"
            return Problem(503, "database-away", detail, headers={"Retry-After": "5"})
        case PhoneAway():
            return Problem(503, "phone-away", str(error), headers={"Retry-After": "5"})
        case asyncpg.DataError():
            return Problem(422, "unacceptable", "a text or number cannot be stored")
        case TimeoutError():
            return Problem(503, "too-slow", "this took too long", headers={"Retry-After": "5"})
        case web.HTTPException():
            return _of_aiohttp(error)
        case errors.TicketError():
            told = next((_TOLD[kind] for kind in type(error).__mro__ if kind in _TOLD), None)
            return Problem(*told, str(error)) if told else None
    return None


def of_body(error: ValidationError) -> Problem:
    """Each bad field by its JSON pointer (RFC 6901)."""
    found = [
        {"pointer": _pointer(one["loc"]), "detail": one["msg"]}
        for one in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    return Problem(422, "unacceptable", "the body does not fit", found)


def of_query(error: ValidationError) -> Problem:
    """Each bad parameter by its name."""
    found = [
        {"parameter": str(one["loc"][0]) if one["loc"] else "", "detail": one["msg"]}
        for one in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    return Problem(422, "unacceptable", "the query does not fit", found)


def _pointer(path: Iterable[str | int]) -> str:
    parts = (str(part).replace("~", "~0").replace("/", "~1") for part in path)
    return "#" + "".join("/" + part for part in parts)


def _of_aiohttp(error: web.HTTPException) -> Problem:
    kinds = {
        404: ("not-found", "there is nothing at this address"),
        405: ("method-not-allowed", "this address does not know the method"),
        413: ("too-large", "the body is too large"),
    }
    kind, detail = kinds.get(error.status, ("refused", error.reason))
    headers = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
    return Problem(error.status, kind, detail, headers=headers)
