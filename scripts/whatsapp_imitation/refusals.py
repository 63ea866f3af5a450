"""Errors of the Cloud API, as its documentation has them: code, HTTP status, title."""

from collections.abc import Mapping
from typing import Any

KNOWN: Mapping[int, tuple[int, str]] = {
    0: (401, "AuthException"),
    2: (503, "API Service"),
    4: (400, "API Too Many Calls"),
    33: (400, "Parameter value is not valid"),
    100: (400, "Invalid parameter"),
    190: (401, "Access token has expired"),
    368: (403, "Temporarily blocked for policies violations"),
    80007: (400, "Rate limit issues"),
    130429: (429, "Rate limit hit"),
    131000: (500, "Something went wrong"),
    131008: (400, "Required parameter is missing"),
    131009: (400, "Parameter value is not valid"),
    131016: (500, "Service unavailable"),
    131026: (400, "Message undeliverable"),
    131031: (403, "Business Account locked"),
    131042: (400, "Business eligibility payment issue"),
    131047: (400, "Re-engagement message"),
    131048: (429, "Spam rate limit hit"),
    131050: (400, "User has stopped marketing messages"),
    131051: (400, "Unsupported message type"),
    131053: (400, "Media upload error"),
    131056: (429, "(Business Account, Consumer Account) pair rate limit hit"),
    131057: (500, "Account in maintenance mode"),
    131062: (400, "Business-scoped User ID recipients are not supported for this message"),
    132000: (400, "Template Param Count Mismatch"),
    132001: (404, "Template does not exist"),
    132015: (400, "Template is Paused"),
    133004: (500, "Server Temporarily Unavailable"),
}


class Refusal(Exception):
    """The API refuses, by its code."""

    def __init__(self, code: int, details: str = "") -> None:
        status, title = KNOWN.get(code, (400, "Unknown error"))
        super().__init__(f"(#{code}) {title}")
        self.code, self.status, self.title, self.details = code, status, title, details or title

    @property
    def body(self) -> Mapping[str, Any]:
        """As the answer to a request has it."""
        return {
            "error": {
                "message": str(self),
                "type": "OAuthException",
                "code": self.code,
                "error_data": {"messaging_product": "whatsapp", "details": self.details},
                "fbtrace_id": "imitation",
            }
        }

    @property
    def told(self) -> Mapping[str, Any]:
        """As a webhook's `errors` have it."""
        return {
            "code": self.code,
            "title": self.title,
            "message": self.title,
            "error_data": {"details": self.details},
        }
