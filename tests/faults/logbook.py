"""What the service writes into its log from a moment on."""

import asyncio
import json
from typing import Any

from tests.calls.hotline import Hotline

Event = dict[str, Any]
PATIENCE = 40.0
"""Seconds that an event may take to come."""


class Logbook:
    def __init__(self, hotline: Hotline) -> None:
        self._hotline = hotline
        self._seen = len(hotline.log()) if hotline.installation.state.log("service").exists() else 0

    def text(self) -> str:
        return self._hotline.log()[self._seen :]

    def events(self, name: str = "") -> list[Event]:
        """All events from that moment on, or those of one name."""
        lines = [line for line in self.text().splitlines(keepends=True) if line.endswith("\n")]
        found = [json.loads(line) for line in lines]
        return [event for event in found if name in ("", event["event"])]

    async def tells(self, name: str, **wanted: Any) -> Event:
        """Wait for an event with these fields."""
        async with asyncio.timeout(PATIENCE):
            while True:
                for event in self.events(name):
                    if wanted.items() <= event.items():
                        return event
                await asyncio.sleep(0.05)
