"""Every quote stands in its document's text: what the packs claim, the policies say."""

from __future__ import annotations

import csv

import pytest

from shared.rules.documents import jurisdiction_folders, load_sources
from shared.rules.ladders import load_ladder
from shared.rules.quotes import stands_in
from tests.jurisdictions.library import JURISDICTIONS, ROOT, library, source_texts

FOLDERS = list(jurisdiction_folders(JURISDICTIONS))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_document_text_is_the_one_the_quotes_were_taken_from(folder) -> None:
    texts = source_texts()
    missing = [doc.id for doc in load_sources(folder / "sources.yaml").documents if doc.text_sha256 not in texts]
    assert missing == []


def test_every_grant_rule_quotes_its_document() -> None:
    texts = source_texts()
    wrong = [
        (rule.id, provision.id)
        for loaded, rule in library().rules()
        for provision in rule.provisions
        if not stands_in(provision.quote, texts[loaded.document.text_sha256])
    ]
    assert wrong == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_ladder_quotes_its_document(folder) -> None:
    texts, ladder = source_texts(), load_ladder(folder / "ladder.yaml", library().kinds)
    document = load_sources(folder / "sources.yaml").find(ladder.document)
    assert document is not None
    assert [p.id for p in ladder.provisions if not stands_in(p.quote, texts[document.text_sha256])] == []


def test_every_provision_named_is_one_of_the_catalogue() -> None:
    catalogue = ROOT.parent / "shared" / "reference" / "provisions.csv"
    if not catalogue.is_file():
        pytest.skip(f"no catalogue of provisions at {catalogue}")
    with catalogue.open(encoding="utf-8") as file:
        known = {row["id"]: row["clause"] for row in csv.DictReader(file)}
    named = {p.id: p.clause for _, rule in library().rules() for p in rule.provisions}
    named |= {p.id: p.clause for folder in FOLDERS for p in load_ladder(folder / "ladder.yaml").provisions}
    assert {id_: clause for id_, clause in named.items() if known.get(id_) != clause} == {}


def test_a_changed_quote_is_noticed() -> None:
    texts = source_texts()
    loaded, rule = next(iter(library().rules()))
    text = texts[loaded.document.text_sha256]
    assert stands_in(rule.provisions[0].quote, text)
    assert not stands_in(rule.provisions[0].quote.replace("企业", "公司"), text)
