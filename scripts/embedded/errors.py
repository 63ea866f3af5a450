"""What can go wrong while setting up or running the embedded parts."""


class SetupError(Exception):
    """Something needed cannot be had here; the message says why and what to do."""


class PortTaken(SetupError):
    """A port asked for by the operator is in use by somebody else."""


class AlreadyRunning(SetupError):
    """This state folder is in use by a running demo."""
