"""Every statement is one that PostgreSQL understands, under a name of its own."""

from pathlib import Path

import pytest

from tickets.queries import SQL, load
from tickets.store import Connection


@pytest.mark.parametrize("name", SQL)
async def test_a_statement_is_prepared_against_the_schema(sql: Connection, name: str) -> None:
    assert await sql.prepare(SQL[name]) is not None


def test_a_name_given_twice_is_refused_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "one.sql").write_text("-- name: person\nSELECT 1;\n")
    (tmp_path / "two.sql").write_text("-- name: person\nSELECT 2;\n")
    with pytest.raises(ValueError, match=r"two\.sql: the statement `person`"):
        load(tmp_path)
