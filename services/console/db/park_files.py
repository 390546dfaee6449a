"""The parks of the jurisdictions, read from each one's parks.yaml."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field


class Park(BaseModel):
    """A park and the committee that runs it; `clause` is where the policy names it, if it does."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str = Field(pattern=r"^[0-9]{6}-park-[0-9]+$")
    name: str
    region_code: str = Field(pattern=r"^[0-9]{6}$")
    committee: str
    clause: str | None = None


class ParkFile(BaseModel):
    """parks.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    jurisdiction: str = Field(pattern=r"^[0-9]{6}$")
    parks: tuple[Park, ...]


def read_park_names(jurisdictions_dir: Path) -> dict[str, str]:
    """Return the names of all parks by code; raises ValidationError naming what is wrong in a file."""
    files = sorted(jurisdictions_dir.glob("[0-9]*/parks.yaml"))
    read = [ParkFile.model_validate(yaml.safe_load(file.read_text("utf-8"))) for file in files]
    return {park.code: park.name for file in read for park in file.parks}
