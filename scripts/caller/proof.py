"""What the database says of the demo's call."""

import asyncio
from dataclasses import dataclass
from typing import Any

import asyncpg
from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from config.phones import normalise
from config.speech import WIB

PATIENCE = 15.0
"""Seconds that the call's last fact may take to its row."""
TICKET = """
    SELECT t.number, t.category, t.phone, t.status, t.opened_at, t.deadline, t.call,
           b.due, c.outcome
      FROM ticket t JOIN call c ON c.id = t.call LEFT JOIN callback b ON b.ticket = t.id
     WHERE t.number = $1 AND c.ended_at IS NOT NULL
"""
STEPS = "SELECT step, event, detail FROM call_step WHERE call = $1 ORDER BY seq"


@dataclass(frozen=True, slots=True)
class Proof:
    """What the caller knows after the call, from the audio alone."""

    phone: str
    number: str | None
    pin: str | None
    last: str
    """The last prompt that was heard."""


@dataclass(frozen=True, slots=True)
class Written:
    """The ticket and the story of its call, as their rows tell them."""

    ticket: asyncpg.Record
    steps: list[asyncpg.Record]


async def look_up(database: str, proof: Proof) -> Written | None:
    """The rows of the ticket whose number was read out; None when there are none in time."""
    if proof.number is None:
        return None
    connection = await asyncpg.connect(database)
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                if ticket := await connection.fetchrow(TICKET, proof.number):
                    return Written(ticket, await connection.fetch(STEPS, ticket["call"]))
                await asyncio.sleep(0.1)
    except TimeoutError:
        return None
    finally:
        await connection.close()


def show(console: Console, proof: Proof, written: Written | None) -> int:
    """Print the ticket; the command's exit code."""
    if written is None:
        console.print(f"[red]No ticket came of it:[/] {_why_not(proof)}")
        return 1
    ticket = written.ticket
    console.print(Panel(_table(ticket, proof), title="The ticket in PostgreSQL", expand=False))
    console.print(f"[bold]The call, step by step:[/] {_told(written.steps)}\n", soft_wrap=True)
    if ticket["phone"] != normalise(proof.phone):
        console.print(f"[red]It would call {ticket['phone']} and not {proof.phone}.[/]")
        return 1
    return 0


def _table(ticket: asyncpg.Record, proof: Proof) -> Table:
    table = Table.grid(padding=(0, 2))
    rows: dict[str, Any] = {
        "Number": f"[bold]{ticket['number']}[/] (PIN {proof.pin}, as it was heard)",
        "Category": ticket["category"],
        "Status": ticket["status"],
        "Call back": ticket["phone"],
        "Due": _moment(ticket["due"]),
        "To be settled by": _moment(ticket["deadline"]),
        "The call ended in": ticket["outcome"],
    }
    for name, value in rows.items():
        table.add_row(name, str(value))
    return table


def _told(steps: list[asyncpg.Record]) -> str:
    """`main: key 0 → operator: unstaffed → …`."""
    told = [
        f"[cyan]{row['step']}[/]" if row["event"] == "entered" else _happened(row) for row in steps
    ]
    return " → ".join(told)


def _happened(row: asyncpg.Record) -> str:
    return f"{row['event']} {row['detail']}".strip()


def _moment(at: Any) -> str:
    return at.astimezone(WIB).strftime("%A, %d %B %Y, %H:%M WIB") if at else "–"


def _why_not(proof: Proof) -> str:
    if proof.last == "fallback-thanks":
        return (
            "the service was away and the PBX took the request alone. It becomes a ticket when"
            " the service starts: scripts/saluran serve --state DIR"
        )
    if proof.number is None:
        return "no ticket number was read out; scripts/saluran calls list shows how far it came"
    return f"the number {proof.number} was read out, and no such ticket is in the database"
