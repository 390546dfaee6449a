"""Credit codes for tests and demonstrations: valid by both check characters, and plainly invented."""

from __future__ import annotations

from shared.kernel.uscc import ALPHABET, check_character, organisation_check_character


def make_uscc(serial: int, *, office: str = "530900") -> str:
    """Return the valid code of the invented enterprise number `serial` (below 31 to the sixth power)."""
    digits = []
    for _ in range(6):
        serial, digit = divmod(serial, len(ALPHABET))
        digits.append(ALPHABET[digit])
    organisation = "MA" + "".join(reversed(digits))
    body = f"91{office}{organisation}"
    body += organisation_check_character(organisation)
    return body + check_character(body)
