"""Our formats for schemathesis, and a check of our own; its command line loads this (SCHEMATHESIS_HOOKS)."""

from __future__ import annotations

import os
from datetime import date
from typing import Any, get_args

import schemathesis
from hypothesis import strategies as st
from pydantic_core.core_schema import ErrorType
from schemathesis import Case, CheckContext, Response

from shared.testing.codes import make_uscc

_KINDS = frozenset(get_args(ErrorType)) - {"missing"}
_known = os.environ.get("TIDU_KNOWN_USCCS", "").split()
_fresh = st.integers(1000, 800_000_000).map(make_uscc)
_counties = ["530402", "530403", "530422", "530423"]

schemathesis.openapi.format("uscc", st.sampled_from(_known) | _fresh if _known else _fresh)
schemathesis.openapi.format("region_code", st.sampled_from(_counties))
schemathesis.openapi.format("email", st.from_regex(r"\A[a-z0-9]{1,20}(\.[a-z]{1,5})?@[a-z]{1,10}\.cn\Z"))
schemathesis.openapi.format("date", st.dates(date(1900, 1, 1), date(2199, 12, 31)).map(date.isoformat))


@schemathesis.check
def well_formed_data_is_refused_by_rules_only(ctx: CheckContext, response: Response, case: Case[Any]) -> bool | None:
    """A 422 for data that fits the published schema must be a business rule's: the schema has to tell the rest."""
    if response.status_code != 422 or case.meta is None or not case.meta.generation.mode.is_positive:
        return None
    codes = {error["code"] for error in response.json().get("errors", [])}
    if isinstance(case.body, dict) and any(isinstance(value, float) for value in case.body.values()):
        codes.discard("int_type")  # 1.0 is an integer to JSON Schema; fen written with a point are a mistake to us
    assert not codes & _KINDS, f"refused by a type though it fits the schema: {response.text}"
    return None
