"""Everything that is fetched or built once for all states: Asterisk, PostgreSQL, sounds."""

import os
import sys
from pathlib import Path

from config.documents import ConfigError
from config.prompts import Catalogue
from scripts.embedded import asterisk, postgres
from scripts.embedded.errors import SetupError
from scripts.embedded.privileges import CHECKOUT
from scripts.embedded.progress import counted
from scripts.embedded.state import CACHE
from scripts.sounds import build_sounds


def set_up() -> None:
    """Fetch and build what is missing; raises SetupError and ConfigError with a remedy."""
    asterisk.find_or_fetch()
    postgres.find_or_fetch()
    make_sounds(CACHE / "sounds")


def make_sounds(target: Path) -> None:
    """Bring the sounds that the PBX plays up to date with the masters."""
    if target.is_dir() and not os.access(target, os.W_OK):
        return  # made by root at its set-up, and read by all
    tell, end = counted("Sounds: the formats that play without transcoding")
    build_sounds(Catalogue.load(CHECKOUT / "config/prompts"), target, None, tell)
    end()


if __name__ == "__main__":
    try:
        set_up()
    except (SetupError, ConfigError) as error:
        sys.exit(f"saluran: {error}")
