"""What a benchmark says: a median, its bare limit, their ratio, and the goal it is held against."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True)
class Goal:
    """A bound on the ratio (or, with `of_value`, on the figure itself) and what is reached for at this stage."""

    bound: float
    now: float
    at_most: bool = False
    of_value: bool = False

    def text(self) -> str:
        """Return the bound as the table shows it."""
        return f"{'≤' if self.at_most else '≥'} {self.bound:g}" + (f" ({self.now:g})" if self.now != self.bound else "")

    def is_met(self, reached: float) -> bool:
        """Whether what is reached for at this stage was reached."""
        return reached <= self.now if self.at_most else reached >= self.now


@dataclass(frozen=True)
class Figure:
    """One measured work. `rounds` and `limit_rounds` are the single rounds behind the medians."""

    work: str
    unit: str
    rounds: Sequence[float]
    limit: str = ""
    limit_rounds: Sequence[float] = ()
    goal: Goal | None = None
    notes: Mapping[str, float | str] = field(default_factory=dict)

    @property
    def value(self) -> float:
        """The median of the rounds."""
        return median(self.rounds)

    @property
    def limit_value(self) -> float | None:
        """The median of the limit's rounds."""
        return median(self.limit_rounds) if self.limit_rounds else None

    @property
    def ratio(self) -> float | None:
        """The median of the ratios of each round: speed drifts between rounds, less within one."""
        if not self.limit_rounds:
            return None
        return median(ours / limit for ours, limit in zip(self.rounds, self.limit_rounds, strict=True))

    @property
    def is_met(self) -> bool | None:
        """Whether the goal of this stage was reached; None without a goal."""
        if self.goal is None:
            return None
        reached = self.value if self.goal.of_value else self.ratio
        return None if reached is None else self.goal.is_met(reached)

    def as_dict(self) -> dict[str, object]:
        """Return everything, for the JSON file."""
        medians = {"value": self.value, "limit_value": self.limit_value, "ratio": self.ratio}
        goal = self.goal.text() if self.goal else None
        return {**vars(self), "notes": dict(self.notes), **medians, "goal": goal, "is_met": self.is_met}


def at_least(bound: float, now: float | None = None, *, of_value: bool = False) -> Goal:
    """Return a goal to be reached from below; at this stage half of it, unless `now` says otherwise."""
    return Goal(bound, bound / 2 if now is None else now, of_value=of_value)


def at_most(bound: float, now: float | None = None, *, of_value: bool = True) -> Goal:
    """Return a goal not to be exceeded; twice as much at this stage is for the caller to say."""
    return Goal(bound, bound if now is None else now, at_most=True, of_value=of_value)


def interleave(rounds: int, works: Mapping[str, Callable[[], float]]) -> dict[str, list[float]]:
    """Measure the works in turn, forwards and backwards, so that drift and order meet all alike."""
    measured: dict[str, list[float]] = {name: [] for name in works}
    for number in range(rounds):
        names = list(works) if number % 2 == 0 else list(works)[::-1]
        for name in names:
            measured[name].append(works[name]())
    return measured


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value below which `share` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
