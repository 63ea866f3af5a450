"""Why PostgreSQL is away, with the place and the remedy."""

from urllib.parse import parse_qs, urlsplit

import asyncpg

from tickets.errors import StoreAway

_REMEDIES: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    (
        asyncpg.InvalidAuthorizationSpecificationError,
        "check user and password in `database.url_file`, and pg_hba.conf",
    ),
    (
        asyncpg.ClientConfigurationError,
        "write it into `database.url_file` as postgresql://USER:PASSWORD@HOST/NAME",
    ),
    (asyncpg.InvalidCatalogNameError, "create the database, then run `saluran migrate`"),
    (
        (asyncpg.UndefinedTableError, asyncpg.UndefinedColumnError),
        "run `saluran migrate`",
    ),
    (asyncpg.InsufficientPrivilegeError, "run `saluran migrate` as the user that serves"),
    (
        asyncpg.TooManyConnectionsError,
        "raise max_connections, or lower `database.connections_max`",
    ),
    (asyncpg.DiskFullError, "free the disk of the database"),
    (
        asyncpg.ReadOnlySQLTransactionError,
        "connect to the primary server, or end its read-only mode",
    ),
    (
        (asyncpg.OperatorInterventionError, asyncpg.CannotConnectNowError),
        "wait until it has started again",
    ),
    (TimeoutError, "see whether it is overloaded, stopped, or behind a firewall"),
    (FileNotFoundError, "start PostgreSQL, or correct the socket's folder in the address"),
    (
        (OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError),
        "see whether PostgreSQL runs there",
    ),
)


def away(dsn: str, error: BaseException) -> StoreAway:
    """The error as StoreAway: which database, what happened, what to do."""
    remedy = next((text for kind, text in _REMEDIES if isinstance(error, kind)), "see its log")
    return StoreAway(f"{place(dsn)}: {reason(error)}; {remedy}")


def reason(error: BaseException) -> str:
    """What an error says, without the values that PostgreSQL repeats in its details."""
    said = error.args[0] if error.args and isinstance(error.args[0], str) else ""
    return said.partition("\n")[0] or type(error).__name__


def place(dsn: str) -> str:
    """Which database an address means, without user and password."""
    parts = urlsplit(dsn)
    host = parts.hostname or parse_qs(parts.query).get("host", ["localhost"])[0]
    port = f":{parts.port}" if parts.port else ""
    return f"PostgreSQL database `{parts.path.lstrip('/')}` at {host}{port}"
