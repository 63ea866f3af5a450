"""The use cases that the web side offers, and what it needs to know of its place."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network

from aiohttp import web

from config.macros import Macro
from tickets.cases.accounts import Accounts
from tickets.cases.agents import AgentWork
from tickets.cases.attachments import LARGEST, Attachments
from tickets.cases.calendars import CalendarWork
from tickets.cases.callbacks import Callbacks
from tickets.cases.calls import Calls
from tickets.cases.consent_book import ConsentBook
from tickets.cases.data_requests import DataRequests
from tickets.cases.drafts import Drafts
from tickets.cases.figures import Figures
from tickets.cases.flows import FlowWork
from tickets.cases.handovers import Handovers
from tickets.cases.health import Health
from tickets.cases.insight import Insight
from tickets.cases.line import Line
from tickets.cases.live import Live
from tickets.cases.month import MonthReports
from tickets.cases.names import Names
from tickets.cases.page_phone import PagePhone
from tickets.cases.partners import Partners
from tickets.cases.people import People
from tickets.cases.personal_data import PersonalData
from tickets.cases.producer_imports import ProducerImports
from tickets.cases.producers import Producers
from tickets.cases.queue_book import QueueBook
from tickets.cases.recordings import Recordings
from tickets.cases.referrals import Referrals
from tickets.cases.retention import RetentionPlan
from tickets.cases.saved_views import SavedViews
from tickets.cases.screen_pop import ScreenPop
from tickets.cases.ticket_work import TicketWork
from tickets.cases.tickets import Tickets
from tickets.cases.training import Trainings
from tickets.cases.webhooks import Webhooks
from tickets.cases.whatsapp_replies import WhatsAppReplies
from tickets.cases.whatsapp_thread import WhatsAppThreads
from tickets.handover_inbox import HandoverInbox
from tickets.identities import ByProvider
from tickets.looks import Audit
from tickets.sign_in import SignIn
from tickets.store import Store
from tickets.web.feed import Feed
from tickets.web.whatsapp_door import Door


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything that a handler may ask; it asks nothing else."""

    store: Store
    clock: Callable[[], datetime]
    sign_in: SignIn
    tickets: Tickets
    ticket_work: TicketWork
    people: People
    calls: Calls
    callbacks: Callbacks
    line: Line
    figures: Figures
    audit: Audit
    accounts: Accounts
    health: Health
    agents: AgentWork
    live: Live
    screen_pop: ScreenPop
    feed: Feed
    insight: Insight
    month_reports: MonthReports
    trainings: Trainings
    webhooks: Webhooks
    whatsapp_replies: WhatsAppReplies
    partners: Partners
    handovers: Handovers
    handover_inbox: HandoverInbox
    whatsapp_threads: WhatsAppThreads
    calendar: CalendarWork
    flows: FlowWork
    queue_book: QueueBook
    names: Names
    recordings: Recordings
    attachments: Attachments
    drafts: Drafts
    saved_views: SavedViews
    producers: Producers
    referrals: Referrals
    producer_imports: ProducerImports
    data_requests: DataRequests
    consent_book: ConsentBook
    personal_data: PersonalData
    retention: RetentionPlan
    macros: Callable[[], Mapping[str, Macro]]
    """As the file is now."""
    number: str = "1500587"
    """The line's own."""
    by_provider: ByProvider | None = None
    """Another way to sign in, if the settings name one."""
    page_phone: PagePhone | None = None
    """None where the PBX has no WebSocket: then nobody telephones in a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCaller:
    """Of the demo: every page calls the line."""

    web_socket: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Where the web side stands."""

    hosts: frozenset[str] = frozenset({"127.0.0.1", "localhost", "[::1]"})
    """Names under which it is asked; others are refused, so that no foreign name can be made to
    point here (DNS rebinding)."""
    secure: bool = False
    """Browsers reach it by HTTPS alone."""
    proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    """Whose `X-Forwarded-For` is believed."""
    connect_to: tuple[str, ...] = ()
    """Where else pages may connect, such as `wss://pbx.example:8089` for the softphone."""
    caller: LineCaller | None = None
    whatsapp: Door | None = None
    """Where WhatsApp posts, if it is switched on."""
    largest_body: int = 256 * 1024
    """Bytes."""
    largest_file: int = LARGEST
    """Bytes of a file that is put on a ticket."""
    file_seconds: float = 120.0
    body_seconds: float = 10.0
    answer_seconds: float = 30.0
    user_rate: float = 20.0
    """Requests a second that a user may keep up; five seconds' worth at once."""
    stranger_rate: float = 2.0
    """The same for an address of which nobody has signed in; thirty seconds' worth at once."""


DESK = web.AppKey("desk", Desk)
OPTIONS = web.AppKey("options", Options)
