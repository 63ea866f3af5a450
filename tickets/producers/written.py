"""A producer out of texts, as cells of a table or fields of a form have them."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from config.phones import normalise
from tickets.producers import money
from tickets.producers.given import Given, Wrong, wrongs

ValueT = TypeVar("ValueT")

HEADS: Mapping[str, tuple[str, ...]] = {
    "nib": ("nib", "nomor induk berusaha"),
    "name": ("nama", "nama usaha", "nama produsen", "name", "producer"),
    "brand": ("merek", "brand"),
    "city": ("kota", "kabupaten", "kota kabupaten", "city"),
    "kbli": ("kbli", "kode kbli", "kbli code"),
    "kbli_version": ("versi kbli", "tahun kbli", "kbli version"),
    "products": ("produk", "products", "jenis produk"),
    "schemes": ("skema", "schemes", "skema kerja sama"),
    "minimum_order": ("pesanan minimum", "minimum order", "moq", "minimal order"),
    "packages": ("paket", "paket usaha", "packages"),
    "price_from": ("harga dari", "harga terendah", "price from"),
    "price_to": ("harga sampai", "harga tertinggi", "price to"),
    "capacity": ("kapasitas", "kapasitas per bulan", "capacity", "capacity per month"),
    "delivery_days": ("hari kirim", "lama kirim", "delivery days"),
    "returns": ("retur", "ketentuan retur", "returns"),
    "contact_name": ("kontak", "nama kontak", "contact", "contact name"),
    "contact_phone": ("telepon", "telepon kontak", "nomor kontak", "phone", "contact phone"),
    "contact_shared": ("kontak boleh dibagikan", "boleh dibagikan", "contact shared"),
    "catalogue": ("katalog", "tautan katalog", "catalogue", "catalog"),
    "curated_by": ("kurator", "dikurasi oleh", "curated by"),
}
"""How files call each field; the first one is how ours do."""
NEEDED = (
    *("nib", "name", "city", "kbli", "kbli_version", "products", "schemes"),
    *("price_from", "price_to", "capacity", "curated_by"),
)
_FIELDS = {head: name for name, heads in HEADS.items() for head in (*heads, name.replace("_", " "))}
_SCHEMES = {
    **{"reseller": "reseller", "dropship": "dropship", "dropshipper": "dropship"},
    **{"grosir": "wholesale", "wholesale": "wholesale", "partai besar": "wholesale"},
    **{"titip jual": "consignment", "konsinyasi": "consignment", "consignment": "consignment"},
    **{"pesanan": "make_to_order", "makloon": "make_to_order", "make to order": "make_to_order"},
}
_CURATORS = {
    **{"smesco": "smesco", "ikft": "ikft", "kemenperin": "ikft", "ditjen ikft": "ikft"},
    **{"kementerian": "ministry", "ministry": "ministry", "kemenkop": "ministry"},
    **{"kemen ukm": "ministry", "kementerian umkm": "ministry"},
}
_YES = {"ya": True, "y": True, "yes": True, "boleh": True, "true": True, "1": True}
_NO = {"tidak": False, "t": False, "no": False, "n": False, "false": False, "0": False, "": False}


def field_of(head: str) -> str | None:
    """The field that a column is for."""
    return _FIELDS.get(" ".join(re.sub(r"[^a-z0-9]+", " ", head.casefold()).split()))


def scheme(text: str) -> str:
    """The scheme that somebody means, or the text itself."""
    plain = " ".join(re.sub(r"[^a-z]+", " ", text.casefold()).split())
    return _SCHEMES.get(plain, text)


def read(cells: Mapping[str, str]) -> tuple[Given | None, list[Wrong]]:
    """A producer, or all that is wrong. Fields that are absent are as if they were empty."""
    reading = _Reading({name: _plain(cells.get(name, "")) for name in HEADS})
    given = Given(
        nib=reading.texts["nib"].replace(" ", "").replace(".", ""),
        name=reading.texts["name"],
        brand=reading.texts["brand"],
        city=reading.texts["city"],
        kbli=tuple(reading.listed("kbli")),
        kbli_version=reading.value("kbli_version", money.count, 0, "kbli_version"),
        products=tuple(reading.listed("products")),
        schemes=tuple(dict.fromkeys(scheme(one) for one in reading.listed("schemes"))),
        minimum_order=reading.value("minimum_order", money.count, 1, "number"),
        packages=tuple(sorted(reading.amounts("packages"))),
        price_from=reading.value("price_from", money.rupiah, 0, "number"),
        price_to=reading.value("price_to", money.rupiah, 0, "number"),
        capacity=reading.value("capacity", money.count, -1, "number"),
        delivery_days=reading.value("delivery_days", money.count, None, "number"),
        returns=reading.texts["returns"],
        contact_name=reading.texts["contact_name"],
        contact_phone=reading.value("contact_phone", normalise, None, "phone"),
        contact_shared=reading.value("contact_shared", _said, False, "yes_no"),
        catalogue=reading.texts["catalogue"],
        curated_by=_CURATORS.get(
            reading.texts["curated_by"].casefold(), reading.texts["curated_by"]
        ),
    )
    # What could not be read is said once, not again as a value that does not fit.
    said = {one.field for one in reading.wrong}
    follows = set[str]()
    if said & {"price_from", "price_to"}:
        follows.add("price_order")
    if "contact_phone" in said:
        follows.add("nothing_to_share")
    found = reading.wrong + [
        one for one in wrongs(given) if one.field not in said and one.code not in follows
    ]
    return (None if found else given), found


class _Reading:
    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = texts
        self.wrong = [Wrong(name, "missing") for name in NEEDED if not texts[name]]
        for name in ("nib", "kbli", "city", "name"):
            if re.fullmatch(r"[0-9][.,][0-9]+[eE]\+[0-9]+", texts[name]):
                # What Excel makes of a long number in a narrow column.
                self.wrong.append(Wrong(name, "scientific", texts[name]))

    def value(
        self, name: str, read: Callable[[str], ValueT | None], otherwise: Any, code: str
    ) -> Any:
        text = self.texts[name]
        if not text and name != "contact_shared":
            return otherwise
        value = read(text)
        if value is None:
            formula = text.startswith(("=", "@"))
            self.wrong.append(Wrong(name, "formula" if formula else code, text[:30]))
            return otherwise
        return value

    def listed(self, name: str) -> Sequence[str]:
        parts = [part.strip() for part in re.split(r"[;|\n]|,(?!\d{3}\b)", self.texts[name])]
        return list(dict.fromkeys(part for part in parts if part))

    def amounts(self, name: str) -> list[int]:
        found = []
        for part in (one.strip() for one in re.split(r"[;|\n/]|,\s", self.texts[name])):
            amount = money.rupiah(part) if part else None
            if amount is not None:
                found.append(amount)
            elif part:
                self.wrong.append(Wrong(name, "number", part[:30]))
        return list(dict.fromkeys(found))


def _plain(text: str) -> str:
    """Without the apostrophe by which spreadsheets, and our own files, keep a text a text."""
    plain = text.replace("\u00a0", " ").strip()
    return plain[1:].strip() if plain.startswith("'") else plain


def _said(text: str) -> bool | None:
    return (_YES | _NO).get(text.casefold())
