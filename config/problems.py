"""Mistakes in what people write: the place, what is wrong, what to do about it."""

from dataclasses import dataclass

from pydantic_core import ErrorDetails, PydanticCustomError


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: where it stands, what is wrong, what to do. Line 0 means the whole file."""

    file: str
    line: int
    column: int
    message: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {self.message} — {self.remedy}"


class ConfigError(Exception):
    """What is written is wrong; `problems` holds every mistake that was found."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


def wrong(message: str, remedy: str) -> PydanticCustomError:
    """What a model's validator raises to give the remedy along with the mistake."""
    return PydanticCustomError("wrong", "{message}", {"message": message, "remedy": remedy})


def explained(details: ErrorDetails) -> tuple[str, str]:
    """A model's error as a message and a remedy."""
    names = [str(key) for key in details["loc"] if key != "[key]"]
    name = names[-1] if names else "the document"
    kind, message = details["type"], details["msg"].removeprefix("Value error, ")
    match kind:
        case "wrong":
            return details["ctx"]["message"], details["ctx"]["remedy"]
        case "missing":
            return f"`{name}` is missing", f"add `{name}:`"
        case "extra_forbidden":
            return f"`{name}` is not known here", "correct its spelling or remove it"
        case "string_type" if isinstance(details["input"], int | float):
            return f"`{name}` must be text", "put the value in quotes"
        case "model_type" | "model_attributes_type" | "dict_type":
            return f"`{name}` must be a mapping", "write it as `key: value` lines"
        case _:
            return f"`{name}`: {message[:1].lower()}{message[1:]}", "correct the value"
