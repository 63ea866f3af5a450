"""Ticket numbers: short enough to say twice on the phone, and a misheard digit is noticed.

Two digits of the year, a sequence number of five, and one check digit by Damm's algorithm
(H. M. Damm, "Totally anti-symmetric quasigroups for all orders", 2004), which notices every
single wrong digit and every swap of neighbours. Past 99,999 tickets in a year the sequence grows
by two digits, so that the length of every number stays even and says where the parts are.
"""

_DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)


def ticket_number(year: int, sequence: int) -> str:
    """The number of the `sequence`-th ticket (from 1) of `year`: eight digits up to 99,999."""
    if sequence < 1:
        raise ValueError(f"ticket sequences count from 1, not {sequence}")
    digits = str(sequence)
    longer = max(0, len(digits) - 5)
    width = 5 + longer + longer % 2
    body = f"{year % 100:02d}{sequence:0{width}d}"
    return body + _check(body)


def _check(digits: str) -> str:
    """The digit that completes `digits`."""
    interim = "0"
    for digit in digits:
        interim = _DAMM[int(interim)][int(digit)]
    return interim
