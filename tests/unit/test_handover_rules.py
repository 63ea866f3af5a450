"""What of a ticket may leave for another institution, case by case."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from tickets import lifecycle
from tickets.handover_rules import Leaves, Share, ToHandOver, Withheld, decide, names_of

AT = datetime(2026, 11, 27, 3, tzinfo=UTC)
TICKET = ToHandOver(
    id=UUID(int=1),
    number="26000017",
    category="GANTI",
    status="proses",
    confidential=False,
    anonymous=False,
    fields={"city": "Bandung", "market": "Gedebage", "amount": "dua ratus", "wish": ""},
    opened_at=AT,
    deadline=AT,
    phone="+6281234567890",
    name="Siti",
    merged_into=None,
    was_stock=False,
    consents=True,
)
LAW = "UU 17/2006 Pasal 85A"


def share(category: str, law: str = "") -> Share:
    return Share(category=category, fields=names_of(category), law=law)


def of(category: str, **more: object) -> ToHandOver:
    secret = category in lifecycle.CONFIDENTIAL
    was_stock = category == "STOK"
    given = {"category": category, "confidential": secret, "was_stock": was_stock, **more}
    return replace(TICKET, **given)  # type: ignore[arg-type]


def test_what_leaves_is_what_the_category_has_and_the_institution_may_be_told() -> None:
    only = Share(category="GANTI", fields=("city", "wish", "phone", "amount"))
    assert decide(TICKET, False, only) == Leaves(
        {"city": "Bandung", "phone": "+6281234567890"}, by_consent=True
    )


@pytest.mark.parametrize("category", sorted(lifecycle.CATEGORIES))
def test_without_consent_and_law_nothing_leaves(category: str) -> None:
    ticket = of(category, consents=False)
    assert decide(ticket, False, share(category)) is Withheld.CONSENT


@pytest.mark.parametrize("category", sorted(lifecycle.CATEGORIES))
def test_a_law_never_lets_go_who_it_is_nor_ones_own_stock(category: str) -> None:
    decided = decide(of(category, consents=False), False, share(category, LAW))
    if category == "STOK":
        assert decided is Withheld.CONSENT
    else:
        assert isinstance(decided, Leaves)
        assert not decided.by_consent
        assert not decided.values.keys() & {"name", "phone"}


def test_the_anonymous_stay_so_whatever_they_agreed_to() -> None:
    decided = decide(of("SELUNDUP", anonymous=True), True, share("SELUNDUP", LAW))
    assert isinstance(decided, Leaves)
    assert not decided.values.keys() & {"name", "phone"}


@pytest.mark.parametrize("category", sorted(lifecycle.CATEGORIES))
@pytest.mark.parametrize("consents", [True, False])
@pytest.mark.parametrize("law", ["", LAW])
def test_who_enforces_is_never_told_of_what_was_stock(
    category: str, consents: bool, law: str
) -> None:
    ticket = of(category, was_stock=True, consents=consents)
    assert decide(ticket, True, share(category, law)) is Withheld.STOCK


def test_a_law_for_one_category_does_not_reach_what_another_made_confidential() -> None:
    ticket = of("GANTI", confidential=True, consents=False)
    assert decide(ticket, False, share("GANTI", LAW)) is Withheld.CONSENT
    assert isinstance(decide(replace(ticket, consents=True), False, share("GANTI", LAW)), Leaves)


def test_a_category_that_is_not_shared_and_a_merged_ticket_stay() -> None:
    assert decide(TICKET, False, None) is Withheld.NOT_SHARED
    merged = of("GANTI", merged_into=UUID(int=2))
    assert decide(merged, False, share("GANTI")) is Withheld.MERGED
