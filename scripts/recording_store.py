"""The store of an installation's recordings."""

import hashlib

from config.settings import Settings
from ivr.recordings import MOST_BYTES, Recordings


def recordings(settings: Settings, most: int = MOST_BYTES) -> Recordings:
    """`most` bytes a recording. Raises `ConfigError` without a key."""
    key = hashlib.sha256(settings.recordings_key().get_secret_value().encode()).digest()
    return Recordings(settings.files.recordings, key, most)
