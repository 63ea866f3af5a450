"""What all facts have, as the ticket side reads them."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

Phone = Annotated[str, Field(pattern=r"^\+[1-9][0-9]{6,14}$")]


class FactBase(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    id: UUID
    call: UUID
    at: AwareDatetime
