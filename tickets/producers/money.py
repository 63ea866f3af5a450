"""Amounts as people write them: `Rp 45.000`, `2 juta`, `5-10 jt`, `1,5 juta`."""

import re
from decimal import Decimal

_TIMES = {"juta": 1_000_000, "jt": 1_000_000, "ribu": 1_000, "rb": 1_000, "k": 1_000}
_AMOUNT = re.compile(
    r"(?:rp\.?\s*)?(?P<number>[0-9][0-9.,]*)\s*(?P<times>juta|jt|ribu|rb|k)?(?![a-z0-9])",
    re.IGNORECASE,
)
MOST = 10**12
"""Rupiah."""


def rupiah(text: str) -> int | None:
    """The amount that the whole text is, None for anything else."""
    match = _AMOUNT.fullmatch(text.strip().removesuffix(",-"))
    return _of(match) if match else None


def most(text: str) -> int | None:
    """The largest amount that is named: of a range what somebody has at best."""
    matches = list(_AMOUNT.finditer(text))
    # `5-10 juta`: the word counts for both.
    last = matches[-1]["times"] if matches else None
    amounts = [amount for match in matches if (amount := _of(match, last)) is not None]
    return max(amounts, default=None)


def count(text: str) -> int | None:
    """A number of pieces or days: `1.200`, `300 pcs`, `100 potong`."""
    plain = re.sub(r"\s*(pcs|potong|buah|lusin|hari|days?|pieces?)\.?$", "", text.strip().lower())
    amount = rupiah(plain) if not plain.startswith("rp") else None
    if amount is not None and text.strip().lower().endswith("lusin"):
        amount *= 12
    return amount


def _of(match: re.Match[str], otherwise: str | None = None) -> int | None:
    number, times = match["number"].rstrip(".,"), match["times"]
    if re.fullmatch(r"[0-9]{1,3}([.,][0-9]{3})+", number) and not times:
        plain = re.sub(r"[.,]", "", number)
    elif re.fullmatch(r"[0-9]{1,3}((\.[0-9]{3})+,|(,[0-9]{3})+\.)[0-9]{1,2}", number):
        plain = re.sub(r"[.,]", "", re.sub(r"[.,][0-9]{1,2}$", "", number))
    elif re.fullmatch(r"[0-9]{1,15}([.,][0-9]{1,3})?", number):
        plain = number.replace(",", ".")
    else:
        return None
    if times is None and otherwise and len(number) <= 3:
        times = otherwise
    amount = Decimal(plain) * _TIMES.get((times or "").lower(), 1)
    return int(amount) if amount == amount.to_integral() and amount <= MOST else None
