"""The desk's pages and API as a process of its own: what it is made of, and its life.

The phone side never waits for a page: the two meet in rows alone
(docs/decisions/0014-the-desk-is-a-process-of-its-own.md).
"""

import asyncio
import signal
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from secrets import token_hex
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from config import logs
from config.macros import load_macros
from config.queues import load_queues
from config.settings import Settings
from scripts import whatsapp_side
from scripts.desk_files import (
    CalendarFile,
    KeptFile,
    codes_of,
    make_names,
    menu_picture,
    service_levels,
)
from scripts.embedded.state import write_private
from scripts.files_beside import FilesBeside
from scripts.health import Inspection
from scripts.menu_tool import MenuTool
from scripts.phone_link import PhoneLink
from scripts.recording_store import recordings
from scripts.whatsapp_in_side import make_incoming
from tickets.cases.accounts import Accounts
from tickets.cases.agents import AgentWork
from tickets.cases.attachments import Attachments
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
from tickets.deadlines import Deadlines
from tickets.handover_inbox import HandoverInbox
from tickets.handover_sender import HandoverSender
from tickets.hints import RowHints
from tickets.identities import ByProvider
from tickets.looks import Audit
from tickets.oidc import Client, Provider
from tickets.passwords import Passwords
from tickets.phone_keys import PhoneKeys
from tickets.phone_side import NoPhoneSide, PhoneSide
from tickets.privacy.keeping import Retention, days_of
from tickets.rights import Role
from tickets.sign_in import SignIn
from tickets.store import Store
from tickets.totp import Totp
from tickets.training_errands import Errands
from tickets.web.app import make_app, make_runner
from tickets.web.desk import Desk, LineCaller, Options
from tickets.web.feed import Feed
from tickets.webhook_post import Patience, Poster
from tickets.webhook_sender import Sender
from tickets.webhook_wire import Secrets

log = structlog.get_logger()

CONNECTIONS = {
    # Lists take many conditions that are mostly absent: a plan made for all of them uses no index.
    "plan_cache_mode": "force_custom_plan",
    # The rows that are asked for are in memory or on a disk without a head.
    "random_page_cost": "1.1",
    # "bandng" is like "Bandung"; at the default of 0.6 it is not.
    "pg_trgm.word_similarity_threshold": "0.5",
    "application_name": "saluran desk",
}


def make_desk(
    settings: Settings, store: Store, passwords: Passwords, phone: PhoneSide | None = None
) -> Desk:
    """The use cases over one store. Raises `ConfigError`."""
    clock = settings.clock.now
    deadlines = Deadlines(
        CalendarFile(settings),
        settings.deadlines.first_response,
        {str(name): days for name, days in settings.deadlines.categories.items()},
    )
    phone = phone or NoPhoneSide()
    totp = make_totp(settings)
    flow, menu = settings.files.flows / f"{settings.flow}.yaml", MenuTool(settings)
    files = recordings(settings)
    calls, callbacks, people = Calls(store), Callbacks(store, clock), People(store)
    sign_in = SignIn(store, passwords, totp)
    origins, secrets = settings.webhooks.origins, Secrets(totp.derived(b"webhooks"))
    partner_secrets = Secrets(totp.derived(b"partners"))
    partners = Partners(store, partner_secrets, origins, clock)
    levels = service_levels(settings)
    forgiven = timedelta(minutes=settings.callbacks.late_minutes)
    return Desk(
        store=store,
        clock=clock,
        sign_in=sign_in,
        tickets=Tickets(store),
        ticket_work=TicketWork(store, deadlines, clock),
        people=people,
        calls=calls,
        callbacks=callbacks,
        line=Line(store, clock),
        figures=Figures(store, clock, levels, forgiven),
        audit=Audit(store),
        accounts=Accounts(store, passwords),
        health=Health(Inspection(settings, store)),
        agents=AgentWork(store, phone, clock, codes_of(settings)),
        live=Live(store, phone, clock, levels, forgiven),
        screen_pop=ScreenPop(store, calls, callbacks, people, clock),
        feed=Feed(phone),
        trainings=Trainings(store, clock),
        whatsapp_replies=WhatsAppReplies(store, clock),
        webhooks=Webhooks(store, secrets, origins),
        partners=partners,
        handovers=Handovers(store, partners, deadlines, clock),
        handover_inbox=HandoverInbox(store, partner_secrets, clock),
        whatsapp_threads=WhatsAppThreads(store),
        by_provider=make_provider(settings, sign_in),
        insight=Insight(store, menu_picture(flow, menu)),
        month_reports=MonthReports(store, clock),
        number=settings.number,
        calendar=CalendarWork(store, settings.files.calendar, clock, settings.hours),
        flows=FlowWork(store, flow, menu, clock),
        queue_book=QueueBook(lambda: load_queues(settings.files.queues)),
        names=make_names(store, settings.files.queues, flow, menu),
        recordings=Recordings(store, files, totp.derived(b"links to recordings"), clock),
        attachments=Attachments(store, files, clock),
        drafts=Drafts(store, clock),
        saved_views=SavedViews(store, clock),
        macros=KeptFile(settings.files.macros, load_macros).now,
        producers=Producers(store, clock),
        referrals=Referrals(store, phone, clock),
        producer_imports=ProducerImports(store, clock),
        data_requests=DataRequests(store, clock, files, FilesBeside(settings)),
        consent_book=ConsentBook(store, clock),
        personal_data=PersonalData(store, files, clock),
        retention=RetentionPlan(Retention(store, files, days_of(settings.retention)), clock),
        page_phone=make_page_phone(settings, store),
    )


def make_provider(settings: Settings, sign_in: SignIn) -> ByProvider | None:
    """The OpenID provider, if the settings name one. Raises `ConfigError`."""
    wanted, secret = settings.oidc, settings.oidc_secret()
    if wanted is None:
        return None
    client = Client(
        issuer=wanted.issuer,
        client_id=wanted.client_id,
        secret=secret.get_secret_value() if secret else "",
        scopes=wanted.scopes,
        login_claim=wanted.login_claim,
        groups_claim=wanted.groups_claim,
        skew=wanted.skew_seconds,
    )
    roles = {group: Role(role) for group, role in wanted.roles.items()}
    return ByProvider(wanted.name, Provider(client), sign_in, roles)


def make_sender(settings: Settings, desk: Desk) -> Sender:
    """Who tells webhooks what is due."""
    wanted = settings.webhooks
    patience = Patience(
        answer=wanted.seconds,
        give_up=timedelta(hours=wanted.give_up_hours),
        kept=timedelta(days=wanted.kept_days),
    )
    return Sender(desk.store, desk.webhooks.secrets, wanted.origins, patience)


def make_errands(settings: Settings, desk: Desk) -> Errands:
    """Who tells people how it stands with their trainings."""
    deadlines = desk.ticket_work.deadlines
    return Errands(desk.store, desk.clock, deadlines, CalendarFile(settings).next_opening)


def make_handover_sender(settings: Settings, desk: Desk) -> HandoverSender:
    """Who sends institutions what was handed over to them."""
    wanted = settings.webhooks
    poster = Poster(desk.partners.secrets, wanted.origins)
    return HandoverSender(desk.store, poster, desk.clock, Patience(answer=wanted.seconds))


def make_options(settings: Settings) -> Options:
    """Where the desk stands, by its settings."""
    hosts = {"127.0.0.1", "localhost", "::1"}
    address = urlsplit(settings.web.address or "")
    web_socket = settings.phones.web_socket
    pbx = urlsplit(web_socket or "")
    return Options(
        hosts=frozenset(hosts | ({address.hostname} if address.hostname else set())),
        secure=address.scheme == "https",
        proxies=settings.web.proxies,
        connect_to=(f"{pbx.scheme}://{pbx.netloc}",) if web_socket else (),
        caller=LineCaller(web_socket=web_socket, number=settings.number)
        if web_socket and settings.web.caller
        else None,
    )


def make_page_phone(settings: Settings, store: Store) -> PagePhone | None:
    """The phone in the page, where the PBX can be reached by it. Raises `ConfigError`."""
    phones = settings.phones
    if phones.web_socket is None:
        return None
    queues = load_queues(settings.files.queues)
    titles = {name: {"id": queue.title.id, "en": queue.title.en} for name, queue in queues.items()}
    return PagePhone(store, PhoneKeys(store, phones.web_socket, phones.key_hours), titles)


def make_totp(settings: Settings) -> Totp:
    """Second factors under the installation's key, which is made when there is none yet."""
    _make_key(settings.web.key_file)
    return Totp(settings.web_key().get_secret_value().encode())


async def run(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT. Raises `ConfigError`, and OSError when the port is taken."""
    logs.set_up(settings.log.format, settings.log.level)
    store = Store(
        settings.database_url().get_secret_value(), settings.web.connections_max, CONNECTIONS
    )
    passwords = Passwords()
    phone = PhoneLink(settings)
    desk = make_desk(settings, store, passwords, phone)
    hints = RowHints(settings.database_url().get_secret_value(), desk.feed.hear, desk.feed.missed)
    incoming = make_incoming(settings, desk.ticket_work.deadlines, CalendarFile(settings).now)
    options = replace(make_options(settings), whatsapp=incoming.door if incoming else None)
    runner = make_runner(make_app(desk, options))
    await runner.setup()
    whatsapp_side.switch(settings)
    workers = (
        phone,
        hints,
        make_sender(settings, desk),
        make_handover_sender(settings, desk),
        make_errands(settings, desk),
        *whatsapp_side.make_workers(settings, store),
        *([incoming.worker] if incoming else ()),
    )
    following = [asyncio.create_task(one.run()) for one in workers]
    try:
        await web.TCPSite(runner, settings.web.host, settings.web.port).start()
        log.info("desk.started", host=settings.web.host, port=settings.web.port)
        await _told_to_stop()
    finally:
        await runner.cleanup()
        for task in following:
            task.cancel()
        await asyncio.gather(*following, return_exceptions=True)
        passwords.close()
        if incoming:
            await incoming.store.close()
        await store.close()
    log.info("desk.stopped")


async def _told_to_stop() -> None:
    stop = asyncio.Event()
    for which in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(which, stop.set)
    await stop.wait()


def _make_key(path: Path) -> None:
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(path, token_hex(32) + "\n")
