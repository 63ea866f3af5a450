from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.ids import call_id, new_id
from ivr.session import STATE_LIMIT, Outcome, Session, StateUnreadable

BEGAN = datetime(2026, 11, 27, 9, 1, 2, 345000, tzinfo=UTC)


def a_session(**changes: object) -> Session:
    known = {"flow": "hotline@3f2a91c0", "began": BEGAN, "language": "id", "caller": None}
    return Session(call=call_id("pbx1", "1764205262.17"), **(known | changes))  # type: ignore[arg-type]


@given(
    st.builds(
        a_session,
        caller=st.none() | st.just("+6281234567890"),
        step=st.sampled_from(["", "main", "message-offer"]),
        seq=st.integers(0, 10_000),
        fields=st.dictionaries(st.sampled_from(["category", "scheme", "wish"]), st.just("GANTI")),
        ticket=st.none() | st.builds(new_id),
        callback=st.none() | st.builds(new_id),
        number=st.none() | st.just("26000018"),
        slot=st.none() | st.just(BEGAN),
        kept=st.booleans(),
        requesting=st.booleans(),
        outcome=st.sampled_from(Outcome),
        errors=st.integers(0, 2),
    )
)
def test_a_session_comes_back_from_the_channel_as_it_was(session: Session) -> None:
    text = session.to_text()
    assert Session.from_text(text) == session
    assert "," not in text
    assert text.isascii()


def test_the_fullest_session_fits_an_ami_header() -> None:
    session = a_session(
        caller="+628123456789012",
        phone="+628123456789012",
        step="x" * 30,
        seq=9999,
        ticket=new_id(),
        callback=new_id(),
        number="2600000018",
        slot=BEGAN,
        kept=True,
        requesting=True,
        fields={"category": "SELUNDUP", "scheme": "make-to-order", "wish": "replace"},
        outcome=Outcome.INFORMATION,
    )
    assert len(session.to_text()) < STATE_LIMIT


@pytest.mark.parametrize("text", ["x", "!!!!", "e30=", "bm90IGpzb24=", "eyJjYWxsIjogMX0="])
def test_a_forged_state_is_unreadable_and_nothing_else(text: str) -> None:
    with pytest.raises(StateUnreadable):
        Session.from_text(text)


def test_a_call_has_the_same_id_whoever_derives_it() -> None:
    assert call_id("pbx1", "1764205262.17") == call_id("pbx1", "1764205262.17")
    assert call_id("pbx1", "1764205262.17") != call_id("pbx2", "1764205262.17")
    assert call_id("pbx1", "1764205262.17").version == 7


def test_ids_sort_by_their_time() -> None:
    assert new_id(1000.0) < new_id(1000.5) < new_id(2000.0)
