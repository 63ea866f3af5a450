"""A real Chromium for the tests: the machine's own, or the distribution's, unpacked once."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from scripts.embedded import packages
from scripts.embedded.asterisk import one_at_a_time
from scripts.embedded.errors import SetupError
from scripts.embedded.state import CACHE

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
FLAGS = (
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    # It would look for its maker's hosts at every start.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
)


class NoChromium(Exception):
    """There is none to be had here; says why."""


@dataclass(frozen=True)
class Chromium:
    program: str
    environment: dict[str, str] = field(default_factory=dict)


def find_or_fetch(cache: Path = CACHE) -> Chromium:
    """The machine's Chromium; without one the distribution's, unpacked once (about 250 MB).

    Raises NoChromium.
    """
    for name in NAMES:
        if (program := shutil.which(name)) and not Path(program).resolve().is_relative_to("/snap"):
            return Chromium(program)
    try:
        with one_at_a_time(cache / "chromium"):
            found = sorted((cache / "chromium").glob("[!.]*/usr/lib/chromium/chromium"))
            return _of_tree(found[-1] if found else _fetch(cache / "chromium"))
    except (SetupError, OSError) as error:
        raise NoChromium(f"no Chromium on the PATH, and none could be unpacked: {error}") from error


def _fetch(folder: Path) -> Path:
    # Only the machine's own release: a newer one would need another C library, and Chromium starts
    # itself anew too often to be led by a program loader of its own.
    with packages.apt(packages.machine_sources()[0]) as apt:
        version = apt.version("chromium")
        if version is None:
            raise SetupError("this distribution has no package chromium")
        tree = folder / version.partition("~")[0]
        packages.unpack(apt.download("chromium"), tree)
        return tree / "usr/lib/chromium/chromium"


def _of_tree(program: Path) -> Chromium:
    tree = program.parents[3]
    libraries = [*tree.glob("usr/lib/*-linux-gnu*"), *tree.glob("lib/*-linux-gnu*"), program.parent]
    return Chromium(
        str(program),
        {
            "LD_LIBRARY_PATH": os.pathsep.join(map(str, libraries)),
            "FONTCONFIG_SYSROOT": str(tree),
        },
    )


@asynccontextmanager
async def started(microphone: Path | None = None) -> AsyncIterator[Browser]:
    """A headless one whose microphone hears a WAV file again and again. Raises NoChromium."""
    hears = [f"--use-file-for-fake-audio-capture={microphone}"] if microphone else []
    chromium = await asyncio.to_thread(find_or_fetch)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium.program,
            env={**os.environ, **chromium.environment},
            # As root there is no sandbox; pages of our own alone are opened.
            chromium_sandbox=os.geteuid() != 0,
            args=[*FLAGS, *hears],
        )
        try:
            yield browser
        finally:
            await browser.close()
