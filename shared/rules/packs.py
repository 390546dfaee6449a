"""Loading grant packs: readings put in place, conditions checked against the facts that exist, content hashed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from shared.kernel.regions import covers
from shared.rules.conditions import AllOf, AnyOf, Condition, Negation, Tree
from shared.rules.documents import Document, Sources, jurisdiction_folders, load_facts, load_sources
from shared.rules.facts import FactCatalogue
from shared.rules.grants import GrantPack, GrantRule, InForce
from shared.rules.hashing import content_hash
from shared.rules.pack_checks import check_rule, document_of
from shared.rules.reading import read_source
from shared.rules.readings import Resolved, every_choice, load_resolved, readings_of
from shared.rules.recognition_kinds import KindRegister, load_recognition_kinds
from shared.rules.validation import validated


@dataclass(frozen=True)
class LoadedPack:
    """A pack ready for use, with its document and the fingerprint that decisions store."""

    pack: GrantPack
    document: Document
    jurisdiction_name: str
    content_hash: str
    file: Path

    def in_force(self, rule: GrantRule) -> InForce:
        """The rule's own times where it has them, else the pack's."""
        return rule.in_force or self.pack.in_force


@dataclass(frozen=True)
class PackLibrary:
    """All packs of all jurisdictions, the facts their rules ask for, and the kinds of recognition."""

    packs: tuple[LoadedPack, ...]
    catalogue: FactCatalogue
    kinds: KindRegister

    def for_region(self, region_code: str) -> list[LoadedPack]:
        """The packs of every jurisdiction that contains this division."""
        return [loaded for loaded in self.packs if covers(loaded.pack.jurisdiction, region_code)]

    def rules(self) -> Iterator[tuple[LoadedPack, GrantRule]]:
        """Every grant rule with the pack it stands in."""
        for loaded in self.packs:
            for rule in loaded.pack.grants:
                yield loaded, rule

    def find_rule(self, rule_id: str) -> tuple[LoadedPack, GrantRule] | None:
        """The rule with this id, if a pack has it."""
        return next(((loaded, rule) for loaded, rule in self.rules() if rule.id == rule_id), None)


def load_library(root: Path) -> PackLibrary:
    """Every grant pack under jurisdictions/; the first mistake in any file raises PackError."""
    catalogue = load_facts(root / "national" / "facts.yaml")
    kinds = load_recognition_kinds(root / "national" / "recognition_kinds.yaml")
    packs = tuple(loaded for folder in jurisdiction_folders(root) for loaded in _packs_in(folder, catalogue, kinds))
    library = PackLibrary(packs, catalogue, kinds)
    seen: dict[str, LoadedPack] = {}
    for loaded, rule in library.rules():
        if rule.id in seen:
            raise read_source(loaded.file).error_at((), f"条款规则 {rule.id} 与 {seen[rule.id].file.name} 重复,请改名")
        seen[rule.id] = loaded
    return library


def _packs_in(folder: Path, catalogue: FactCatalogue, kinds: KindRegister) -> Iterator[LoadedPack]:
    sources = load_sources(folder / "sources.yaml")
    for file in pack_files(folder):
        yield load_pack(file, sources, catalogue, kinds)


def pack_files(folder: Path) -> list[Path]:
    """The grant packs of one jurisdiction; the cases beside them are no packs."""
    return sorted(file for file in (folder / "grants").glob("*.yaml") if not file.name.endswith(".cases.yaml"))


def load_pack(
    file: Path,
    sources: Sources,
    catalogue: FactCatalogue,
    kinds: KindRegister,
    choices: Mapping[str, str] | None = None,
) -> LoadedPack:
    """One pack under the given choices of readings (the defaults where none is given); raises PackError."""
    source = read_source(file)
    resolved = load_resolved(source, choices)
    pack = validated(GrantPack, source, resolved.value)
    document = document_of(source, pack, sources)
    grants = tuple(_completed(rule, index, resolved) for index, rule in enumerate(pack.grants))
    for index, rule in enumerate(grants):
        check_rule(source, index, rule, catalogue, kinds)
    pack = pack.model_copy(update={"grants": grants})
    return LoadedPack(pack, document, sources.name, content_hash(resolved.value), file)


def check_every_reading(file: Path, sources: Sources, catalogue: FactCatalogue, kinds: KindRegister) -> int:
    """Load the pack once for every option of every reading; returns how many were tried, raises PackError."""
    tried = 0
    for choices in every_choice(readings_of(read_source(file))):
        load_pack(file, sources, catalogue, kinds, choices)
        tried += 1
    return tried


def _completed(rule: GrantRule, index: int, resolved: Resolved) -> GrantRule:
    """The rule with the clause and provision of its conditions filled in, and the readings it rests on."""
    places: list[tuple[str | int, ...]] = [("grants", index)]
    if rule.in_force is None:
        places.append(("in_force",))
    conditions = rule.conditions and _citing(rule.conditions, rule)
    return rule.model_copy(update={"conditions": conditions, "readings": resolved.used_within(*places)})


def _citing(tree: Tree, rule: GrantRule) -> Tree:
    match tree:
        case Condition():
            first = rule.provisions[0]
            cited = {"clause": tree.clause or first.clause, "provision_id": tree.provision_id or first.id}
            return tree.model_copy(update=cited)
        case AllOf(all=parts):
            return tree.model_copy(update={"all": tuple(_citing(part, rule) for part in parts)})
        case AnyOf(any=parts):
            return tree.model_copy(update={"any": tuple(_citing(part, rule) for part in parts)})
        case Negation(negated=part):
            return tree.model_copy(update={"negated": _citing(part, rule)})
