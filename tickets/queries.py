"""The ticket side's statements, by name, out of the `.sql` files beside this one."""

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

FOLDER = Path(__file__).parent / "sql"
_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


def load(folder: Path = FOLDER) -> Mapping[str, str]:
    """Every statement of the folder's query files; ValueError for a name given twice."""
    statements: dict[str, str] = {}
    for file in sorted(folder.glob("*.sql")):
        if file.name == "schema.sql":
            continue
        _, *parts = _NAME.split(file.read_text("utf-8"))
        for name, statement in zip(parts[::2], parts[1::2], strict=True):
            if name in statements:
                raise ValueError(f"{file}: the statement `{name}` is already defined")
            statements[name] = statement.strip()
    return MappingProxyType(statements)


SQL = load()
