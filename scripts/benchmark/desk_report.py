"""The measurement of the desk as a table for people or as JSON for programs."""

import json
from statistics import median

from rich.console import Console
from rich.table import Table

from scripts.benchmark.desk_found import P95_MS, RATIO, DeskFound


def show_desk(found: DeskFound) -> None:
    """Print what was found beside what is wanted."""
    table = Table("Question", "bare, ms", "API, ms", "ratio", "from – to", "", title="API and bare")
    for name, pair in found.pairs.items():
        ours, bare = pair.medians_ms
        ratios = pair.ratios
        table.add_row(
            name,
            f"{bare:.2f}",
            f"{ours:.2f}",
            f"× {pair.ratio:.2f}",
            f"{min(ratios):.2f} – {max(ratios):.2f}",
            _verdict(pair.ratio <= RATIO, f"≤ × {RATIO}"),
        )
    lists = Table("List or search", "median, ms", "p95, ms", "", title=f"{found.tickets:,} tickets")
    for name, seconds in found.lists.items():
        p95 = found.p95_ms(name)
        lists.add_row(
            name,
            f"{median(seconds) * 1000:.1f}",
            f"{p95:.1f}",
            _verdict(p95 <= P95_MS, f"≤ {P95_MS:.0f} ms"),
        )
    console = Console()
    console.print(table, lists)
    console.print("Medians of rounds, asked by turns; ratios count, milliseconds do not.")


def desk_as_json(found: DeskFound) -> None:
    """Print the numbers."""
    pairs = {}
    for name, pair in found.pairs.items():
        ours, bare = pair.medians_ms
        pairs[name] = {
            "ours_ms": round(ours, 3),
            "bare_ms": round(bare, 3),
            "ratio": round(pair.ratio, 3),
            "ratios": [round(ratio, 3) for ratio in pair.ratios],
        }
    told = {
        "tickets": found.tickets,
        "pairs": pairs,
        "p95_ms": {name: round(found.p95_ms(name), 2) for name in found.lists},
        "within_targets": found.within_targets,
    }
    print(json.dumps(told, indent=2))


def _verdict(met: bool, target: str) -> str:
    return f"[green]met[/] ({target})" if met else f"[red]missed[/] ({target})"
