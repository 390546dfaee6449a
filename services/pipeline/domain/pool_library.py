"""Loading the pools: readings put in place, doors checked against the facts that exist, content hashed."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

from services.pipeline.domain.pools import Door, NationalPoolFile, Pool, PoolFile, PoolLibrary, PoolPack
from shared.rules.conditions import AllOf, AnyOf, Condition, Negation, Tree, leaves
from shared.rules.documents import jurisdiction_folders, load_sources
from shared.rules.facts import FactCatalogue
from shared.rules.hashing import content_hash
from shared.rules.reading import Source, read_source
from shared.rules.readings import load_resolved
from shared.rules.validation import validated

NATIONAL = "000000"

Place = tuple[str | int, ...]
"""Where in a file something stands."""


def load_pools(root: Path) -> PoolLibrary:
    """Return the pools of every folder under jurisdictions/; the first mistake in any file raises PackError."""
    source = read_source(root / "national" / "pool.yaml")
    national = validated(NationalPoolFile, source, source.value)
    facts = {fact.id: fact for fact in national.facts}
    catalogue = FactCatalogue(fact.kind() for fact in national.facts)
    _check_doors(source, ("common_doors",), national.common_doors, catalogue)
    _check_pools(source, national.pools, catalogue)
    files = [folder / "pool.yaml" for folder in jurisdiction_folders(root)]
    packs = tuple(_load_pack(file, national.common_doors, catalogue) for file in files if file.is_file())
    pools = tuple(_complete(pool, national.common_doors) for pool in national.pools)
    fallback = PoolPack(NATIONAL, content_hash(source.value), (), pools)
    return PoolLibrary(packs, fallback, facts, catalogue)


def _load_pack(file: Path, common_doors: tuple[Door, ...], catalogue: FactCatalogue) -> PoolPack:
    source = read_source(file)
    resolved = load_resolved(source)
    written = validated(PoolFile, source, resolved.value)
    sources = load_sources(file.parent / "sources.yaml")
    if written.jurisdiction != sources.jurisdiction:
        raise source.error_at(("jurisdiction",), f"区划代码应与 sources.yaml 一致,请写 '{sources.jurisdiction}'")
    if sources.find(written.document) is None:
        raise source.error_at(("document",), f"sources.yaml 中没有文件 {written.document}")
    _check_pools(source, written.pools, catalogue)
    pools = tuple(_complete(pool, common_doors) for pool in written.pools)
    return PoolPack(written.jurisdiction, content_hash(resolved.value), tuple(resolved.chosen.values()), pools)


def _complete(pool: Pool, common_doors: tuple[Door, ...]) -> Pool:
    """Return the pool with the common doors it does not name itself, and its conditions citing their provisions."""
    own = tuple(_citing_door(door) for door in pool.doors)
    named = {door.id for door in own}
    return pool.model_copy(update={"doors": (*own, *(door for door in common_doors if door.id not in named))})


def _citing_door(door: Door) -> Door:
    if door.conditions is None or not door.provisions:
        return door
    cited = {"clause": door.provisions[0].clause, "provision_id": door.provisions[0].id}
    return door.model_copy(update={"conditions": _citing(door.conditions, cited)})


def _citing(tree: Tree, cited: dict[str, str]) -> Tree:
    match tree:
        case Condition():
            return tree.model_copy(update=cited)
        case AllOf(all=parts):
            return tree.model_copy(update={"all": tuple(_citing(part, cited) for part in parts)})
        case AnyOf(any=parts):
            return tree.model_copy(update={"any": tuple(_citing(part, cited) for part in parts)})
        case Negation(negated=part):
            return tree.model_copy(update={"negated": _citing(part, cited)})


def _check_pools(source: Source, pools: tuple[Pool, ...], catalogue: FactCatalogue) -> None:
    for index, pool in enumerate(pools):
        if pool.id in {earlier.id for earlier in pools[:index]}:
            raise source.error_at(("pools", index, "id"), f"培育库 {pool.id} 重复,请删去其一")
        _check_doors(source, ("pools", index, "doors"), pool.doors, catalogue)


def _check_doors(source: Source, path: Place, doors: tuple[Door, ...], catalogue: FactCatalogue) -> None:
    for index, door in enumerate(doors):
        if door.id in {earlier.id for earlier in doors[:index]}:
            raise source.error_at((*path, index, "id"), f"通道 {door.id} 重复,请删去其一")
        for tree in (door.conditions, door.graduates_when):
            for leaf in leaves(tree) if tree else []:
                _check_leaf(source, (*path, index), leaf, catalogue)


def _check_leaf(source: Source, path: Place, leaf: Condition, catalogue: FactCatalogue) -> None:
    kind = catalogue.find(leaf.fact)
    if kind is None:
        near = get_close_matches(leaf.fact, catalogue.ids, n=1)
        hint = f"是否想写 {near[0]}?" if near else f"可用的有:{'、'.join(catalogue.ids)}"
        raise source.error_at(path, f"没有事实 {leaf.fact},{hint}")
    if kind.unit is not leaf.unit:
        raise source.error_at(path, f"事实 {leaf.fact} 的单位是 {kind.unit},unit 请写 {kind.unit}")
