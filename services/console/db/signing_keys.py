"""The issuer's RSA keys in one PEM file: the first signs, all of them are published, so that keys can be rotated."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import structlog
from joserfc.jwk import KeySet, RSAKey

_BITS = 2048
_KEPT = 2
_BLOCK = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----\n?", re.DOTALL)
_log = structlog.get_logger(__name__)


class SigningKeys:
    """The issuer's keys. A token verifier in the same process may ask it directly instead of over HTTP."""

    def __init__(self, keys: Sequence[RSAKey]) -> None:
        self._keys = list(keys)
        self._set = KeySet([*self._keys])

    @property
    def current(self) -> RSAKey:
        """The key that signs."""
        return self._keys[0]

    def secret_material(self) -> bytes:
        """Return bytes to derive other keys of this installation from."""
        return bytes(self.current.as_pem(private=True))

    def public_set(self) -> dict[str, object]:
        """Return the JWK set: public halves only."""
        return {"keys": [key.as_dict(private=False) for key in self._keys]}

    async def get(self, key_id: str | None) -> KeySet:
        """Return all keys (what the token verifier asks its source for)."""
        return self._set


def load_or_create_keys(path: Path) -> SigningKeys:
    """Read the keys; at the very first start make one. Two processes starting together end with the same key."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _publish_new_file(path, _new_pem())
    if path.stat().st_mode & 0o077:
        _log.warning("issuer_key_readable_by_others", path=str(path))
    return SigningKeys([_import_key(block) for block in _blocks(path)])


def rotate_key(path: Path) -> int:
    """Put a new signing key before the present one, which stays valid; older ones go. Returns how many are valid."""
    blocks = [_new_pem(), *_blocks(path)][:_KEPT]
    unfinished = _write_private(path, b"".join(blocks))
    unfinished.replace(path)
    return len(blocks)


def _blocks(path: Path) -> list[bytes]:
    blocks = _BLOCK.findall(path.read_bytes())
    if not blocks:
        raise ValueError(f"{path} 中没有 RSA 私钥（PEM 格式）")
    return blocks


def _import_key(pem: bytes) -> RSAKey:
    kid = RSAKey.import_key(pem).thumbprint()
    return RSAKey.import_key(pem, {"kid": kid, "use": "sig", "alg": "RS256"})


def _new_pem() -> bytes:
    return bytes(RSAKey.generate_key(_BITS).as_pem(private=True))


def _publish_new_file(path: Path, content: bytes) -> None:
    """Write the file whole, unless another process was quicker: linking fails where the name exists."""
    unfinished = _write_private(path, content)
    try:
        os.link(unfinished, path)
    except FileExistsError:
        _log.info("issuer_key_made_by_another_process", path=str(path))
    finally:
        unfinished.unlink()


def _write_private(path: Path, content: bytes) -> Path:
    unfinished = path.with_name(f".{path.name}.{uuid4().hex}")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return unfinished
