"""The machine under the service: its keys, folders, disk and clock."""

import os
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from config.documents import ConfigError
from config.settings import Settings
from scripts.check.finding import Finding, wrong

LEAST_FREE = 500_000_000
"""Bytes: what a day of messages and a spool of an evening without PostgreSQL may take."""
NEVER_BEFORE = datetime(2026, 1, 1, tzinfo=UTC)
"""This release is younger; a clock that says less was never set."""


def keys(settings: Settings) -> list[Finding]:
    """The keys of PINs and recordings are there, and nobody else can read them."""
    try:
        settings.pin_key()
        settings.recordings_key()
    except ConfigError as error:
        return wrong("keys", error)
    place = settings.files.pin_key.parent
    told = f"readable by their owner alone, in {place}"
    return [Finding("keys", told, key="keys", values={"place": str(place)})]


def folders(settings: Settings) -> list[Finding]:
    """Every folder that the service writes to takes a file, and has room."""
    files = settings.files
    named = {
        "spool": files.spool,
        "recordings": files.recordings,
        "messages": files.messages,
        "fallback": files.fallback,
        "callbacks": files.callbacks,
        "introductions": files.introductions,
        "stays": files.stays,
        "talks": files.talks,
        "hours": files.hours,
        "pbx_config": files.pbx_config,
    }
    return [_folder(name, path) for name, path in named.items()]


def _folder(name: str, path: Path) -> Finding:
    subject, where = f"folder {name}", {"path": str(path), "user": str(os.geteuid())}
    if not path.is_dir():
        remedy = f"mkdir -p {path}, owned by the service (docs/operate.md 2: shared with the PBX)"
        return Finding(subject, f"{path} is not there", remedy, "folder_absent", where)
    try:
        with tempfile.TemporaryFile(dir=path) as file:
            file.write(b"saluran")
            file.flush()
    except OSError as error:
        remedy = f"let user {os.geteuid()} write there, or free the disk"
        where |= {"why": error.strerror or ""}
        found = f"{path} takes no file: {error.strerror}"
        return Finding(subject, found, remedy, "folder_shut", where)
    free = shutil.disk_usage(path).free
    if free < LEAST_FREE:
        remedy = f"free at least {LEAST_FREE // 10**6} MB"
        where |= {"free": f"{free // 10**6} MB", "least": f"{LEAST_FREE // 10**6} MB"}
        return Finding(subject, f"{path} has only {where['free']} left", remedy, "disk_full", where)
    where |= {"free": f"{free / 10**9:.1f} GB"}
    return Finding(subject, f"{path}, {where['free']} free", key="folder", values=where)


def clock(settings: Settings) -> list[Finding]:
    """The time is one of this age, and the zones that callers hear are known."""
    now = settings.clock.now()
    if now < NEVER_BEFORE:
        found, values = f"it is {now:%Y-%m-%d} here", {"at": f"{now:%Y-%m-%d}"}
        return [Finding("clock", found, "set the clock: timedatectl", "clock_unset", values)]
    try:
        wib = now.astimezone(ZoneInfo("Asia/Jakarta"))
    except ZoneInfoNotFoundError:
        found = "the zone Asia/Jakarta is not known"
        return [Finding("clock", found, "install tzdata", "no_zone")]
    moved = f", moved by {settings.clock_offset:.0f} s" if settings.clock_offset else ""
    key = "clock_moved" if moved else "clock"
    values = {"at": f"{wib:%Y-%m-%d %H:%M:%S} WIB", "by": f"{settings.clock_offset:.0f}"}
    return [Finding("clock", f"{values['at']}{moved}", key=key, values=values)]
