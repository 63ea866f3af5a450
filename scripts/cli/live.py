"""What the running service tells of agents and queues."""

import json
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from config.settings import Settings
from scripts.cli.codes import Unreachable


def now(settings: Settings) -> dict[str, Any]:
    """Raises Unreachable when the service, or its PBX, is away."""
    address = f"http://{settings.http.host}:{settings.http.port}/live"
    try:
        with urlopen(address, timeout=5) as answer:
            told: dict[str, Any] = json.load(answer)
    except HTTPError as error:
        raise Unreachable(f"{address}: {json.load(error)['error']}") from error
    except (URLError, OSError) as error:
        raise Unreachable(
            f"The service does not answer at {address}: start it with `saluran serve`."
        ) from error
    return told
