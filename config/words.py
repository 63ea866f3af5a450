"""How Indonesian and English say numbers, days and times: the words only, no prompt ids.

Indonesian follows the formal usage of a ministry's line: *pukul* with twelve hours and the part
of the day, and the half hour as "tiga puluh", because *setengah sembilan* (half past eight) is
misheard as half past nine.
"""

from datetime import time

DAYS = {
    "id": ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
MONTHS = {
    "id": (
        "Januari",
        "Februari",
        "Maret",
        "April",
        "Mei",
        "Juni",
        "Juli",
        "Agustus",
        "September",
        "Oktober",
        "November",
        "Desember",
    ),
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
}
DIGITS = {
    "id": ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"),
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
}

_TEENS = (
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}


def cardinal(n: int, language: str) -> str:
    """The number 0 to 99 in words."""
    return _indonesian(n) if language == "id" else _english(n)


def hundreds(n: int, language: str) -> str:
    """n hundred, for n from 1 to 9."""
    if language == "id":
        return "seratus" if n == 1 else f"{DIGITS['id'][n]} ratus"
    return f"{DIGITS['en'][n]} hundred"


def day_of_month(n: int, language: str) -> str:
    """As it stands beside a month: "tiga puluh" (November), (November) "thirtieth"."""
    return cardinal(n, "id") if language == "id" else _ordinal(n)


def clock(at: time, language: str) -> str:
    """A full or a half hour: "pukul delapan pagi", "half past eight in the morning"."""
    return _pukul(at) if language == "id" else _oclock(at)


def past(minutes: int, language: str) -> str:
    """Minutes after a full hour: follows the hour in Indonesian, precedes it in English."""
    words = cardinal(minutes, language)
    if language == "id":
        return f"lewat {words} menit"
    return f"{words} minute{'s' if minutes > 1 else ''} past"


def _indonesian(n: int) -> str:
    tens, ones = divmod(n, 10)
    units = DIGITS["id"]
    if n in (10, 11):
        return ("sepuluh", "sebelas")[ones]
    if tens == 0:
        return units[ones]
    if tens == 1:
        return f"{units[ones]} belas"
    return f"{units[tens]} puluh" + (f" {units[ones]}" if ones else "")


def _english(n: int) -> str:
    tens, ones = divmod(n, 10)
    if tens == 0:
        return DIGITS["en"][ones]
    if tens == 1:
        return _TEENS[ones]
    return _TENS[tens - 2] + (f" {DIGITS['en'][ones]}" if ones else "")


def _ordinal(n: int) -> str:
    *before, last = _english(n).split()
    if last in _ORDINALS:
        last = _ORDINALS[last]
    elif last.endswith("y"):
        last = last[:-1] + "ieth"
    else:
        last += "th"
    return " ".join([*before, last])


def _pukul(at: time) -> str:
    half = " tiga puluh" if at.minute else ""
    return f"pukul {_indonesian(at.hour % 12 or 12)}{half} {_part_id(at.hour)}"


def _part_id(hour: int) -> str:
    for until, part in ((1, "malam"), (4, "dini hari"), (11, "pagi"), (15, "siang"), (19, "sore")):
        if hour < until:
            return part
    return "malam"


def _oclock(at: time) -> str:
    half = "half past " if at.minute else ""
    if at.hour == 0:
        return f"{half}midnight"
    if at.hour == 12:
        return f"{half}twelve in the afternoon" if half else "noon"
    return f"{half}{_english(at.hour % 12)} {_part_en(at.hour)}"


def _part_en(hour: int) -> str:
    for until, part in ((12, "in the morning"), (18, "in the afternoon"), (21, "in the evening")):
        if hour < until:
            return part
    return "at night"
