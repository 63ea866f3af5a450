"""The measurement of a burst as a table for people or as JSON for programs."""

import json
from statistics import median

from rich.console import Console
from rich.table import Table

from scripts.benchmark.whatsapp import P95, BurstFound


def show_burst(found: BurstFound) -> None:
    """Print what was found beside what is wanted."""
    table = Table("What", "Found", "Wanted", title=f"{found.posted:,} requests")
    once = f"{found.messages:,} messages, {found.tickets:,} tickets"
    table.add_row("each message once", once, f"{found.load.webhooks:,}, {found.load.people:,}")
    table.add_row("out of order", f"{found.out_of_order}", "0")
    taken = f"{found.took_posting:.1f} s, {found.posted / found.took_posting:.0f} a second"
    table.add_row("taken", taken, "")
    worked = f"{found.took_all:.1f} s, {found.messages / found.took_all:.0f} a second"
    table.add_row("all on tickets", worked, "")
    table.add_row("told to a page", f"{len(found.to_page):,}", f"{found.load.webhooks:,}")
    if found.to_page:
        table.add_row("request to page, median", f"{median(found.to_page):.2f} s", "")
        table.add_row("request to page, p95", f"{found.p95:.2f} s", f"≤ {P95:.0f} s")
        table.add_row("request to page, longest", f"{max(found.to_page):.2f} s", "")
    console = Console()
    console.print(table)
    console.print("[green]met[/]" if found.within_targets else "[red]missed[/]")


def burst_as_json(found: BurstFound) -> None:
    """Print the numbers."""
    told = {
        "webhooks": found.load.webhooks,
        "requests": found.posted,
        "messages": found.messages,
        "tickets": found.tickets,
        "out_of_order": found.out_of_order,
        "posting_seconds": round(found.took_posting, 2),
        "all_seconds": round(found.took_all, 2),
        "to_page": len(found.to_page),
        "p95_seconds": round(found.p95, 3),
        "within_targets": found.within_targets,
    }
    print(json.dumps(told, indent=2))
