"""How often the same beneficiary may receive the same grant, as one key the database keeps unique."""

from __future__ import annotations

from services.awards.domain.occasions import Occasion
from shared.rules.grants import GrantRule, Once


def once_key(rule: GrantRule, occasion: Occasion) -> str:
    """Return the key under which this award is given at most once."""
    parts = [rule.id, occasion.beneficiary_id]
    match rule.once:
        case Once.PER_TRIGGER:
            parts.append(occasion.id)
        case Once.PER_YEAR:
            parts.append(str(occasion.on.year))
        case Once.PER_BENEFICIARY:
            pass
    return "|".join(parts)
