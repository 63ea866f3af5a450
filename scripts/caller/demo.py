"""`scripts/demo --call`: ring the line as a caller who wants a callback, and tell the story."""

import secrets
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from config.prompts import Catalogue
from scripts.caller.call import Call, NotHeard
from scripts.caller.phone import Dialled, Phone
from scripts.caller.proof import Proof, look_up, show
from scripts.embedded.state import CACHE

ANSWERS = {
    "consent": "1",
    "main-menu": "0",
    "closed-menu": "1",
    "number-right": "1",
    "message-offer": "2",
    "more": "2",
}
"""What the caller presses when they hear it."""
READ_OUT = {"number-we-call": 12, "ticket-number": 8, "ticket-pin": 4}
"""After these so many digits are read out."""
TOLD = (
    *(f"greeting-{part}" for part in ("morning", "noon", "afternoon", "evening")),
    *("institution", "connecting", "all-busy", "closed", "closed-today", "closed-emergency"),
    *("hours-open", "number-enter", "promise-call", "promise-soon", "promise-kept-anyway"),
    *("ticket-again", "apology", "silence", "invalid", "fallback-open"),
    "fallback-message",
)
ENDS = ("goodbye", "fallback-thanks")
LONGEST_PAUSE = 40.0
"""Seconds without anything known: the hours are spoken in three zones."""


class Story:
    """Prints what happens, each with its second of the call."""

    def __init__(self, console: Console, texts: Catalogue) -> None:
        self._console = console
        self._texts = texts
        self._began = time.monotonic()

    def heard(self, prompt: str, language: str) -> None:
        words = escape(self._texts.text(prompt, language))
        self._line("[green]heard[/]", f"{words} [cyan dim]({prompt})[/]")

    def read_out(self, digits: str) -> None:
        pairs = [digits[at : at + 2] for at in range(0, len(digits), 2)]
        self._line("[green]heard[/]", f"[bold]{' '.join(pairs)}[/]")

    def pressed(self, key: str) -> None:
        self._line("[yellow]pressed[/]", f"[bold yellow]{key}[/]")

    def told(self, words: str) -> None:
        self._line("", words)

    def _line(self, what: str, words: str) -> None:
        line = Table.grid(padding=(0, 2))
        line.add_column(width=8, justify="right", style="dim")
        line.add_column(width=7)
        line.add_column(ratio=1)
        line.add_row(f"{time.monotonic() - self._began:.1f} s", what, words)
        self._console.print(line)


async def demo_call(endpoints: Mapping[str, Any], sounds: Path = CACHE / "sounds") -> int:
    """Make the call and print it; 0 only if the ticket that was read out is in the database."""
    console = Console()
    state = Path(endpoints["asterisk"]["config"]).parents[1]
    line = Dialled(endpoints["number"], endpoints["sip"]["host"], endpoints["sip"]["port"])
    # Another caller each time, for one number has one request: asking again confirms it.
    number = f"0812{secrets.randbelow(10**8):08}"
    console.print(f"\nRinging {line.number} at {line.host}:{line.port} as {number} …\n")
    try:
        async with Phone(line, sounds, state / "log") as phone, phone.dials(caller=number) as call:
            proof = await _asks_for_a_callback(call, Story(console, Catalogue.load()), number)
            recording = call.saved()
    except (NotHeard, TimeoutError, ConnectionError) as failure:
        console.print("\n[red]The call failed:[/]", escape(str(failure)), soft_wrap=True)
        console.print(f"The service's log is {state / 'log/service.log'}.", soft_wrap=True)
        return 1
    console.print(f"\nListen to it: {recording}\n", soft_wrap=True)
    return show(console, proof, await look_up(endpoints["database"], proof))


async def _asks_for_a_callback(call: Call, story: Story, number: str) -> Proof:
    """Whatever is heard is answered as somebody would who wants to be called back."""
    digits: dict[str, str] = {}
    known = [*ANSWERS, *READ_OUT, *TOLD, *ENDS]
    story.told("answered")
    while True:
        heard = await call.hears_one_of(known, timeout=LONGEST_PAUSE)
        story.heard(heard, call.language)
        if heard in READ_OUT:
            digits[heard] = await call.reads_digits(READ_OUT[heard])
            story.read_out(digits[heard])
        elif heard == "number-enter":
            await _presses(call, story, f"{number}#")
        elif heard in ANSWERS:
            await _presses(call, story, ANSWERS[heard])
        elif heard in ENDS:
            await call.ends()
            story.told("the line hangs up")
            return Proof(number, digits.get("ticket-number"), digits.get("ticket-pin"), heard)


async def _presses(call: Call, story: Story, keys: str) -> None:
    await call.presses(keys)
    story.pressed(keys)
