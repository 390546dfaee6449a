"""A list as offices send it, all of it invented: a title above the heading, 万元, mixed dates, and wrong rows."""

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta

from shared.kernel.regions import expand_region, regions
from shared.testing.codes import make_uscc

HEADINGS = ("统一社会信用代码", "企业名称", "成立日期", "注册资本(万元)", "县区", "园区", "地址", "经营范围")
_FIRST_SERIAL = 1_000
_NUMERALS = "甲乙丙丁戊己庚辛壬癸"
_FIELDS = ("生物科技", "茶业", "新材料", "食品", "机械制造", "信息技术", "农业科技", "环保科技", "中药材", "建材")
_FORMS = ("有限公司", "有限责任公司", "股份有限公司")
_EPOCH = date(2004, 3, 1)


def invented_list(region_code: str, *, rows: int) -> bytes:
    """Return a CSV file with that many good rows, and the usual faults between them."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([f"{regions()[region_code].name}科技企业名单（虚构，仅供演示）", *[""] * (len(HEADINGS) - 1)])
    writer.writerow(HEADINGS)
    writer.writerows(_rows(region_code, rows))
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _rows(region_code: str, count: int) -> Iterator[tuple[str, ...]]:
    faults = dict(_faulty_rows(region_code, count))
    for number in range(count):
        if number in faults:
            yield faults[number]
        yield _row(region_code, number)


def _row(region_code: str, number: int) -> tuple[str, ...]:
    place = regions()[region_code].name
    county = _counties(region_code)[number % len(_counties(region_code))]
    field = _FIELDS[number % len(_FIELDS)]
    name = f"{place}虚构{_NUMERALS[number // 10 % 10]}{_NUMERALS[number % 10]}{number}号{field}"
    uscc = make_uscc(_FIRST_SERIAL + number, office=region_code)
    if number % 40 == 17:
        name, uscc = f"{name}有限公司工会委员会", _as_trade_union(uscc)
    elif number % 40 == 29:
        name = f"{name}有限公司第一分公司"
    else:
        name += _FORMS[number % len(_FORMS)]
    park = f"{region_code}-park-1" if number % 5 == 0 else ""
    opened = _EPOCH + timedelta(days=number * 23 % 6500)
    written = f"{opened.year}年{opened.month}月{opened.day}日" if number % 3 else opened.isoformat()
    capital = "" if number % 7 == 3 else str(50 + number * 37 % 4950)
    return uscc, name, written, capital, county, park, f"{county}演示路{number + 1}号", f"{field}研发、生产与销售"


def _counties(region_code: str) -> list[str]:
    below = [code for code in expand_region(region_code) if code in regions() and not code.endswith("00")]
    return [regions()[code].name for code in below]


def _as_trade_union(uscc: str) -> str:
    from shared.kernel.uscc import check_character

    body = f"81{uscc[2:17]}"
    return body + check_character(body)


def _faulty_rows(region_code: str, count: int) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield before which row each faulty one stands."""
    good = _row(region_code, count)
    wrong_check = good[0][:-1] + ("0" if good[0][-1] != "0" else "1")
    faults = (
        (wrong_check, *good[1:]),
        (good[0][:15], *good[1:]),
        ("", *good[1:]),
        (good[0], "", *good[2:]),
        (good[0], good[1], "2019-13-45", *good[3:]),
        (good[0], good[1], good[2], "壹佰", *good[4:]),
        (*good[:4], "不存在县", *good[5:]),
    )
    for index, fault in enumerate(faults):
        yield (index + 1) * count // (len(faults) + 1), fault
