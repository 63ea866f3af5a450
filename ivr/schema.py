"""The JSON Schema of flows, for editors (https://json-schema.org/draft/2020-12)."""

import json

from ivr import written


def schema() -> str:
    """What `config/flows/schema.json` must say, as text with a line end."""
    body = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    body |= written.Flow.model_json_schema()
    return json.dumps(body, indent=2, ensure_ascii=False) + "\n"
