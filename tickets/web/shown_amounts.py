"""Numbers and amounts as people write them: `45.000` in Indonesian, `45,000` in English."""

from tickets.web.language import Words


def grouped(words: Words, number: int) -> str:
    text = f"{number:,}"
    return text.replace(",", ".") if words.language == "id" else text


def rupiah(words: Words, amount: int) -> str:
    """With a space that does not break."""
    return f"Rp\u00a0{grouped(words, amount)}"
