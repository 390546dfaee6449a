"""Ladders and recognition kinds: the data behind rungs, for people to read."""

from __future__ import annotations

from pydantic import BaseModel

from services.enterprise.api.deps import PartsDep
from shared.kernel.roles import READERS
from shared.rules.ladders import Ladder
from shared.web.access import allow
from shared.web.context import Ctx
from shared.web.edge import EdgeRouter
from shared.web.paging import Page

router = EdgeRouter(prefix="/v1", tags=["ladders"])


class RecognitionKindRead(BaseModel):
    """A kind of recognition; `levels` is empty where the kind itself fixes the level."""

    id: str
    label_zh: str
    kind_class: str
    levels: list[str]
    basis_zh: str
    note_zh: str | None


@router.get("/ladders")
@allow(*READERS)
async def list_ladders(ctx: Ctx, parts: PartsDep) -> Page[Ladder]:
    """各地的梯度阶梯 / the ladders of all jurisdictions."""
    return Page(items=list(parts.ladders.packs), next_cursor=None)


@router.get("/recognition-kinds")
@allow(*READERS)
async def list_recognition_kinds(ctx: Ctx, parts: PartsDep) -> Page[RecognitionKindRead]:
    """认定种类 / the kinds of recognition."""
    kinds = [
        RecognitionKindRead(
            id=kind.id,
            label_zh=kind.label_zh,
            kind_class=kind.kind_class,
            levels=list(kind.levels),
            basis_zh=kind.basis_zh,
            note_zh=kind.note_zh,
        )
        for kind in parts.ladders.kinds.kinds
    ]
    return Page(items=kinds, next_cursor=None)
