"""The unified social credit code (统一社会信用代码, GB 32100-2015): identity of every enterprise."""

from __future__ import annotations

import re
import unicodedata

from shared.kernel.errors import FieldError, Invalid

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUES = {char: value for value, char in enumerate(ALPHABET)}
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_AREA_POSITIONS = range(2, 8)
_BLANKS = re.compile(r"[\s\u200b\ufeff]+")
_LABEL = re.compile(r"^(统一社会)?信用代码[:]?")
LENGTH = 18


class InvalidUscc(Invalid):
    """The text is no unified social credit code; the detail names what is wrong and at which position."""

    code = "invalid_uscc"
    title = "统一社会信用代码不正确"

    def __init__(self, detail: str, *, pointer: str = "/uscc") -> None:
        super().__init__(detail, errors=(FieldError(pointer, "invalid_uscc", detail),))


def normalise_uscc(text: str) -> str:
    """Drop a label, full-width forms, lower case and blanks as people paste them; checks nothing."""
    return _LABEL.sub("", _BLANKS.sub("", unicodedata.normalize("NFKC", text))).upper()


def parse_uscc(text: str, *, pointer: str = "/uscc") -> str:
    """Return the normalised code, or raise InvalidUscc naming the first wrong position (counted from 1).

    Both check characters are verified: character 17 closes the organisation code (GB 11714), character 18 the whole.
    """
    code = normalise_uscc(text)
    problem = find_uscc_fault(code)
    if problem:
        raise InvalidUscc(problem, pointer=pointer)
    return code


def find_uscc_fault(code: str) -> str | None:
    """Return a Chinese sentence on the first fault of a normalised code, None where it is right."""
    if len(code) == 15 and code.isdigit():
        return "这是15位旧注册号,不是18位统一社会信用代码"
    if len(code) != LENGTH:
        return f"应为{LENGTH}位,实际{len(code)}位"
    for position, char in enumerate(code, start=1):
        if char not in _VALUES:
            return f"第{position}位“{char}”不是允许的字符(不使用I、O、Z、S、V)"
    for index in _AREA_POSITIONS:
        if not code[index].isdigit():
            return f"第{index + 1}位“{code[index]}”应为数字(登记机关行政区划码)"
    expected = organisation_check_character(code[8:16])
    if code[16] != expected:
        return f"第17位校验码应为“{expected}”,实际“{code[16]}”"
    expected = check_character(code[:17])
    if code[17] != expected:
        return f"第18位校验码应为“{expected}”,实际“{code[17]}”"
    return None


def check_character(body: str) -> str:
    """Return the 18th character for the first seventeen (GB/T 17710, modulo 31)."""
    total = sum(_VALUES[char] * weight for char, weight in zip(body, _WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def organisation_check_character(body: str) -> str:
    """Return the check character of an eight-character organisation code (GB 11714, modulo 11)."""
    total = sum(int(char, 36) * weight for char, weight in zip(body, _ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]
