"""What kind of body a credit code stands for, and which kinds may climb a ladder."""

from __future__ import annotations

import re
from enum import StrEnum


class EntityKind(StrEnum):
    """The legal kind of an entry, told from the code's first two characters and the name."""

    ENTERPRISE = "enterprise"
    BRANCH = "branch"
    INDIVIDUAL_BUSINESS = "individual_business"
    COOPERATIVE = "cooperative"
    TRADE_UNION = "trade_union"
    PUBLIC_INSTITUTION = "public_institution"
    SOCIAL_ORGANISATION = "social_organisation"
    OTHER = "other"


CANDIDATE_KINDS = frozenset({EntityKind.ENTERPRISE})
"""Kinds a ladder is for: resident firms (国科发火〔2016〕32号, 国科发政〔2017〕115号). Others are kept, marked."""

_KIND_OF_PREFIX = {
    "91": EntityKind.ENTERPRISE,
    "92": EntityKind.INDIVIDUAL_BUSINESS,
    "93": EntityKind.COOPERATIVE,
    "81": EntityKind.TRADE_UNION,
    "11": EntityKind.PUBLIC_INSTITUTION,
    "12": EntityKind.PUBLIC_INSTITUTION,
    "51": EntityKind.SOCIAL_ORGANISATION,
    "52": EntityKind.SOCIAL_ORGANISATION,
    "53": EntityKind.SOCIAL_ORGANISATION,
}

_TRADE_UNION_NAME = re.compile(r"工会(委员会)?$")
_BRANCH_NAME = re.compile(
    r"(分公司|分行|支行|分社|分店|分厂|营业部|营业所|营业厅|门市部|经营部|服务部|办事处|代表处|分理处"
    r"|储蓄所|储蓄专柜|邮政储蓄|购销点|购销站|采购站|连锁店|加油站|加气站|收费站)([((].*[))])?(\d*[一二三四五六七八九十]*)$"
)


def classify_entity(uscc: str, name: str) -> EntityKind:
    """Return the kind of a normalised code and its name; a branch has an enterprise's code and only its name tells."""
    kind = _KIND_OF_PREFIX.get(uscc[:2], EntityKind.OTHER)
    if _TRADE_UNION_NAME.search(name):
        return EntityKind.TRADE_UNION
    if kind is EntityKind.ENTERPRISE and _BRANCH_NAME.search(name):
        return EntityKind.BRANCH
    return kind


def is_candidate(kind: EntityKind) -> bool:
    """Tell whether entries of this kind may climb a ladder."""
    return kind in CANDIDATE_KINDS
