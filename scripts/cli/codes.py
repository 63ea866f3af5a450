"""Exit codes, and which failure has which."""

OK, PROBLEMS, WRONG, UNREACHABLE, INTERRUPTED = 0, 1, 2, 3, 130

LEGEND = """
Exit codes: 0 done; 1 problems were found, or there is no such thing; 2 wrong usage or
configuration; 3 something that is needed cannot be reached; 130 interrupted.
"""


class NotFound(Exception):
    """What was asked for is not there."""


class Unreachable(Exception):
    """The service, or what it needs, is away."""


def code_of(error: Exception) -> int | None:
    """The exit code of a failure that has been foreseen, None of any other."""
    from config.documents import ConfigError
    from ivr.ami_errors import AmiError
    from scripts.embedded.errors import SetupError
    from tickets.agents import AgentExists, AgentUnknown
    from tickets.errors import StoreAway

    codes: dict[type[Exception], int] = {
        NotFound: PROBLEMS,
        AgentExists: PROBLEMS,
        AgentUnknown: PROBLEMS,
        ConfigError: WRONG,
        SetupError: WRONG,
        ValueError: WRONG,
        Unreachable: UNREACHABLE,
        StoreAway: UNREACHABLE,
        AmiError: UNREACHABLE,
    }
    return next((code for kind, code in codes.items() if isinstance(error, kind)), None)
