"""Producers of the demo: made up, and named so that nobody takes them for real ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from config.calendar import WIB
from tickets.cases.producers import Producers
from tickets.producers.written import read
from tickets.rights import Actor, Role
from tickets.store import Store

_KINDS = (
    ("Jaket", "Bandung", "jaket; hoodie", "reseller; dropship", 65_000, 120_000, "2 juta; 5 juta"),
    ("Denim", "Bandung", "celana jin", "reseller; grosir", 70_000, 130_000, "3 juta; 5 juta"),
    ("Kaus", "Surakarta", "kaus; kaus anak", "dropship; reseller", 25_000, 45_000, "2 juta"),
    (
        "Batik",
        "Pekalongan",
        "kemeja batik; kain batik",
        "titip jual; reseller",
        60_000,
        150_000,
        "",
    ),
    ("Sepatu", "Mojokerto", "sepatu; sandal", "grosir; reseller", 55_000, 140_000, "3 juta"),
    (
        "Busana Muslim",
        "Tasikmalaya",
        "gamis; mukena",
        "reseller; dropship",
        80_000,
        160_000,
        "2 juta",
    ),
    ("Anak", "Medan", "pakaian anak", "reseller; titip jual", 20_000, 40_000, "2 juta; 3 juta"),
    ("Kemeja", "Surabaya", "kemeja; seragam", "grosir; pesanan", 50_000, 95_000, "5 juta"),
    (
        "Jersi",
        "Semarang",
        "jersey; pakaian olahraga",
        "pesanan; reseller",
        45_000,
        85_000,
        "2 juta",
    ),
    ("Tenun", "Denpasar", "tenun; tas", "titip jual", 90_000, 240_000, ""),
    ("Celana", "Makassar", "celana; kulot", "reseller; dropship", 40_000, 75_000, "2 juta"),
    ("Rajut", "Pontianak", "sweater; syal", "reseller", 55_000, 90_000, "3 juta"),
)
_NAMES = ("Contoh", "Rekaan")
CURATORS = ("IKFT", "Smesco", "Kementerian")


@dataclass(frozen=True)
class MadeUpProducers:
    store: Store
    actors: Sequence[Actor]
    now: datetime

    async def write(self) -> None:
        """Two of each kind; most are verified, and half agreed to share their contact."""
        liaison = next(one for one in self.actors if one.role is Role.LIAISON)
        directory = Producers(self.store, lambda: self.now)
        today = self.now.astimezone(WIB).date()
        for n in range(len(_KINDS) * len(_NAMES)):
            given, wrongs = read(_cells(n))
            if given is None:
                raise ValueError(f"made-up producer {n}: {wrongs}")
            made = await directory.add(liaison, given)
            if n % 4 != 3:
                on = today - timedelta(days=5 + n)
                source = "contoh: kunjungan rekaan"
                made = await directory.verify(liaison, made.id, made.version, on, source)
            if n % 2 == 0:
                proof = "contoh: setuju lewat telepon"
                await directory.share(liaison, made.id, made.version, True, proof)


def _cells(n: int) -> dict[str, str]:
    kind, city, products, schemes, price_from, price_to, packages = _KINDS[n % len(_KINDS)]
    name = _NAMES[n // len(_KINDS)]
    return {
        "nib": f"90000000{n:05d}",
        "name": f"Konveksi {kind} {name}",
        "brand": f"{kind} {name}",
        "city": city,
        "kbli": "15201" if kind == "Sepatu" else "14111",
        "kbli_version": "2020",
        "products": products,
        "schemes": schemes,
        "minimum_order": str((6, 12, 24)[n % 3]),
        "packages": packages,
        "price_from": str(price_from),
        "price_to": str(price_to),
        "capacity": str(200 + 50 * (n % 7)),
        "delivery_days": str(3 + n % 5),
        "returns": "contoh: tukar ukuran dalam 7 hari",
        "contact_name": f"Pengurus {name}",
        "contact_phone": f"+6281100001{n:03d}",
        "catalogue": f"https://produsen-{n}.example/katalog",
        "curated_by": CURATORS[n % len(CURATORS)],
    }
