"""What the service must reach: PostgreSQL and the PBX."""

import ssl
from collections.abc import Iterator

from config.documents import ConfigError
from config.settings import Pbx, Settings
from ivr.ami_probe import Probe, probe
from ivr.ami_transport import AmiAddress
from scripts.check.finding import Finding, wrong
from tickets.errors import SchemaNewer, StoreAway
from tickets.migrate import schema_version
from tickets.versions import KNOWN, refuse_newer


async def database(settings: Settings) -> Finding:
    """PostgreSQL answers, and has the schema of this release."""
    try:
        version = await schema_version(settings.database_url().get_secret_value())
        refuse_newer(version)
    except ConfigError as error:
        return wrong("database", error)[0]
    except SchemaNewer as error:
        return Finding("database", *_parted(str(error)))
    except StoreAway as error:
        return Finding("database", *_parted(str(error)))
    if version < KNOWN:
        found = f"the schema has version {version}, this release needs {KNOWN}"
        values = {"version": str(version), "known": str(KNOWN)}
        return Finding("database", found, "run `saluran migrate`", "schema_old", values)
    told, values = f"reachable, schema version {version}", {"version": str(version)}
    return Finding("database", told, key="database", values=values)


async def pbx(settings: Settings) -> list[Finding]:
    """The manager interface lets us in, with the rights we need and no others."""
    name = f"pbx {settings.pbx.name}"
    try:
        secret = settings.pbx_secret().get_secret_value()
    except ConfigError as error:
        return wrong(name, error)
    found = await probe(_address(settings.pbx), settings.pbx.user, secret)
    if found.problem:
        return [Finding(name, *_parted(found.problem))]
    rights = list(_rights(name, found))
    ami = {"ami": found.version or "?"}
    told = f"reachable (AMI {found.version}), exactly the rights needed"
    return rights or [Finding(name, told, key="pbx", values=ami)]


def _address(settings: Pbx) -> AmiAddress:
    tls = ssl.create_default_context(cafile=settings.ca_file) if settings.tls else None
    return AmiAddress(settings.host, settings.port, tls)


def _rights(name: str, found: Probe) -> Iterator[Finding]:
    for kind, missing, beyond in (
        ("read", found.missing_read, found.superfluous_read),
        ("write", found.missing_write, found.superfluous_write),
    ):
        if missing:
            rights = ", ".join(sorted(missing))
            told, remedy = (
                f"the user has no {kind} right: {rights}",
                f"add it to `{kind}=` of the user",
            )
            values = {"kind": kind, "rights": rights}
            yield Finding(name, told, remedy, "ami_missing", values)
        if beyond:
            rights = ", ".join(sorted(beyond))
            told, remedy = (
                f"needless {kind} rights: {rights}",
                f"take them from `{kind}=` of the user",
            )
            values = {"kind": kind, "rights": rights}
            yield Finding(name, told, remedy, "ami_beyond", values)


def _parted(message: str) -> tuple[str, str]:
    """An error's message and the remedy at its end."""
    for mark in (" — ", "; ", ": "):
        if mark in message:
            found, _, remedy = message.partition(mark)
            return found, remedy
    return message, "see the log of the other side"
