"""Everything the service has in writing: the rules of each division and the words of each notice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from services.notifications.domain.rule_book import RuleBook, load_rule_book
from services.notifications.domain.templates import TemplateSet, load_templates

TEMPLATES_DIR = Path(__file__).resolve().parents[1] / "templates"


@dataclass(frozen=True)
class Handbook:
    """Rules and words, read once when a process starts."""

    rules: RuleBook
    templates: TemplateSet


def load_handbook(jurisdictions_dir: Path) -> Handbook:
    """Read the rules of all jurisdictions and the service's templates; the first mistake raises PackError."""
    return Handbook(load_rule_book(jurisdictions_dir), load_templates(TEMPLATES_DIR))
