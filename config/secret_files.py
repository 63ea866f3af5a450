"""Secrets live in files of their own that only their owner can read."""

import stat
from pathlib import Path

from pydantic import SecretStr

from config.documents import ConfigError, Problem


def read_secret(path: Path) -> SecretStr:
    """The secret in a file, without surrounding white space.

    Raises `ConfigError` when the file is missing, empty, or open to others than its owner.
    """
    try:
        mode = path.stat().st_mode
        text = path.read_text("utf-8").strip()
    except FileNotFoundError:
        raise _refused(path, "the secret's file does not exist", "create it, mode 0600") from None
    except UnicodeDecodeError:
        raise _refused(path, "the secret is not text", "write it as UTF-8") from None
    except OSError as error:
        message = f"the secret's file cannot be read: {error.strerror}"
        raise _refused(path, message, "give it to the user that runs the service") from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        message = f"others may read this secret (mode {stat.S_IMODE(mode):04o})"
        raise _refused(path, message, f"chmod 600 {path}")
    if not text:
        raise _refused(path, "the secret's file is empty", "write the secret into it")
    return SecretStr(text)


def _refused(path: Path, message: str, remedy: str) -> ConfigError:
    return ConfigError(Problem(str(path), 0, 0, message, remedy))
