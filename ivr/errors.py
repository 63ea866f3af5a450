"""What can go wrong on the phone side, in its own words."""


class LineError(Exception):
    """The base of everything the phone side raises."""


class CallerHungUp(LineError):
    """The caller is gone; nobody has to check for it, the call's task ends with it."""


class CallTakenAway(LineError):
    """The channel left AsyncAGI without hanging up: its lease ended, another hand has it."""


class LinkLost(LineError):
    """The AMI link is down: the channel lives on, and is taken up again when it returns."""
