"""Who is signed in: a file that only its owner can read, in the user's own configuration folder."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

_NAME = "session.json"


class NotSignedIn(Exception):
    """Nobody is signed in, or no longer."""


@dataclass(frozen=True)
class Session:
    """A sign-in: whose, until when, and at which addresses that were named with it."""

    login: str
    name: str
    expires_at: str
    addresses: Mapping[str, str]
    token: str = field(repr=False)

    def expiry(self) -> datetime:
        """Return when the token ends."""
        return datetime.fromisoformat(self.expires_at)


@dataclass(frozen=True)
class SessionFile:
    """Where the session is kept."""

    folder: Path

    @property
    def path(self) -> Path:
        """The file itself."""
        return self.folder / _NAME

    def save(self, session: Session) -> None:
        """Write the session so that nobody else can read it, not even for a moment."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=self.folder, prefix=_NAME)  # made with mode 0600
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(asdict(session), file, ensure_ascii=False)
            Path(name).replace(self.path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def find(self) -> Session | None:
        """Return the session, None where there is none or the file is no session."""
        try:
            session = Session(**json.loads(self.path.read_text(encoding="utf-8")))
            session.expiry()
        except (OSError, ValueError, TypeError):
            return None
        return session

    def get(self, now: datetime) -> Session:
        """Return the session that holds now; raises NotSignedIn."""
        session = self.find()
        if session is None:
            raise NotSignedIn("还没有登录")
        if session.expiry() <= now:
            raise NotSignedIn(f"{session.name} 的登录已过期")
        return session

    def forget(self) -> bool:
        """Remove the session; tells whether there was one."""
        is_there = self.path.exists()
        self.path.unlink(missing_ok=True)
        return is_there


def expiry_after(now: datetime, seconds: int) -> str:
    """Return the instant so many seconds from now as it is stored."""
    return (now + timedelta(seconds=seconds)).isoformat(timespec="seconds")
