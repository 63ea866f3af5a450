"""The settings of the WhatsApp channel."""

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from config.problems import wrong
from config.settings_groups import CHECKOUT, Group

Digits = Annotated[str, Field(pattern=r"^[0-9]{5,20}$")]


def _graph(address: str) -> str:
    parts = urlsplit(address)
    on_loopback = parts.hostname in ("127.0.0.1", "localhost", "::1")
    by = ("https", "http") if on_loopback else ("https",)
    if parts.scheme not in by or not parts.hostname or parts.path.strip("/") or parts.query:
        raise wrong("this is no address of an API by HTTPS", "leave it out for Meta's own")
    return address.rstrip("/")


class WhatsApp(Group):
    """The WhatsApp Cloud API as a channel (docs/whatsapp.md).

    Off by default: what people write, and their numbers, then lie with Meta, on machines abroad,
    while a public body keeps personal data in Indonesia. Switch it on once the institution has
    decided so, with its data protection officer, and people are told.
    """

    enabled: bool = False
    """Nothing is received or sent while this is off."""
    phone_number_id: Digits | None = None
    """Of the hotline's number, from Meta's dashboard."""
    number: Annotated[str, Field(pattern=r"^\+[1-9][0-9]{6,14}$")] = "+628111451587"
    """As people know it."""
    api: Annotated[str, AfterValidator(_graph)] = "https://graph.facebook.com"
    """Where the API is; http is for the imitation on loopback."""
    version: Annotated[str, Field(pattern=r"^v[0-9]{2}\.[0-9]$")] = "v24.0"
    """Of the Graph API."""
    token_file: Path = Path("secrets/whatsapp.token")
    """Holds the access token; mode 0600."""
    app_secret_file: Path = Path("secrets/whatsapp.app-secret")
    """Holds the app's secret, which webhooks are signed with; mode 0600."""
    verify_token_file: Path = Path("secrets/whatsapp.verify-token")
    """Holds the words that are entered beside the webhook's address in the dashboard; mode 0600."""
    templates: Path = CHECKOUT / "config/whatsapp_templates.yaml"
    """What may be written outside the 24 hours."""
    intake: Path = CHECKOUT / "config/whatsapp_intake.yaml"
    """What who writes is asked."""
    per_second: Annotated[float, Field(gt=0, le=1000)] = 80.0
    """Messages at most, of all desks together."""
    pair_seconds: Annotated[float, Field(ge=0, le=60)] = 6.0
    """From one message to the next to the same user, on average."""
    pair_burst: Annotated[int, Field(ge=1, le=45)] = 10
    """So many to one user may go at once, after a pause that made up for them; Meta allows 45."""
    seconds: Annotated[float, Field(gt=0, le=60)] = 15.0
    """So long the API has to answer."""
    give_up_hours: Annotated[int, Field(ge=1, le=168)] = 24
    """What could not be sent for so long has failed, and is shown as such."""

    @model_validator(mode="after")
    def _knows_its_number(self) -> "WhatsApp":
        if self.enabled and self.phone_number_id is None:
            raise wrong(
                "WhatsApp is switched on without its number",
                "add `phone_number_id` from Meta's dashboard",
            )
        return self
