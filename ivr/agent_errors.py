"""Why what an agent or a supervisor asked for is not done, in words of the field."""


class AgentError(Exception):
    """The base; its text says what to do, for whoever asked by API or command line."""


class AgentUnknown(AgentError):
    def __init__(self, extension: str) -> None:
        super().__init__(f"{extension} is no agent's extension: see `saluran agents list`.")


class AgentsNotRead(AgentError):
    def __init__(self) -> None:
        super().__init__("Who the agents are was not read yet: PostgreSQL is away.")


class NotLoggedIn(AgentError):
    def __init__(self, extension: str) -> None:
        super().__init__(f"{extension} is not logged in: key *11 on the phone first.")


class NotReady(AgentError):
    def __init__(self, extension: str) -> None:
        super().__init__(f"{extension} takes no calls now: key *11, then *14 on the phone.")


class NotSupervisor(AgentError):
    def __init__(self, extension: str) -> None:
        super().__init__(f"{extension} is no supervisor: `saluran agents add … --supervisor`.")


class NotTalking(AgentError):
    def __init__(self, extension: str) -> None:
        super().__init__(f"{extension} is not in a call: nothing can be listened to.")


class NotFree(AgentError):
    def __init__(self, extension: str) -> None:
        super().__init__(f"{extension} is on the phone, or it rings: end that call first.")


class LineClosed(AgentError):
    """The line is closed: nobody is called outside its hours."""


class NotToBeCalled(AgentError):
    """The number is ours, or one that is never called back."""


class Engaged(AgentError):
    """They are on the line just now."""


class CalledAlready(AgentError):
    """This introduction was begun before; each is made once."""


class NotRecorded(AgentError):
    """The talk is not being recorded: the caller did not agree."""


class NobodyWaits(AgentError):
    """The caller left the queue, or nobody stands in one."""


class NoTalk(AgentError):
    def __init__(self, extension: str) -> None:
        super().__init__(f"{extension} has not spoken with anybody yet.")


class CodeUnknown(AgentError):
    """What was keyed means nothing; the text says what would."""


class Unconfirmed(AgentError):
    def __init__(self, extension: str) -> None:
        super().__init__(
            f"The PBX has not confirmed the change of {extension}: look again with "
            "`saluran agents status`."
        )
