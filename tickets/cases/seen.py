"""What of a row its reader may see: numbers in full or in part, the anonymous without a name."""

from collections.abc import Mapping
from typing import Any

from config.phones import masked
from tickets.rights import Actor, Right


def seen(actor: Actor, row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with `phone`, `caller`, `phones` and `name` as the actor may see them."""
    values = dict(row)
    if values.get("anonymous") and not actor.may(Right.ANONYMOUS):
        values |= {name: None for name in ("phone", "caller", "name", "person") if name in values}
    if not actor.may(Right.PHONES):
        for name in ("phone", "caller"):
            if values.get(name):
                values[name] = masked(values[name])
        if "phones" in values:
            values["phones"] = [masked(phone) for phone in values["phones"]]
    return values
