"""The worker of the pipeline service: relay, consumer, the fold of the board, and the review of what days change."""

from __future__ import annotations

from services.pipeline.domain.desk import CultivationDesk, open_desk
from services.pipeline.hears import heard_at
from services.pipeline.settings import Settings
from services.pipeline.usecases.fold_board import AT_A_TIME, fold_board
from services.pipeline.usecases.review_enterprises import request_reviews, review_due
from shared.db.engine import Database
from shared.messaging.runner import Job, run_worker

FOLD_EVERY_SECONDS = 1.0
REVIEW_EVERY_SECONDS = 30.0
REVIEWS_AT_A_TIME = 200


def jobs_of(desk: CultivationDesk) -> list[Job]:
    """Return the planned work of this service."""

    async def fold(database: Database) -> None:
        taken = AT_A_TIME
        while taken == AT_A_TIME:
            async with database.transaction() as session:
                taken = await fold_board(session, today=desk.clock.today())

    async def review(database: Database) -> None:
        async with database.transaction() as session:
            await request_reviews(session, pools=desk.pools, today=desk.clock.today())
        reviewed = REVIEWS_AT_A_TIME
        while reviewed == REVIEWS_AT_A_TIME:
            async with database.transaction() as session:
                today = desk.clock.today()
                reviewed = await review_due(session, pools=desk.pools, today=today, most=REVIEWS_AT_A_TIME)

    return [Job("fold", FOLD_EVERY_SECONDS, fold), Job("review", REVIEW_EVERY_SECONDS, review)]


def run() -> None:
    """Work until SIGTERM or SIGINT."""
    settings = Settings()
    desk = open_desk(settings.jurisdictions_dir, settings.clock())
    run_worker("pipeline", settings, heard_at(lambda: desk), jobs_of(desk))


if __name__ == "__main__":
    run()
