"""Sealed personal data opens with the same key at the same place only."""

from __future__ import annotations

import base64

import pytest

from shared.kernel.sealing import CannotUnseal, Sealer

KEY = base64.b64encode(bytes(range(32))).decode()
OTHER = base64.b64encode(bytes(32)).decode()


def test_what_is_sealed_opens_and_shows_nothing_meanwhile() -> None:
    sealed = Sealer(KEY).seal({"phone": "13800001234"}, place="contact|1")
    assert "13800001234" not in sealed
    assert Sealer(KEY).unseal(sealed, place="contact|1") == {"phone": "13800001234"}


@pytest.mark.parametrize(("key", "place"), [(OTHER, "contact|1"), (KEY, "contact|2")])
def test_another_key_or_place_opens_nothing(key: str, place: str) -> None:
    sealed = Sealer(KEY).seal({"phone": "13800001234"}, place="contact|1")
    with pytest.raises(CannotUnseal):
        Sealer(key).unseal(sealed, place=place)


@pytest.mark.parametrize("text", ["", "k1", "k1.###", "k2.AAAA", "k1.AAAA"])
def test_rubbish_is_refused(text: str) -> None:
    with pytest.raises(CannotUnseal):
        Sealer(KEY).unseal(text, place="contact|1")
