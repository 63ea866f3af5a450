"""The measurement as a table for people or as JSON for programs."""

import json
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from scripts.benchmark import found as targets
from scripts.benchmark.found import Found, Kind


def show(found: Found) -> None:
    """Print what was found beside what is wanted."""
    table = Table("Measure", "dialplan", "ours", "compared", "target", "", title="A call")
    native, ours = found.native.delay_ms, found.ours.delay_ms
    _row(
        table,
        "CPU per call, ms (median of the rounds)",
        f"{found.native.cpu_ms:.1f}",
        f"{found.ours.cpu_ms:.1f}",
        f"× {found.cpu_ratio:.2f}",
        targets.CPU_RATIO - found.cpu_ratio,
        f"≤ × {targets.CPU_RATIO}",
    )
    for name, before, after in zip(("least", "median"), native, ours, strict=False):
        table.add_row(
            f"Key to audio, ms ({name})",
            f"{before:.0f}",
            f"{after:.0f}",
            f"{after - before:+.0f} ms, × {after / before:.2f}",
        )
    _row(
        table,
        "Key to audio, ms (p99)",
        f"{native[2]:.0f}",
        f"{ours[2]:.0f}",
        f"{found.later_ms:+.0f} ms, × {ours[2] / native[2]:.2f}",
        targets.LATER_MS - found.later_ms,
        f"≤ +{targets.LATER_MS:.0f} ms",
    )
    left = targets.IDLE_MB - found.idle_mb
    _row(table, "Service, idle", "", f"{found.idle_mb:.0f} MB", "", left, "≤ 120 MB")
    _row(
        table,
        f"Service, per call in a menu ({found.standing} calls)",
        "",
        f"{found.call_kb:.0f} kB",
        "",
        targets.CALL_KB - found.call_kb,
        "≤ 50 kB",
    )
    console = Console()
    console.print(table)
    console.print(f"{len(found.ours.delays)} keys of each kind; ratios count, seconds do not.")


def as_json(found: Found) -> None:
    """Print the numbers."""
    measured = {
        "native": _kind(found.native),
        "ours": _kind(found.ours),
        "cpu_ratio": round(found.cpu_ratio, 3),
        "later_p99_ms": round(found.later_ms, 1),
        "idle_mb": round(found.idle_mb, 1),
        "call_kb": round(found.call_kb, 1),
        "standing": found.standing,
        "within_targets": found.within_targets,
    }
    print(json.dumps(measured, indent=2))


def _kind(kind: Kind) -> dict[str, object]:
    least, middle, p99 = (round(value, 1) for value in kind.delay_ms)
    delays = {"least": least, "median": middle, "p99": p99}
    return {"cpu_ms": round(kind.cpu_ms, 2), "rounds": asdict(kind)["cpu"], "delay_ms": delays}


def _row(
    table: Table, name: str, native: str, ours: str, compared: str, left: float, target: str
) -> None:
    verdict = "[green]met[/]" if left >= 0 else "[red]missed[/]"
    table.add_row(name, native, ours, compared, target, verdict)
