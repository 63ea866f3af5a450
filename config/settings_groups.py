"""The groups of the settings, field by field; `config.settings` puts them together."""

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from config.problems import wrong

CHECKOUT = Path(__file__).resolve().parents[1]

Category = Literal[
    "GANTI", "STOK", "INFO", "DARING", "SELUNDUP", "TERTIB", "LAYANAN", "LATIH", "KUR", "UMUM"
]
Port = Annotated[int, Field(ge=1, le=65535)]
Days = Annotated[int, Field(ge=1, le=366)]
Minutes = Annotated[int, Field(ge=1, le=7 * 24 * 60)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$")]

WORKING_DAYS: dict[Category, int] = {
    "GANTI": 14,
    "STOK": 14,
    "INFO": 5,
    "DARING": 14,
    "SELUNDUP": 60,
    "TERTIB": 60,
    "LAYANAN": 14,
    "LATIH": 14,
    "KUR": 14,
    "UMUM": 14,
}


def _completed(days: Any) -> Any:
    return {**WORKING_DAYS, **days} if isinstance(days, Mapping) else days


def _without_password(url: str | None) -> str | None:
    if url and urlsplit(url).password:
        raise wrong("the address holds a password", "put the address into `url_file` instead")
    return url


class Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Pbx(Group):
    name: Name = "pbx1"
    """This PBX's name: with a channel's unique id it names a call for ever, so never reuse it."""
    host: str = "127.0.0.1"
    """Where its manager interface (AMI) listens."""
    port: Port = 5038
    user: str = "saluran"
    """The manager user, as in `manager.conf`."""
    secret_file: Path = Path("secrets/ami")
    """Holds the manager user's secret; mode 0600."""
    tls: bool = False
    """Speak TLS to the manager interface."""
    ca_file: Path | None = None
    """The certificate authority that signed the PBX's certificate; the system's when absent."""
    messages: Path = Path("pbx/messages")
    """The folder where the PBX records messages, by its path on the PBX."""
    trunk: Annotated[
        str, Field(pattern=r"^[A-Za-z0-9]+/[A-Za-z0-9_.:@/-]*\{number\}[A-Za-z0-9_.:@/-]*$")
    ] = "PJSIP/{number}@carrier"
    """How the PBX dials a person; `{number}` is the number as dialled in Indonesia, `0812…`."""


class Database(Group):
    url: Annotated[str | None, AfterValidator(_without_password)] = None
    """`postgresql://…` without a password; takes the place of `url_file`."""
    url_file: Path = Path("secrets/database")
    """Holds the whole `postgresql://…` address with its password; mode 0600."""
    connections_max: Annotated[int, Field(ge=1, le=1000)] = 10
    """Connections at most."""


class Phones(Group):
    """What holds for the phones of all agents."""

    media_encryption: Literal["no", "sdes", "dtls"] = "no"
    """`sdes` (SRTP with keys in SIP: only with TLS) or `dtls`; every phone must then speak it."""
    media_address: IPv4Address | IPv6Address | None = None
    """The PBX's address for their audio; unless given, the one that SIP uses."""
    permit: tuple[IPv4Network | IPv6Network, ...] = ()
    """Networks that phones may register and call from; anywhere when empty."""
    web_socket: Annotated[str, Field(pattern=r"^wss?://[^\s?#]+$")] | None = None
    """The PBX's WebSocket as agents' browsers reach it, `wss://pbx.example/ws`; without it nobody
    telephones in the browser."""
    key_hours: Annotated[int, Field(ge=1, le=168)] = 12
    """So long the key holds that the page gives to the phone in it: a shift."""
    dial: tuple[Annotated[str, Field(pattern=r"^0[1-9][0-9]{0,10}$")], ...] = ()
    """Beginnings of the Indonesian numbers that agents may dial themselves; none when empty."""


class Http(Group):
    host: str = "127.0.0.1"
    """Health, readiness and metrics listen here; put a proxy before it to show it to others."""
    port: Port = 8587
    key_file: Path = Path("secrets/desk.key")
    """Holds the key by which `saluran desk` is let in here; mode 0600. Without it it is not."""


def _https(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
        raise wrong("this is no address of a site", "write it like https://meja.example.go.id")
    return address.rstrip("/")


class Web(Group):
    """The desk's pages and API, which `saluran desk` serves."""

    host: str = "127.0.0.1"
    """They listen here; put a proxy with TLS before them to show them to others."""
    port: Port = 8588
    address: Annotated[str | None, AfterValidator(_https)] = None
    """How browsers reach them, `https://…`; on this machine alone unless given."""
    proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    """Networks of the proxies whose `X-Forwarded-For` is believed."""
    key_file: Path = Path("secrets/web.key")
    """Holds the key that second factors are encrypted with; mode 0600. Made at the first start."""
    connections_max: Annotated[int, Field(ge=1, le=1000)] = 10
    """Connections to PostgreSQL at most."""
    caller: bool = False
    """Every page has a button that calls the line. For the demo, whose PBX has a caller without a
    password: on this machine alone, never with an `address`."""

    @model_validator(mode="after")
    def _caller_is_here(self) -> "Web":
        if self.caller and (self.address or self.host not in ("127.0.0.1", "::1")):
            raise wrong(
                "others could reach a page that calls the line",
                "take `caller` away, or `address` and `host`",
            )
        return self


RoleName = Literal["agent", "supervisor", "liaison", "operator", "auditor"]


def _issuer(address: str) -> str:
    parts = urlsplit(address)
    on_loopback = parts.hostname in ("127.0.0.1", "localhost", "::1")
    by = ("https", "http") if on_loopback else ("https",)
    if parts.scheme not in by or not parts.hostname or parts.query or parts.fragment:
        raise wrong("this is no provider by HTTPS", "write it as the provider calls itself")
    return address


class Oidc(Group):
    """Signing in to the desk by an OpenID provider (docs/desk.md)."""

    issuer: Annotated[str, AfterValidator(_issuer)]
    """As the provider calls itself, to the letter: `https://sso.example.go.id/realms/x`."""
    client_id: Annotated[str, Field(min_length=1)]
    secret_file: Path | None = None
    """Holds the client's secret, mode 0600; none for a client without one."""
    name: Annotated[str, Field(pattern=r"^[^\x00-\x1f]{1,40}$")] = "SSO"
    """What people call it: `Masuk dengan NAME`."""
    scopes: tuple[str, ...] = ("openid", "profile")
    login_claim: str = "preferred_username"
    """What becomes the login of a new account."""
    groups_claim: str = "groups"
    roles: dict[str, RoleName]
    """By the provider's groups; the first that somebody is in counts, and none lets nobody in."""
    skew_seconds: Annotated[float, Field(ge=0, le=300)] = 60.0
    """So much may the provider's clock differ."""


def _sites(addresses: frozenset[str]) -> frozenset[str]:
    for address in addresses:
        parts = urlsplit(_https(address))
        plain = parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "localhost", "::1")
        if plain or parts.username or parts.query or parts.fragment:
            message = f"{address} is no site by HTTPS"
            raise wrong(message, "write it like https://crm.example.go.id; http is for loopback")
    return frozenset(address.rstrip("/") for address in addresses)


class Webhooks(Group):
    """Others' programs that the desk tells what happens (docs/webhooks.md)."""

    origins: Annotated[frozenset[str], AfterValidator(_sites)] = frozenset()
    """Sites that may be told anything at all, like `https://crm.example.go.id`; none by default."""
    seconds: Annotated[float, Field(gt=0, le=30)] = 10.0
    """So long one has to answer."""
    give_up_hours: Annotated[int, Field(ge=1, le=8760)] = 72
    """One that took nothing for so long is disabled."""
    kept_days: Annotated[int, Field(ge=1, le=366)] = 30
    """So long what happened can be told again."""


class Files(Group):
    """Where things are; relative paths are meant from the state folder."""

    spool: Path = Path("spool")
    """Facts wait here while PostgreSQL is away."""
    numbers: Path = Path("numbers.json")
    """The block of ticket numbers that this service holds."""
    recordings: Path = Path("recordings")
    """The store of encrypted messages."""
    pin_key: Path = Path("secrets/pin.key")
    """Holds the key that PINs are hashed with; mode 0600."""
    recordings_key: Path = Path("secrets/recordings.key")
    """Holds the key that recordings are encrypted with; mode 0600. Lost key, lost recordings."""
    messages: Path = Path("pbx/messages")
    """The PBX's folder of messages (`pbx.messages`), by its path on this machine."""
    fallback: Path = Path("pbx/fallback")
    """What the PBX took alone, waiting to be imported."""
    callbacks: Path = Path("pbx/callbacks")
    """What the PBX notes of each attempt to call a person back."""
    introductions: Path = Path("pbx/introductions")
    """What the PBX notes of each call of a trader, a producer and an agent."""
    stays: Path = Path("pbx/stays")
    """What the PBX notes of each stay in a queue."""
    talks: Path = Path("pbx/talks")
    """Where the PBX records talks, with the caller's consent; emptied into `recordings`."""
    hours: Path = Path("pbx/hours")
    """The opening hours, written for the PBX to use alone."""
    pbx_config: Path = Path("pbx/config")
    """Queues and agents' phones, written for the PBX to include; readable by it alone."""
    cdr: Path = Path("asterisk/log/cdr-csv/Master.csv")
    """Asterisk's call detail records, for the audit."""
    flows: Path = CHECKOUT / "config/flows"
    """The folder of menus."""
    queues: Path = CHECKOUT / "config/queues.yaml"
    """The queues."""
    dispositions: Path = CHECKOUT / "config/dispositions.yaml"
    """What an agent may say became of a talk."""
    macros: Path = CHECKOUT / "config/macros.yaml"
    """What agents write often, with places for what a ticket says."""
    calendar: Path = CHECKOUT / "config/calendar.yaml"
    """Hours, holidays and their overrides."""
    prompts: Path = CHECKOUT / "config/prompts"
    """The catalogue of prompts and its masters."""
    human_recordings: Path | None = None
    """A folder `LANGUAGE/ID.wav` of recordings that replace masters prompt by prompt."""
    sounds: Path = CHECKOUT / ".state/cache/sounds"
    """Prompts in the formats that the PBX plays, made by the set-up."""


Retained = Annotated[int, Field(ge=1, le=36_500)]


class Log(Group):
    format: Literal["json", "console"] = "json"
    level: Literal["debug", "info", "warning", "error"] = "info"


class Waiting(Group):
    """What holds for callers in all queues; what differs is in `queues.yaml`."""

    sticky_days: Annotated[int, Field(ge=0, le=365)] = 7
    """Who spoke with an agent so lately is offered to that agent first; 0: never."""
    sticky_seconds: Annotated[int, Field(ge=5, le=120)] = 20
    """For so long, and only if the agent is free; then to all others."""
    repeated_priority: Annotated[int, Field(ge=0, le=10)] = 1
    """Priority of who calls again on the same day; 0: none."""
    rating: bool = False
    """Ask the caller after the talk how satisfied they are."""


class Callbacks(Group):
    abandoned_seconds: Annotated[int, Field(ge=0, le=3600)] = 10
    """Who hangs up in a queue sooner asked for nothing, and is not called back."""
    late_minutes: Annotated[int, Field(ge=0, le=1440)] = 15
    """A callback first dialled so long after the promised time counts as late."""
    attempts: Annotated[int, Field(ge=1, le=20)] = 3
    """So often a person is dialled who does not answer; then it is a task for an officer."""
    again_minutes: Annotated[tuple[Minutes, ...], Field(min_length=1, max_length=20)] = (60, 1440)
    """From one attempt to the next, the last for all that follow; when closed, the next opening."""
    busy_minutes: Minutes = 10
    """The same after a busy line."""
    ring_seconds: Annotated[int, Field(ge=5, le=120)] = 30
    """How long the person's phone rings."""
    early_seconds: Annotated[float, Field(ge=0, le=30)] = 3.0
    """Who hangs up sooner was not spoken with, and is called again."""
    refuse_seconds: Annotated[int, Field(ge=1, le=10)] = 1
    """After the whisper an officer has so long to refuse; any other key dials at once."""
    refusable: bool = True
    """A callback may be refused once, and waits in its place for the next officer."""
    machines: bool = False
    """Recognise answering machines; everybody then hears up to some seconds of silence."""
    never: tuple[Annotated[str, Field(pattern=r"^\+[1-9][0-9]{6,14}$")], ...] = ()
    """Numbers that are never called back, as `+62…`: the office's own."""


class Slots(Group):
    """The times that a caller may choose to be called at."""

    minutes: Annotated[int, Field(ge=5, le=480)] = 60
    """How long a slot is: the hours are cut into pieces of it."""
    capacity: Annotated[int, Field(ge=1, le=1000)] = 2
    """So many callers fit into a slot."""
    notice_minutes: Annotated[int, Field(ge=0, le=7 * 24 * 60)] = 60
    """No slot is offered that begins sooner."""
    offered: Annotated[int, Field(ge=1, le=5)] = 3
    """So many are told at once, each with its key."""


class Deadlines(Group):
    """In working days of the calendar."""

    first_response: Days = 3
    """Until somebody has answered the caller for the first time."""
    categories: Annotated[dict[Category, Days], BeforeValidator(_completed)] = WORKING_DAYS
    """Until a ticket of a category is dealt with; categories not named keep their default."""
