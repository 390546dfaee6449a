"""The documents behind the rules: sources.yaml of each jurisdiction, and the facts rules may ask for."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from pydantic import Field

from shared.rules.conditions import RuleModel
from shared.rules.facts import FactCatalogue, FactKind
from shared.rules.reading import PackError, read_source
from shared.rules.validation import validated


class Document(RuleModel):
    """One policy document. Its text is not kept here; `text_sha256` tells which text the quotes were taken from."""

    id: str
    title: str
    document_number: str | None = None
    issuer: str
    issued_on: date | None = None
    published_on: date | None = None
    text_sha256: str = Field(pattern="^[0-9a-f]{64}$")
    note_zh: str | None = None


class Sources(RuleModel):
    """sources.yaml: the jurisdiction's code and name, and its documents."""

    jurisdiction: str = Field(pattern="^[0-9]{6}$")
    name: str
    documents: tuple[Document, ...] = Field(min_length=1)

    def find(self, document: str) -> Document | None:
        """The document with this id, if it is listed."""
        return next((item for item in self.documents if item.id == document), None)


class _Facts(RuleModel):
    facts: tuple[FactKind, ...]


def load_sources(file: Path) -> Sources:
    """The jurisdiction's documents; raises PackError."""
    source = read_source(file)
    return validated(Sources, source, source.value)


def load_facts(file: Path) -> FactCatalogue:
    """The facts that rules may ask for; raises PackError."""
    source = read_source(file)
    kinds = validated(_Facts, source, source.value).facts
    for index, kind in enumerate(kinds):
        if kind.id in {earlier.id for earlier in kinds[:index]}:
            raise source.error_at(("facts", index, "id"), f"事实 {kind.id} 重复,请删去其一")
    return FactCatalogue(kinds)


def jurisdiction_folders(root: Path) -> Iterator[Path]:
    """The folders of the jurisdictions, by code; a folder without sources.yaml raises PackError."""
    if not root.is_dir():
        raise PackError(root, 1, "政策目录不存在,请检查 TIDU_JURISDICTIONS_DIR")
    for folder in sorted(root.iterdir()):
        if folder.is_dir() and folder.name[:6].isdigit():
            if not (folder / "sources.yaml").is_file():
                raise PackError(folder / "sources.yaml", 1, "缺少这个文件,请写明政策文件的标题、文号和日期")
            yield folder
