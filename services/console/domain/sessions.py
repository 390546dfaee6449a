"""A browser's session: the access token sealed in a cookie, so that the server remembers nothing."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, replace

from services.console.domain.provider_sign_in import SignInAttempt
from shared.kernel.sealing import CannotUnseal, Sealer

_PLACE = "console|session"
_ATTEMPT_PLACE = "console|sign-in"
ATTEMPT_SECONDS = 600
_TO_COOKIE = str.maketrans("+/", "-_")
_FROM_COOKIE = str.maketrans("-_", "+/")


@dataclass(frozen=True)
class Session:
    """Who is signed in (`token`), the secret its forms carry (`form_token`), and when it was last used."""

    token: str
    form_token: str
    seen_at_seconds: int

    def seen(self, now: int) -> Session:
        """Return the session used again."""
        return replace(self, seen_at_seconds=now)

    def accepts_form(self, given: str) -> bool:
        """Tell whether a form carries this session's secret."""
        return hmac.compare_digest(self.form_token.encode(), given.encode())


class SessionSealer:
    """Turns sessions, and sign-ins under way, into cookie values and back; what is too old does not come back."""

    def __init__(self, key: str, *, idle_seconds: int) -> None:
        self._sealer = Sealer(key)
        self._idle_seconds = idle_seconds

    def seal(self, session: Session) -> str:
        """Return the cookie's value."""
        fields = {
            "token": session.token,
            "form_token": session.form_token,
            "seen_at": str(session.seen_at_seconds),
        }
        return self._seal(fields, _PLACE)

    def unseal(self, value: str, now: int) -> Session | None:
        """Return the session of a cookie value; None where it is not ours, or was idle too long."""
        fields = self._unseal(value, _PLACE)
        if fields is None:
            return None
        session = Session(fields["token"], fields["form_token"], int(fields["seen_at"]))
        return session if now - session.seen_at_seconds <= self._idle_seconds else None

    def seal_attempt(self, attempt: SignInAttempt, now: int) -> str:
        """Return the cookie's value of a sign-in that begins now."""
        fields = {"state": attempt.state, "verifier": attempt.verifier, "begun_at": str(now)}
        return self._seal(fields, _ATTEMPT_PLACE)

    def unseal_attempt(self, value: str, now: int) -> SignInAttempt | None:
        """Return the sign-in of a cookie value; None where it is not ours, or was begun too long ago."""
        fields = self._unseal(value, _ATTEMPT_PLACE)
        if fields is None or now - int(fields["begun_at"]) > ATTEMPT_SECONDS:
            return None
        return SignInAttempt(fields["state"], fields["verifier"])

    def _seal(self, fields: dict[str, str], place: str) -> str:
        return self._sealer.seal(fields, place=place).translate(_TO_COOKIE).rstrip("=")

    def _unseal(self, value: str, place: str) -> dict[str, str] | None:
        padded = value + "=" * (-(len(value) - len("k1.")) % 4)
        try:
            return self._sealer.unseal(padded.translate(_FROM_COOKIE), place=place)
        except CannotUnseal:
            return None
