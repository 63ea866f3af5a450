"""Telephone numbers: from what the network sent or a caller keyed to one form, and back.

`08…`, `628…` and `+628…` are one person, kept as E.164 (`+628…`). Only Indonesian geographic and
mobile numbers are ever called back: at a stranger's word, a call abroad or to a premium number
costs money, and a short code (`110`, `14045`, `1500587`) reaches somebody who never called.
"""

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType

LONGEST_PRINTABLE = 80

# Without `0` or the country's code a number is not certain: `81312345678` is a mobile phone here
# and a telephone in Tokyo. `phonenumbers` alone would also dig numbers out of prose and letters.
_WRITTEN = re.compile(r"(?:(?:\+|00)?620?|0)([1-9][0-9]{6,12})")
_BETWEEN = str.maketrans("", "", " ().-\u00a0")
_BETWEEN_GROUPS = "\u00a0"
"""A space at which no line is broken."""
_SHORT_AREAS = ("021", "022", "024", "031", "061")
_GROUPS = {6: (3, 3), 7: (3, 4), 8: (4, 4), 9: (3, 3, 3), 10: (3, 3, 4)}
"""Of so many digits behind the first group; fewer are one."""
_KEYED = re.compile(r"[0-9]+")


def normalise(raw: str) -> str | None:
    """E.164 of a number that we can call back, or None."""
    written = _WRITTEN.fullmatch(raw.translate(_BETWEEN))
    if not written:
        return None
    try:
        number = phonenumbers.parse("+62" + written[1])
    except NumberParseException:
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164) if _ours(number) else None


def callable_from_keys(digits: str) -> str | None:
    """E.164 of what a caller keyed, or None when it is no number that we would call."""
    return normalise(digits) if _KEYED.fullmatch(digits) else None


def national(phone: str) -> str:
    """The digits of an E.164 number as people here say them: `0812…`."""
    return "0" + phone.removeprefix("+62")


def shown(phone: str) -> str:
    """An E.164 number as people here write it, in groups: `0812 3456 7890`, `021 555 1234`.

    What is none of ours, or masked, is only told in digits; anything else stays as it is.
    """
    if not phone.startswith("+62"):
        return phone
    digits = national(phone)
    if not digits.isdigit():
        return digits
    # Two kinds of area codes: three digits for the largest cities, four elsewhere.
    head = 4 if digits.startswith("08") else 3 if digits[:3] in _SHORT_AREAS else 4
    groups, rest = [digits[:head]], digits[head:]
    for size in _GROUPS.get(len(rest), (len(rest),)):
        groups.append(rest[:size])
        rest = rest[size:]
    return _BETWEEN_GROUPS.join(groups)


def is_mobile(phone: str) -> bool:
    """Whether an E.164 number is a mobile phone's, as those of WhatsApp are."""
    number = phonenumbers.parse(phone)
    return phonenumbers.number_type(number) == PhoneNumberType.MOBILE


def printable(raw: str) -> str:
    """What the network sent, fit to show and store: one line without control characters."""
    return "".join(c if c.isprintable() else "\ufffd" for c in raw[:LONGEST_PRINTABLE])


def masked(phone: str) -> str:
    """A number as a log may hold it: `+62…789`."""
    country = "+62" if phone.startswith("+62") else ""
    return f"{country}…{phone[-3:] if len(phone) > 6 else ''}"


def _ours(number: PhoneNumber) -> bool:
    if not phonenumbers.is_valid_number_for_region(number, "ID"):
        return False
    match phonenumbers.number_type(number):
        case PhoneNumberType.MOBILE:
            return True
        case PhoneNumberType.FIXED_LINE:
            # No subscriber's number begins with 1: `021 14045` and `021 1500587` are short codes.
            area = phonenumbers.length_of_geographical_area_code(number)
            return str(number.national_number)[area] != "1"
        case _:
            return False
