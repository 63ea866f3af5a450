"""`saluran schema`: JSON Schemas, so that an editor helps with the YAML files."""

from typing import Literal

from scripts.cli import show


def schema(of: Literal["flow", "queues", "settings"]) -> None:
    """Print the JSON Schema of a kind of file.

    Parameters
    ----------
    of
        `flow` for menus, `queues` for `queues.yaml`, `settings` for `saluran.yaml`.
    """
    if of == "flow":
        from ivr.schema import schema as flow_schema

        print(flow_schema(), end="")
    elif of == "queues":
        from config.queues import json_schema as queues_schema

        show.document(queues_schema())
    else:
        from config.settings import json_schema

        show.document(json_schema())
