"""What can go wrong on the phone side, in its own words."""


class LineError(Exception):
    """The base of everything the phone side raises."""


class CallerHungUp(LineError):
    """The caller is gone; nobody has to check for it, the call's task ends with it."""


class CallTakenAway(LineError):
    """The channel left AsyncAGI without hanging up (lease over, redirected): another hand has it."""
