"""What can go wrong between the service and the PBX's manager interface."""

from ivr.errors import LineError


class AmiError(LineError):
    """The base; the message names the place and the remedy."""


class AmiDown(AmiError):
    """There is no session with the PBX, or it was lost before the answer came.

    Whether the PBX did what it was asked is then not known; nothing is sent again by itself.
    """


class AmiTimeout(AmiError):
    """The PBX did not answer an action in time; it may still act on it."""


class AmiRefused(AmiError):
    """The PBX answered an action with an error; the message is the PBX's own."""


class AmiForbidden(AmiRefused):
    """The AMI user lacks the right for an action."""


class AmiLoginRefused(AmiRefused):
    """Wrong user or secret, or an address that the user's ACL does not permit."""


class AmiUnsafe(AmiError):
    """An action that must not be sent: it holds CR, LF or NUL, or is longer than AMI reads."""


class AmiBusy(AmiError):
    """Too many actions are waiting for their answers."""


class AmiGarbled(AmiError):
    """What came is not AMI: another service's port, or a broken PBX."""
