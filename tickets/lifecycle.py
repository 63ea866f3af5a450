"""The life cycle of a ticket as a table: its categories, its statuses, and the moves between them.

Categories and statuses are the ministry's own words; they are stored and shown as they are.
"""

from collections.abc import Mapping

from tickets.errors import MoveForbidden

CATEGORIES = frozenset(
    {"GANTI", "STOK", "INFO", "DARING", "SELUNDUP", "TERTIB", "LAYANAN", "LATIH", "KUR", "UMUM"}
)
UNKNOWN_CATEGORY = "UMUM"

CONFIDENTIAL = frozenset({"STOK", "SELUNDUP"})
"""Callers may incriminate themselves here: it stays out of every enforcement export."""

START = "baru"

MOVES: Mapping[str, frozenset[str]] = {
    "baru": frozenset({"verifikasi"}),
    "verifikasi": frozenset({"proses", "tunda", "rujuk", "arsip"}),
    "tunda": frozenset({"verifikasi", "proses", "arsip"}),
    "rujuk": frozenset({"proses", "arsip"}),
    "arsip": frozenset({"dibuka-kembali"}),
    "proses": frozenset({"ditanggapi", "tunda", "rujuk"}),
    "ditanggapi": frozenset({"selesai", "proses"}),
    "selesai": frozenset({"dibuka-kembali"}),
    "dibuka-kembali": frozenset({"verifikasi", "proses"}),
}


def allow(was: str, became: str) -> None:
    """Raise MoveForbidden, naming what is allowed, unless the table has this move."""
    allowed = MOVES.get(was, frozenset())
    if became not in allowed:
        choices = ", ".join(sorted(allowed)) or "nothing"
        raise MoveForbidden(f"a ticket in `{was}` cannot become `{became}`, only {choices}")


def check(start: str, moves: Mapping[str, frozenset[str]]) -> None:
    """Raise ValueError unless every move leads to a status, and each is reached and can be left."""
    reached, ahead = {start}, [start]
    while ahead:
        new = moves.get(ahead.pop(), frozenset()) - reached
        reached |= new
        ahead += new
    if unknown := reached - moves.keys():
        raise ValueError(f"moves lead to unknown statuses: {', '.join(sorted(unknown))}")
    if lost := moves.keys() - reached:
        raise ValueError(f"no move leads from `{start}` to: {', '.join(sorted(lost))}")
    if stuck := [status for status, became in moves.items() if not became - {status}]:
        raise ValueError(f"no move leads away from: {', '.join(sorted(stuck))}")


check(START, MOVES)
