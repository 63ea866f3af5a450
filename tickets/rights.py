"""Who may do what: one table, asked by the use cases and by nobody else."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from tickets.errors import TicketError


class Role(StrEnum):
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    LIAISON = "liaison"
    OPERATOR = "operator"
    AUDITOR = "auditor"


class Right(StrEnum):
    """Also the scopes that a token may have."""

    TICKETS_READ = "tickets.read"
    TICKETS_CHANGE = "tickets.change"
    TICKETS_ASSIGN = "tickets.assign"
    """To somebody else; who may change tickets may take one and give it back."""
    TICKETS_MERGE = "tickets.merge"
    CONFIDENTIAL = "confidential"
    """Tickets whose callers may have incriminated themselves exist for those who have this."""
    ANONYMOUS = "anonymous"
    """Number and name of who asked to stay anonymous, to call them back."""
    PHONES = "phones"
    """Whole telephone numbers instead of their last digits."""
    FILES = "files.read"
    """Recordings and attachments: a voice or a paper cannot be shown in part."""
    PEOPLE_READ = "people.read"
    PEOPLE_CHANGE = "people.change"
    PRIVACY = "privacy"
    """What people ask of their data: decide it, hand out copies, erase; the ledger of consents."""
    CALLS_READ = "calls.read"
    CALLBACKS_READ = "callbacks.read"
    CALLBACKS_CHANGE = "callbacks.change"
    LINE_READ = "line.read"
    LINE_CHANGE = "line.change"
    LIVE_READ = "live.read"
    """Who works and how many wait now; who they are needs `calls.read` as well."""
    AGENTS_OWN = "agents.own"
    """One's own state, recording and last talk, of those who have a phone."""
    AGENTS_SUPERVISE = "agents.supervise"
    """Those of others; listen in, take and move callers."""
    WEBHOOKS = "webhooks"
    """Others' programs that are told what happens."""
    TRAINING_READ = "training.read"
    """Sessions and how many come; who they are needs `people.read` as well."""
    TRAINING_SIGN_UP = "training.sign-up"
    """People for a session, and off it; who came."""
    TRAINING_CHANGE = "training.change"
    """The sessions themselves."""
    HANDOVERS = "handovers"
    """Tickets leave for other institutions, and what those answer is written down."""
    PARTNERS_CHANGE = "partners.change"
    """The institutions, and what each may be told."""
    REPORTS_READ = "reports.read"
    FLOWS_READ = "flows.read"
    """Versions of the menu, and trying them."""
    FLOWS_CHANGE = "flows.change"
    AUDIT_READ = "audit.read"
    HEALTH_READ = "health.read"
    """How the machines do."""
    PRODUCERS_READ = "producers.read"
    PRODUCERS_CHANGE = "producers.change"
    """Their directory: who is in it, who was verified, whose contact may be given to traders."""
    USERS_CHANGE = "users.change"
    """Accounts of others: who there is, what they may, whether they may come in."""


_READS = frozenset(
    {
        Right.TICKETS_READ,
        Right.PEOPLE_READ,
        Right.CALLS_READ,
        Right.CALLBACKS_READ,
        Right.LINE_READ,
        Right.PHONES,
        Right.FILES,
        Right.PRODUCERS_READ,
        Right.TRAINING_READ,
        Right.TRAINING_SIGN_UP,
    }
)
_AGENT = _READS | {
    Right.TICKETS_CHANGE,
    Right.CONFIDENTIAL,
    Right.ANONYMOUS,
    Right.PEOPLE_CHANGE,
    Right.CALLBACKS_CHANGE,
    Right.LIVE_READ,
    Right.AGENTS_OWN,
}

RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.AGENT: _AGENT,
    Role.SUPERVISOR: _AGENT
    | {
        Right.TICKETS_ASSIGN,
        Right.PRIVACY,
        Right.AGENTS_SUPERVISE,
        Right.TICKETS_MERGE,
        Right.LINE_CHANGE,
        Right.TRAINING_CHANGE,
        Right.WEBHOOKS,
        Right.HANDOVERS,
        Right.PARTNERS_CHANGE,
        Right.REPORTS_READ,
        Right.AUDIT_READ,
        Right.HEALTH_READ,
        Right.FLOWS_READ,
        Right.FLOWS_CHANGE,
        Right.PRODUCERS_CHANGE,
    },
    Role.LIAISON: _READS - {Right.CALLS_READ}
    | {
        Right.TICKETS_CHANGE,
        Right.HANDOVERS,
        Right.REPORTS_READ,
        Right.PRODUCERS_CHANGE,
        Right.TRAINING_CHANGE,
    },
    # Keeps the machines running: whom the line serves is none of their business.
    Role.OPERATOR: frozenset(
        {
            Right.LINE_READ,
            Right.LINE_CHANGE,
            Right.LIVE_READ,
            Right.REPORTS_READ,
            Right.HEALTH_READ,
            Right.USERS_CHANGE,
            Right.WEBHOOKS,
            Right.FLOWS_READ,
            Right.FLOWS_CHANGE,
        }
    ),
    Role.AUDITOR: frozenset(
        {
            Right.TICKETS_READ,
            Right.CALLS_READ,
            Right.CALLBACKS_READ,
            Right.LINE_READ,
            Right.TRAINING_READ,
            Right.REPORTS_READ,
            Right.AUDIT_READ,
            Right.FLOWS_READ,
            Right.PRODUCERS_READ,
        }
    ),
}


class NotAllowed(TicketError):
    """The actor has no right to this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who does something at the desk, as a use case is told."""

    user: UUID
    login: str
    name: str
    role: Role
    extension: str | None = None
    browser_phone: bool = False
    """Their phone is the one in the page."""
    scopes: frozenset[Right] | None = None
    """What the token is for; None for somebody who signed in."""
    address: str = ""
    """Where they are, for the audit."""

    def may(self, right: Right) -> bool:
        return right in RIGHTS[self.role] and (self.scopes is None or right in self.scopes)

    def need(self, *rights: Right) -> None:
        """Raise NotAllowed, naming the first that is missing."""
        for right in rights:
            if not self.may(right):
                raise NotAllowed(f"this needs the right `{right}`")

    def need_session(self) -> None:
        """Raise NotAllowed for a token: passwords and tokens are a person's own affair."""
        if self.scopes is not None:
            raise NotAllowed("a token may not do this: sign in with your password")
