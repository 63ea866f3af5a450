"""KBLI, Indonesia's classification of businesses: which codes can be.

The list of codes is BPS's and changes with each version; it is not copied here. A code has five
digits; its first two are a division of ISIC, which KBLI follows, and in textiles, clothes, leather
and shoes (13-15), where this line's producers are, its first four are a class that the version has.
The fifth digit is taken as it is, and so are the classes of 2025, which follows a newer ISIC.
"""

import re
from collections.abc import Mapping

VERSIONS = (2015, 2017, 2020, 2025)
_DIVISIONS = frozenset(
    f"{number:02d}"
    for first, last in (
        *((1, 3), (5, 9), (10, 33), (35, 39), (41, 43), (45, 47), (49, 53), (55, 56), (58, 63)),
        *((64, 66), (68, 75), (77, 82), (84, 88), (90, 99)),
    )
    for number in range(first, last + 1)
)
_CLASSES: Mapping[str, frozenset[str]] = {
    "13": frozenset({"1311", "1312", "1313", "1391", "1392", "1393", "1394", "1399"}),
    "14": frozenset({"1411", "1412", "1413", "1420", "1430"}),
    "15": frozenset({"1511", "1512", "1520"}),
}


def exists(code: str, version: int) -> bool:
    """As far as the module's text says that this is known; false for what has no five digits."""
    if not re.fullmatch(r"[0-9]{5}", code) or code[:2] not in _DIVISIONS:
        return False
    classes = _CLASSES.get(code[:2])
    return classes is None or version > 2020 or code[:4] in classes
