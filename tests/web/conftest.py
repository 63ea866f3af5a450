"""The desk as it runs, on a real PostgreSQL, asked over HTTP by people of every role."""

import itertools
import shutil
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from argon2 import PasswordHasher
from playwright.async_api import Browser

from config.dispositions import Disposition
from config.macros import load_macros
from config.queues import load_queues
from config.settings import Settings
from config.settings_groups import Files
from ivr.recordings import Recordings as StoredFiles
from scripts.desk import CONNECTIONS
from scripts.desk_files import make_names, menu_picture
from scripts.files_beside import FilesBeside
from scripts.menu_tool import MenuTool
from tests.softphone import chromium
from tests.store.conftest import cluster, database, deadlines, desk, empty, migrated, sql
from tests.store.told import FRIDAY_3
from tests.web.fake_phone import FakePhone
from tests.web.visitor import Visitors
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
from tickets.cases.health import Condition, Health, Part
from tickets.cases.insight import Insight
from tickets.cases.line import Line
from tickets.cases.live import Live
from tickets.cases.month import MonthReports
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
from tickets.looks import Audit
from tickets.passwords import Passwords
from tickets.privacy.keeping import Retention, days_of
from tickets.sign_in import SignIn
from tickets.store import Store
from tickets.totp import Totp
from tickets.users import Users
from tickets.web.app import make_app
from tickets.web.desk import Desk, Options
from tickets.web.feed import Feed
from tickets.webhook_wire import Secrets

__all__ = ["cluster", "database", "deadlines", "desk", "empty", "migrated", "sql"]

NOW = FRIDAY_3 + timedelta(hours=2)
RECEIVERS = frozenset({"http://127.0.0.1:9", "https://crm.example.go.id"})


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    try:
        async with chromium.started() as browser:
            yield browser
    except chromium.NoChromium as why:
        pytest.skip(str(why))


@pytest.fixture
async def store(database: str) -> AsyncIterator[Store]:
    """As `saluran desk` opens it."""
    store = Store(database, settings=CONNECTIONS)
    yield store
    await store.close()


@pytest.fixture(scope="session")
def passwords() -> Passwords:
    """As quick as they can be: what is tried here is not how slow they are."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture(scope="session")
def totp() -> Totp:
    return Totp(b"a key of the tests")


@pytest.fixture
def users(store: Store, passwords: Passwords) -> Users:
    return Users(store, passwords, "operator")


@pytest.fixture
def the_time() -> Callable[[], datetime]:
    """`NOW`, and a millisecond later each time it is asked."""
    ticks = itertools.count()
    return lambda: NOW + timedelta(milliseconds=next(ticks))


@pytest.fixture
def options() -> Options:
    return Options(user_rate=1000, stranger_rate=1000)


@pytest.fixture
def phone() -> FakePhone:
    """The phone side, as a test says it is."""
    return FakePhone()


async def in_some_condition() -> Condition:
    """One part of each kind."""
    parts = (
        Part(subject="database", level="good", found="reachable, schema version 12"),
        Part(subject="service", level="bad", key="service_away", values={"where": "127.0.0.1:1"}),
        Part(subject="folder spool", level="bad", found="is not there", remedy="mkdir -p spool"),
        Part(
            subject="folder messages",
            level="bad",
            key="check_disk_full",
            values={"path": "/srv/messages", "free": "12 MB", "least": "500 MB"},
            found="/srv/messages has only 12 MB left",
            remedy="free at least 500 MB",
        ),
        Part(subject="backup", level="unknown", key="backup_unknown"),
    )
    return Condition(at=NOW, parts=parts)


@pytest.fixture
def menu_settings(tmp_path: Path) -> Settings:
    """An installation whose menu and calendar are its own: copies of the shipped ones."""
    (tmp_path / "flows").mkdir()
    shutil.copy("config/flows/hotline.yaml", tmp_path / "flows")
    shutil.copy("config/calendar.yaml", tmp_path)
    files = Files(
        flows=tmp_path / "flows",
        calendar=tmp_path / "calendar.yaml",
        spool=tmp_path / "spool",
        fallback=tmp_path / "pbx" / "fallback",
    )
    return Settings(state=tmp_path, files=files)


@pytest.fixture
def files(tmp_path: Path) -> StoredFiles:
    """The store of recordings and attachments, empty."""
    return StoredFiles(tmp_path / "recordings", bytes(range(32)))


@pytest.fixture
def web_desk(
    store: Store,
    phone: FakePhone,
    passwords: Passwords,
    totp: Totp,
    deadlines: Deadlines,
    the_time: Callable[[], datetime],
    menu_settings: Settings,
    files: StoredFiles,
) -> Desk:
    flow, menu = menu_settings.files.flows / "hotline.yaml", MenuTool(menu_settings)
    calls, callbacks, people = Calls(store), Callbacks(store, the_time), People(store)
    partner_secrets = Secrets(totp.derived(b"partners"))
    partners = Partners(store, partner_secrets, RECEIVERS, the_time)
    return Desk(
        store=store,
        clock=the_time,
        sign_in=SignIn(store, passwords, totp),
        tickets=Tickets(store),
        ticket_work=TicketWork(store, deadlines, the_time),
        people=people,
        calls=calls,
        callbacks=callbacks,
        line=Line(store, the_time),
        figures=Figures(store, the_time),
        audit=Audit(store),
        accounts=Accounts(store, passwords),
        health=Health(in_some_condition),
        agents=AgentWork(store, phone, the_time, {"11": Disposition(id="Selesai", en="Done")}),
        live=Live(store, phone, the_time),
        screen_pop=ScreenPop(store, calls, callbacks, people, the_time),
        feed=Feed(phone),
        trainings=Trainings(store, the_time),
        webhooks=Webhooks(store, Secrets(totp.derived(b"webhooks")), RECEIVERS),
        whatsapp_replies=WhatsAppReplies(store, the_time),
        partners=partners,
        handovers=Handovers(store, partners, deadlines, the_time),
        handover_inbox=HandoverInbox(store, partner_secrets, the_time),
        whatsapp_threads=WhatsAppThreads(store),
        insight=Insight(store, menu_picture(flow, menu)),
        month_reports=MonthReports(store, the_time),
        calendar=CalendarWork(store, menu_settings.files.calendar, the_time),
        queue_book=QueueBook(lambda: load_queues(menu_settings.files.queues)),
        names=make_names(store, menu_settings.files.queues, flow, menu),
        flows=FlowWork(store, flow, menu, the_time),
        recordings=Recordings(store, files, totp.derived(b"links"), the_time),
        attachments=Attachments(store, files, the_time),
        drafts=Drafts(store, the_time),
        saved_views=SavedViews(store, the_time),
        producers=Producers(store, the_time),
        referrals=Referrals(store, phone, the_time),
        producer_imports=ProducerImports(store, the_time),
        data_requests=DataRequests(store, the_time, files, FilesBeside(menu_settings)),
        consent_book=ConsentBook(store, the_time),
        personal_data=PersonalData(store, files, the_time),
        retention=RetentionPlan(Retention(store, files, days_of({})), the_time),
        macros=lambda: load_macros(Files().macros),
    )


@pytest.fixture
def app(web_desk: Desk, options: Options) -> web.Application:
    return make_app(web_desk, options)


@pytest.fixture
async def visitors(app: web.Application, users: Users) -> AsyncIterator[Visitors]:
    """People who come to the desk's address."""
    server = TestServer(app)
    await server.start_server()
    visitors = Visitors(str(server.make_url("/")), users)
    yield visitors
    await visitors.close()
    await server.close()
