"""Money is integer fen; text is parsed with Decimal, amounts are split by largest remainder and sum exactly."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

FEN_PER_YUAN = 100
MAX_FEN = 9_000_000_000_000_000
"""The largest amount accepted, in fen (90 trillion yuan): fits a bigint with room for sums."""

_UNITS = {"": 1, "元": 1, "万": 10_000, "万元": 10_000, "亿": 100_000_000, "亿元": 100_000_000}
_AMOUNT = re.compile(r"(-?\d+(?:\.\d+)?)(元|万元|万|亿元|亿)?")


def round_fen(value: Decimal) -> int:
    """Round an exact amount in fen half up: the one rounding rule of the project."""
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def yuan_to_fen(yuan: Decimal | int | str) -> int:
    """Convert yuan to fen; raises ValueError on what is no number or lies beyond MAX_FEN."""
    try:
        exact = Decimal(yuan) * FEN_PER_YUAN
    except InvalidOperation as error:
        raise ValueError(f"不是金额:{yuan}") from error
    if not exact.is_finite() or abs(exact) > MAX_FEN:
        raise ValueError(f"金额超出范围:{yuan}")
    return round_fen(exact)


def parse_amount(text: str, *, default_unit: str = "元") -> int:
    """Read an amount such as '3.5万元' or '1,200.50' into fen; `default_unit` holds where the text names none."""
    plain = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "")
    match = _AMOUNT.fullmatch(plain)
    if match is None:
        raise ValueError(f"不是金额:{text}")
    return yuan_to_fen(Decimal(match[1]) * _UNITS[match[2] or default_unit])


def format_fen(fen: int) -> str:
    """Write fen the Chinese way: whole multiples of 万元 as such, others in yuan with separators."""
    if fen and fen % (10_000 * FEN_PER_YUAN) == 0:
        return f"{fen // (10_000 * FEN_PER_YUAN):,}万元"
    sign, rest = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{rest // FEN_PER_YUAN:,}.{rest % FEN_PER_YUAN:02d}元"


def split_fen(total: int, weights: Sequence[int | Decimal]) -> list[int]:
    """Split `total` fen by non-negative weights with the largest-remainder method.

    The parts always sum to `total` exactly; equal remainders go to the earlier weight. Raises ValueError when
    the total or a weight is negative, or all weights are zero.
    """
    exact = [Decimal(weight) for weight in weights]
    whole = sum(exact, Decimal(0))
    if total < 0 or any(weight < 0 for weight in exact) or whole <= 0:
        raise ValueError("分配需要非负的总额,以及不全为零的非负权重")
    numerators = [_as_integer_ratio(weight, exact) for weight in exact]
    divisor = sum(numerators)
    parts = [total * numerator // divisor for numerator in numerators]
    remainders = [total * numerator % divisor for numerator in numerators]
    order = sorted(range(len(parts)), key=lambda i: (-remainders[i], i))
    for i in order[: total - sum(parts)]:
        parts[i] += 1
    return parts


def _as_integer_ratio(weight: Decimal, weights: Sequence[Decimal]) -> int:
    """Scale all weights by one power of ten so that the division is exact in integers."""
    exponents = [int(exponent) for w in weights if isinstance(exponent := w.as_tuple().exponent, int)]
    return int(weight.scaleb(max(0, -min(exponents))))
