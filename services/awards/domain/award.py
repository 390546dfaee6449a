"""An award as its announcements need it, wherever it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol
from uuid import UUID

from services.awards.domain.states import AwardStatus


class PublicAward(Protocol):
    """What others may know of an award."""

    @property
    def id(self) -> UUID:
        """The award's id."""
        ...

    @property
    def version(self) -> int:
        """One more with each change."""
        ...

    @property
    def uscc(self) -> str | None:
        """The enterprise, where one is concerned."""
        ...

    @property
    def region_code(self) -> str:
        """The county."""
        ...

    @property
    def park_code(self) -> str | None:
        """The park."""
        ...

    @property
    def beneficiary(self) -> str:
        """The kind of beneficiary."""
        ...

    @property
    def beneficiary_id(self) -> str:
        """The beneficiary."""
        ...

    @property
    def beneficiary_name(self) -> str:
        """The beneficiary's name."""
        ...

    @property
    def grant_rule_id(self) -> str:
        """The rule it is given under."""
        ...

    @property
    def grant_rule_label(self) -> str:
        """The rule's name for people."""
        ...

    @property
    def provision_ids(self) -> Sequence[str]:
        """The provisions the rule carries."""
        ...

    @property
    def trigger_on(self) -> date:
        """The day of the event it rewards."""
        ...

    @property
    def amount_fen(self) -> int | None:
        """The amount; None while a person has yet to decide it."""
        ...

    @property
    def state(self) -> AwardStatus:
        """Where it stands."""
        ...
