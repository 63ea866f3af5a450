"""What may go wrong with the Cloud API, each to be switched on by itself."""

from dataclasses import dataclass, field, fields


@dataclass
class Faults:
    """Numbers are of the next so many; a switch holds until it is put back."""

    bad_signature: int = 0
    """Webhooks that are signed with another secret first, then rightly."""
    duplicate: bool = False
    """Each webhook is delivered twice."""
    hold: bool = False
    """Webhooks wait; when it is put back they come, newest first."""
    delay: float = 0.0
    """Seconds by which each webhook is late."""
    hide_phone: bool = False
    """Traders are known by their BSUID alone."""
    skip_delivered: bool = False
    """`delivered` is never told; `read` may follow `sent` at once."""
    away: int = 0
    """Sends that are answered by 503 and nothing that could be read."""
    cut: int = 0
    """Sends that are carried out, and the connection is cut before the answer."""
    errors: list[int] = field(default_factory=list)
    """Codes that the next sends are refused with."""
    media_expired: bool = False
    """Media ids are older than their seven days."""
    link_expired: int = 0
    """Downloads whose address is older than its five minutes."""

    def takes(self, name: str) -> bool:
        """Whether one of the counted ones is due; it is used up."""
        left: int = getattr(self, name)
        if left <= 0:
            return False
        setattr(self, name, left - 1)
        return True

    def set(self, name: str, value: str) -> None:
        """From a form. Raises ValueError for what is none."""
        match {one.name: one.type for one in fields(self)}.get(name):
            case t if t is bool:
                setattr(self, name, value == "on")
            case t if t is int:
                setattr(self, name, int(value or 0))
            case t if t is float:
                setattr(self, name, float(value or 0))
            case None:
                raise ValueError(f"{name} is no fault")
            case _:
                self.errors = [int(code) for code in value.replace(",", " ").split()]
