"""How large the works are: quick for a look, usual for the table, large for the questions of scale."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """Rounds, seconds per measurement, and the numbers of things."""

    rounds: int = 3
    seconds: float = 4.0
    enterprises: int = 100_000
    events: int = 10_000
    paced_seconds: float = 20.0
    settling_seconds: float = 15.0
    idle_seconds: float = 20.0
    board_enterprises: tuple[int, ...] = (10_000, 100_000)
    import_rows: int = 10_000


QUICK = Size(
    rounds=1,
    seconds=1.0,
    enterprises=5_000,
    events=2_000,
    paced_seconds=4.0,
    settling_seconds=5.0,
    idle_seconds=5.0,
    board_enterprises=(10_000,),
    import_rows=1_000,
)
USUAL = Size()
LARGE = Size(board_enterprises=(10_000, 1_000_000, 5_000_000), import_rows=100_000)
TINY = Size(
    rounds=1,
    seconds=0.2,
    enterprises=200,
    events=20,
    paced_seconds=0.5,
    settling_seconds=0.0,
    idle_seconds=0.5,
    board_enterprises=(200,),
    import_rows=20,
)
