"""What is told of a producer, and what can be wrong with it: one check for files, forms and API."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tickets.producers import kbli

SCHEMES = ("reseller", "dropship", "wholesale", "consignment", "make_to_order")
CURATORS = ("smesco", "ikft", "ministry")
MOST_IN_A_LIST = 30
_WEB = re.compile(r"https?://[^\s<>\"']{3,300}")
MOST_PIECES = 10_000_000
MOST_RUPIAH = 10**12


@dataclass(frozen=True, slots=True)
class Wrong:
    """A mistake: the field, and which of the words of `producer_wrong` says it."""

    field: str
    code: str
    value: str = ""
    """What was written, shortened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A producer as somebody tells of them."""

    nib: str
    name: str
    city: str
    kbli: tuple[str, ...]
    kbli_version: int
    products: tuple[str, ...]
    schemes: tuple[str, ...]
    price_from: int
    """Rupiah a piece, as `price_to`."""
    price_to: int
    capacity: int
    """Pieces a month."""
    curated_by: str
    brand: str = ""
    minimum_order: int = 1
    packages: tuple[int, ...] = ()
    """Rupiah."""
    delivery_days: int | None = None
    returns: str = ""
    contact_name: str = ""
    contact_phone: str | None = None
    """E.164."""
    contact_shared: bool = False
    catalogue: str = ""


def wrongs(given: Given) -> list[Wrong]:
    """All that is wrong with it, field by field."""
    return list(_wrongs(given))


def _wrongs(given: Given) -> Iterator[Wrong]:
    if not re.fullmatch(r"[0-9]{13}", given.nib):
        yield Wrong("nib", "nib", given.nib[:30])
    for name, longest in (("name", 120), ("city", 80), ("brand", 120)):
        yield from _text(name, getattr(given, name), longest, name != "brand")
    yield from _text("contact_name", given.contact_name, 120, False)
    yield from _text("returns", given.returns, 500, False)
    for product in given.products:
        yield from _text("products", product, 80, True)
    for name in ("products", "kbli", "schemes"):
        found = len(getattr(given, name))
        if not 1 <= found <= MOST_IN_A_LIST:
            yield Wrong(name, "missing" if not found else "too_many")
    if given.kbli_version not in kbli.VERSIONS:
        yield Wrong("kbli_version", "kbli_version", str(given.kbli_version))
    else:
        for code in given.kbli:
            if not kbli.exists(code, given.kbli_version):
                yield Wrong("kbli", "kbli", code[:30])
    for scheme in given.schemes:
        if scheme not in SCHEMES:
            yield Wrong("schemes", "scheme", scheme[:30])
    if given.curated_by not in CURATORS:
        yield Wrong("curated_by", "curator", given.curated_by[:30])
    yield from _amounts(given)
    if given.contact_phone and not re.fullmatch(r"\+[1-9][0-9]{6,14}", given.contact_phone):
        yield Wrong("contact_phone", "phone", given.contact_phone[:30])
    if given.catalogue and not _WEB.fullmatch(given.catalogue):
        yield Wrong("catalogue", "web", given.catalogue[:60])
    if given.contact_shared and not given.contact_phone:
        yield Wrong("contact_shared", "nothing_to_share")


def _amounts(given: Given) -> Iterator[Wrong]:
    for name, least, most in (
        ("price_from", 1, MOST_RUPIAH),
        ("price_to", 1, MOST_RUPIAH),
        ("capacity", 0, MOST_PIECES),
        ("minimum_order", 1, MOST_PIECES),
    ):
        value = getattr(given, name)
        if not least <= value <= most:
            yield Wrong(name, "amount", str(value)[:30])
    if given.price_to < given.price_from:
        yield Wrong("price_to", "price_order", str(given.price_to)[:30])
    if given.delivery_days is not None and not 0 <= given.delivery_days <= 365:
        yield Wrong("delivery_days", "amount", str(given.delivery_days)[:30])
    if len(given.packages) > MOST_IN_A_LIST:
        yield Wrong("packages", "too_many")
    for amount in given.packages:
        if not 1 <= amount <= MOST_RUPIAH:
            yield Wrong("packages", "amount", str(amount)[:30])


def _text(name: str, text: str, longest: int, needed: bool) -> Iterator[Wrong]:
    if needed and not text.strip():
        yield Wrong(name, "missing")
    elif len(text) > longest:
        yield Wrong(name, "too_long", text[:30])
    elif text.startswith(("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")):
        yield Wrong(name, "formula", text[:30])
    elif any(ord(c) < 32 or 127 <= ord(c) < 160 or c in "\u2028\u2029" for c in text):
        yield Wrong(name, "control")
