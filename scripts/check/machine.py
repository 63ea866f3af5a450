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
    return [Finding("keys", f"readable by their owner alone, in {settings.files.pin_key.parent}")]


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
    subject = f"folder {name}"
    if not path.is_dir():
        remedy = f"mkdir -p {path}, owned by the service (docs/operate.md 2: shared with the PBX)"
        return Finding(subject, f"{path} is not there", remedy)
    try:
        with tempfile.TemporaryFile(dir=path) as file:
            file.write(b"saluran")
            file.flush()
    except OSError as error:
        remedy = f"let user {os.geteuid()} write there, or free the disk"
        return Finding(subject, f"{path} takes no file: {error.strerror}", remedy)
    free = shutil.disk_usage(path).free
    if free < LEAST_FREE:
        remedy = f"free at least {LEAST_FREE // 10**6} MB"
        return Finding(subject, f"{path} has only {free // 10**6} MB left", remedy)
    return Finding(subject, f"{path}, {free / 10**9:.1f} GB free")


def clock(settings: Settings) -> list[Finding]:
    """The time is one of this age, and the zones that callers hear are known."""
    now = settings.clock.now()
    if now < NEVER_BEFORE:
        return [Finding("clock", f"it is {now:%Y-%m-%d} here", "set the clock: timedatectl")]
    try:
        wib = now.astimezone(ZoneInfo("Asia/Jakarta"))
    except ZoneInfoNotFoundError:
        return [Finding("clock", "the zone Asia/Jakarta is not known", "install tzdata")]
    moved = f", moved by {settings.clock_offset:.0f} s" if settings.clock_offset else ""
    return [Finding("clock", f"{wib:%Y-%m-%d %H:%M:%S} WIB{moved}")]
