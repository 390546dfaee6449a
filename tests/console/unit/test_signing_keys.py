import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from services.console.db.signing_keys import SigningKeys, load_or_create_keys, rotate_key


def published(keys: SigningKeys) -> list[dict[str, Any]]:
    found = keys.public_set()["keys"]
    assert isinstance(found, list)
    return found


def published_ids(keys: SigningKeys) -> set[str]:
    return {key["kid"] for key in published(keys)}


def test_the_first_start_makes_a_key_that_only_its_owner_can_read(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "issuer.pem"
    made = load_or_create_keys(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_or_create_keys(path).current.kid == made.current.kid
    assert [file.name for file in path.parent.iterdir()] == ["issuer.pem"]


def test_two_processes_starting_together_end_with_the_same_key(tmp_path: Path) -> None:
    path = tmp_path / "issuer.pem"
    with ThreadPoolExecutor(4) as pool:
        kids = {keys.current.kid for keys in pool.map(lambda _: load_or_create_keys(path), range(4))}
    assert len(kids) == 1


def test_rotation_signs_with_a_new_key_and_keeps_the_last_one_valid(tmp_path: Path) -> None:
    path = tmp_path / "issuer.pem"
    first = load_or_create_keys(path).current.kid
    assert rotate_key(path) == 2
    keys = load_or_create_keys(path)
    assert keys.current.kid != first
    assert first in published_ids(keys)
    rotate_key(path)
    assert first not in published_ids(load_or_create_keys(path))


def test_the_published_keys_hold_nothing_private(tmp_path: Path) -> None:
    (key,) = published(load_or_create_keys(tmp_path / "issuer.pem"))
    assert set(key) == {"kty", "n", "e", "kid", "use", "alg"}


def test_a_file_without_a_key_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "issuer.pem"
    path.write_text("nothing")
    with pytest.raises(ValueError, match=r"issuer\.pem"):
        load_or_create_keys(path)
