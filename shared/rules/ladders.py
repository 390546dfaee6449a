"""The ladder of a jurisdiction as data: its rungs from the lowest up, what carries each, and the printed ways up."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from pydantic import Field

from shared.kernel.regions import covers
from shared.rules.conditions import RuleModel
from shared.rules.documents import jurisdiction_folders
from shared.rules.grants import Provision
from shared.rules.reading import Source, read_source
from shared.rules.readings import Reading, load_resolved
from shared.rules.recognition_kinds import KindRegister, load_recognition_kinds
from shared.rules.validation import validated


class Rung(RuleModel):
    """One rung. The lowest is carried by nothing: every enterprise stands on it. `printed` tells whether the
    document names the rung, or the ladder needs it to place enterprises the document does not speak of.
    """

    id: str = Field(pattern="^[a-z_]+$")
    label_zh: str
    printed: bool
    recognitions: tuple[str, ...] = ()


class WayUp(RuleModel):
    """A printed way from one rung to another; it guides, it does not forbid others."""

    from_rung: str
    to_rung: str
    label_zh: str
    provision_id: str


class Axis(RuleModel):
    """A dated status that crosses the ladder, such as 规上 and 规下, with its printed moves."""

    id: str
    label_zh: str
    fact: str
    moves_zh: tuple[str, ...]
    provision_id: str


class Ladder(RuleModel):
    """The ladder of one jurisdiction."""

    id: str
    jurisdiction: str = Field(pattern="^[0-9]{6}$")
    label_zh: str
    document: str
    provisions: tuple[Provision, ...] = Field(min_length=1)
    readings: tuple[Reading, ...] = ()
    rungs: tuple[Rung, ...] = Field(min_length=2)
    paths: tuple[WayUp, ...] = ()
    axes: tuple[Axis, ...] = ()
    note_zh: str | None = None

    @property
    def base(self) -> Rung:
        """The rung of an enterprise without any recognition."""
        return self.rungs[0]

    def rung_for(self, valid_kinds: Collection[str]) -> Rung:
        """The highest rung that one of these recognition kinds carries, else the base."""
        for rung in reversed(self.rungs):
            if any(kind in valid_kinds for kind in rung.recognitions):
                return rung
        return self.base

    def find_rung(self, rung: str) -> Rung | None:
        """The rung with this id, if the ladder has it."""
        return next((item for item in self.rungs if item.id == rung), None)

    @property
    def carrying_kinds(self) -> frozenset[str]:
        """Every recognition kind that carries some rung of this ladder."""
        return frozenset(kind for rung in self.rungs for kind in rung.recognitions)


@dataclass(frozen=True)
class LadderLibrary:
    """The ladders of all jurisdictions, and the kinds of recognition."""

    ladders: tuple[Ladder, ...]
    kinds: KindRegister

    def for_region(self, region_code: str) -> Ladder | None:
        """The ladder that holds in this division: that of the narrowest jurisdiction containing it."""
        holding = [ladder for ladder in self.ladders if covers(ladder.jurisdiction, region_code)]
        return max(holding, key=lambda ladder: len(ladder.jurisdiction.rstrip("0")), default=None)


def load_ladders(root: Path) -> LadderLibrary:
    """Every ladder under jurisdictions/; raises PackError."""
    kinds = load_recognition_kinds(root / "national" / "recognition_kinds.yaml")
    files = [folder / "ladder.yaml" for folder in jurisdiction_folders(root)]
    return LadderLibrary(tuple(load_ladder(file, kinds) for file in files if file.is_file()), kinds)


def load_ladder(file: Path, kinds: KindRegister | None = None) -> Ladder:
    """One ladder; with `kinds`, what carries its rungs is checked too. Raises PackError."""
    source = read_source(file)
    ladder = validated(Ladder, source, load_resolved(source).value)
    for path, name, known in _references(ladder, kinds):
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"是否想写 {near[0]}?" if near else f"可用的有:{'、'.join(known)}"
            raise source.error_at(path, f"没有 {name},{hint}")
    _check_base(source, ladder)
    return ladder


def _references(ladder: Ladder, kinds: KindRegister | None) -> Iterator[tuple[tuple[str | int, ...], str, list[str]]]:
    rungs = [rung.id for rung in ladder.rungs]
    provisions = [provision.id for provision in ladder.provisions]
    for index, path in enumerate(ladder.paths):
        yield ("paths", index, "from_rung"), path.from_rung, rungs
        yield ("paths", index, "to_rung"), path.to_rung, rungs
        yield ("paths", index, "provision_id"), path.provision_id, provisions
    for index, axis in enumerate(ladder.axes):
        yield ("axes", index, "provision_id"), axis.provision_id, provisions
    for index, rung in enumerate(ladder.rungs if kinds else ()):
        for kind in rung.recognitions:
            yield ("rungs", index, "recognitions"), kind, kinds.ids if kinds else []


def _check_base(source: Source, ladder: Ladder) -> None:
    for index, rung in enumerate(ladder.rungs):
        if bool(rung.recognitions) != (index > 0):
            raise source.error_at(("rungs", index), "最低一阶不写 recognitions,其余各阶至少写一种认定")
