"""A small invented jurisdiction for tests of the engine: nothing in it is any city's law."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from shared.rules.conditions import AllOf, Tree
from shared.rules.documents import Document, Sources
from shared.rules.facts import FactCatalogue, FactKind, FactPoint, Observation
from shared.rules.packs import LoadedPack, load_pack
from shared.rules.recognition_kinds import KindRegister, OpenEnded, RecognitionKind
from shared.rules.units import Unit, Value

CATALOGUE = FactCatalogue(
    FactKind(id=id_, label_zh=label, unit=unit, supplied_by_zh=supplier, evidence_zh="证明", values_zh=values)
    for id_, label, unit, supplier, values in [
        ("a", "甲", Unit.FLAG, "统计局", {}),
        ("b", "乙", Unit.RATIO, "企业", {}),
        ("c", "丙", Unit.FEN, "企业", {}),
        ("d", "丁", Unit.DATE, "企业", {}),
        ("e", "戊", Unit.CODE, "科技局", {"excellent": "优秀", "competent": "称职"}),
        ("f", "己", Unit.COUNT, "企业", {}),
    ]
)
KINDS = KindRegister(
    RecognitionKind(id=id_, label_zh=id_, kind_class="rung", validity=OpenEnded(kind="open_ended"), basis_zh="示例")
    for id_ in ("hnte", "tech_sme")
)
SOURCES = Sources(
    jurisdiction="530900",
    name="示例市",
    documents=(Document(id="plan", title="示例方案", issuer="示例市", text_sha256="0" * 64),),
)


@dataclass
class Known:
    """Facts given by name, the same at every point."""

    values: dict[str, Value] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def observe(self, fact: str, at: FactPoint) -> Observation:
        """Return the given value, or that nobody knows."""
        self.asked.append(fact)
        if fact in self.values:
            return Observation(fact, at, value=self.values[fact], period="2025-01-01", source="示例来源")
        return Observation(fact, at, missing=(fact,))


def tree(*conditions: object) -> Tree:
    """All of the given conditions, written as in a pack."""
    return AllOf.model_validate({"all": list(conditions)})


def pack_from(text: str, folder: Path) -> LoadedPack:
    """Load a pack written in a test."""
    file = folder / "pack.yaml"
    file.write_text(text, "utf-8")
    return load_pack(file, SOURCES, CATALOGUE, KINDS)
