"""Who am I: the token's bearer as the services see them."""

from __future__ import annotations

from services.console.api.schemas import MeRead
from shared.kernel.roles import Role
from shared.web.access import allow
from shared.web.context import Ctx
from shared.web.edge import EdgeRouter

router = EdgeRouter(tags=["sign-in"])


@router.get("/auth/me")
@allow(*Role)
async def read_me(ctx: Ctx) -> MeRead:
    """当前登录者及其管辖范围 / the signed-in person and their scope."""
    principal = ctx.principal
    return MeRead(
        subject=principal.subject,
        person_id=principal.person_id,
        name=principal.name,
        roles=sorted(principal.roles),
        sees_everything=principal.scope.everything,
        regions=list(principal.scope.regions),
        park_code=principal.scope.park_code,
        usccs=list(principal.scope.usccs),
    )
