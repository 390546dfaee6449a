"""Personal data sealed for transport and storage: AES-256-GCM, bound to the place where it belongs."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12
_VERSION = "k1"


class CannotUnseal(Exception):
    """The text was not sealed with this key for this place."""


class Sealer:
    """Seals small mappings of text with one 256-bit key (base64)."""

    def __init__(self, key: str) -> None:
        self._cipher = AESGCM(base64.b64decode(key))

    def seal(self, fields: Mapping[str, str], *, place: str) -> str:
        """Return the sealed text; `place` (such as 'contact|<id>') must be named again to open it."""
        nonce = os.urandom(_NONCE_BYTES)
        plain = json.dumps(dict(fields), ensure_ascii=False).encode()
        return f"{_VERSION}.{base64.b64encode(nonce + self._cipher.encrypt(nonce, plain, place.encode())).decode()}"

    def unseal(self, sealed: str, *, place: str) -> dict[str, str]:
        """Open what `seal` made for the same place; raises CannotUnseal otherwise."""
        try:
            version, text = sealed.split(".", 1)
            raw = base64.b64decode(text)
            plain = self._cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], place.encode())
        except (ValueError, InvalidTag) as error:
            raise CannotUnseal(place) from error
        if version != _VERSION:
            raise CannotUnseal(place)
        return dict(json.loads(plain))
