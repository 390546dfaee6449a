"""Enterprises on the way to a recognition, and the short forms of what is asked about them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from services.pipeline.domain.readiness.accounts import accounts_of
from services.pipeline.domain.readiness.assessment import Readiness, assess
from services.pipeline.domain.readiness.findings import Finding
from services.pipeline.domain.readiness.rules import Target
from shared.events.enterprise import EnterpriseState
from tests.pipeline.application import readiness
from tests.pipeline.facts import TODAY, Firm

WAN = 1_000_000
"""Ten thousand yuan in fen."""

YI = 10_000 * WAN
"""A hundred million yuan in fen."""


def firm_with(years: dict[int, dict[str, int]], **fields: Any) -> Firm:
    """An enterprise with the figures of some years."""
    firm = Firm(1, **fields)
    for year, figures in years.items():
        firm.reported(year, **figures)
    return firm


def spending(revenue_fen: int, rd_expense_fen: int, *, domestic_fen: int | None = None) -> dict[str, int]:
    """Figures of a year: sales and what of them went into R&D, all of it at home unless told otherwise."""
    domestic = rd_expense_fen if domestic_fen is None else domestic_fen
    return {"revenue_fen": revenue_fen, "rd_expense_fen": rd_expense_fen, "rd_expense_domestic_fen": domestic}


def hnte(state: EnterpriseState | Firm, as_of: date = TODAY) -> Readiness:
    """Ready for HNTE?"""
    return assess(readiness(), Target.HNTE, state.state if isinstance(state, Firm) else state, as_of)


def tech_sme(firm: Firm, as_of: date = TODAY, **standing: int) -> Readiness:
    """Ready for 科小? `standing` holds what the register does not keep, such as the count of IP."""
    accounts = replace(accounts_of(firm.state, as_of), standing=standing)
    return assess(readiness(), Target.TECH_SME, firm.state, as_of, accounts)


def found(answer: Readiness, condition: str) -> Finding:
    """What was found for one condition, named without its target."""
    return next(f for f in answer.findings if f.condition.id == f"{answer.rules.target}.{condition}")


def outcome(answer: Readiness, condition: str) -> tuple[str, Decimal | int | None, int | None]:
    """Result, value and gap of one condition."""
    finding = found(answer, condition)
    return finding.result.value, finding.value, finding.gap.amount if finding.gap else None
