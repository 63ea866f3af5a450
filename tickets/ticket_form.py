"""Which fields a ticket of each category must hold, in the order in which they are asked for."""

from collections.abc import Mapping

FIELDS: Mapping[str, tuple[str, ...]] = {
    "GANTI": ("city", "market", "kind", "selling", "scheme", "capital", "wish"),
    "STOK": ("city", "market", "kind", "amount", "unit", "grade", "wish"),
    "INFO": ("question",),
    "DARING": ("platform", "account"),
    "SELUNDUP": ("place", "time", "account"),
    "TERTIB": ("agency", "date", "goods"),
    "LAYANAN": ("account", "about_ticket"),
    "LATIH": ("city", "topic"),
    "KUR": ("city", "capital"),
    "UMUM": ("question",),
}
