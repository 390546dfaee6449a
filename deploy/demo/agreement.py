"""Do the four services say the same? Each keeps its own copy; once the news has arrived, the copies must agree."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from deploy.demo.screen import Screen
from deploy.demo.stack import SERVICES, Caller, Stack

_SETTLE_SECONDS = 90
_QUIET_SECONDS = 6
"""Longer than the beacons' interval: by then every listener has heard how much there is to hear."""
_AGREE_SECONDS = 60


@dataclass(frozen=True)
class Comparison:
    """The same question answered by two services."""

    question: str
    left: Any
    right: Any

    @property
    def agrees(self) -> bool:
        """Whether both say the same."""
        return bool(self.left == self.right)


@dataclass(frozen=True)
class Comparer:
    """Asks as the auditor, who sees everything; `usccs` are the enterprises that are compared record by record."""

    auditor: Caller
    region_code: str
    usccs: Sequence[str]
    today: date

    def all(self) -> Iterator[Comparison]:
        """Compare everything."""
        enterprises = self.list_enterprises()
        yield from self.board(enterprises)
        yield self.pool()
        yield self.beneficiaries({item["uscc"]: item["name"] for item in enterprises})
        yield self.decisions()
        yield self.proposals()
        yield self.duties()

    def list_enterprises(self) -> list[dict[str, Any]]:
        """Return the whole register of the region."""
        return self._list("enterprise", "/v1/enterprises")

    def board(self, registered: list[dict[str, Any]]) -> Iterator[Comparison]:
        """Enterprise's register against pipeline's board."""
        totals = self.auditor.get("pipeline", "/v1/boards", region_code=self.region_code)["totals"]
        candidates = [item for item in registered if item["is_candidate"]]
        rungs = Counter(item["rung"] for item in candidates)
        yield Comparison("登记的户数（企业 = 培育）", len(registered), totals["count"] + totals["marked"])
        yield Comparison("其中培育对象（企业 = 培育）", len(candidates), totals["count"])
        yield Comparison("各梯度户数（企业 = 看板）", _sorted(rungs), _sorted(totals["by_rung"]))

    def pool(self) -> Comparison:
        """Pipeline's memberships against its board."""
        totals = self.auditor.get("pipeline", "/v1/boards", region_code=self.region_code)["totals"]
        enrolled = {stay["uscc"] for stay in self._list("pipeline", "/v1/memberships", state="enrolled")}
        return Comparison("在库户数（名单 = 看板）", len(enrolled), totals["by_pool_state"].get("enrolled", 0))

    def beneficiaries(self, names: dict[str, str]) -> Comparison:
        """Awards' beneficiaries against enterprise's names."""
        awards = self._list("awards", "/v1/awards")
        known = sum(names.get(award["uscc"]) == award["beneficiary_name"] for award in awards)
        return Comparison("奖补的受益企业（奖补 = 企业）", len(awards), known)

    def decisions(self) -> Comparison:
        """Approved awards against the notices that tell of them."""
        approved = {award["id"] for award in self._list("awards", "/v1/awards", state="approved")}
        told = {notice["award_id"] for notice in self._list("notifications", "/v1/notices", kind="award_decided")}
        return Comparison("批准的奖补都已告知（奖补 = 通知）", len(approved), len(approved & told))

    def proposals(self) -> Comparison:
        """What the rules give the compared enterprises against the awards proposed."""
        given = [decision for uscc in self.usccs for decision in self._decisions(uscc)]
        eligible = [decision for decision in given if decision["result"] == "eligible"]
        proposed = sum(decision["award"] is not None for decision in eligible)
        return Comparison("符合条件的都已提出（测算 = 奖补）", len(eligible), proposed)

    def duties(self) -> Comparison:
        """Recognitions that hold and end, against the duties that follow from them."""
        held: set[str] = set()
        followed: set[str] = set()
        for uscc in self.usccs:
            recognitions = self.auditor.get("enterprise", f"/v1/enterprises/{uscc}")["recognitions"]
            held |= {item["id"] for item in recognitions if (item["valid_until_on"] or "") >= self.today.isoformat()}
            duties = self.auditor.list_all("notifications", "/v1/duties", uscc=uscc)
            followed |= {str(duty["recognition_id"]) for duty in duties}
        return Comparison("有效且有期限的认定都有到期事项（企业 = 通知）", len(held), len(held & followed))

    def _decisions(self, uscc: str) -> list[dict[str, Any]]:
        return list(self.auditor.post("awards", "/v1/evaluations", {"uscc": uscc})["decisions"])

    def _list(self, service: str, path: str, **query: Any) -> list[dict[str, Any]]:
        return list(self.auditor.list_all(service, path, region_code=self.region_code, **query))


def services_agree(stack: Stack, screen: Screen, comparer: Comparer) -> bool:
    """Wait until nothing is left to say or to hear, then compare, again for a while where answers differ."""
    remains = wait_until_quiet(stack)
    for line in remains:
        screen.bad(line)
    deadline = time.monotonic() + _AGREE_SECONDS
    comparisons = list(comparer.all())
    while not all(item.agrees for item in comparisons) and time.monotonic() < deadline:
        time.sleep(2)
        comparisons = list(comparer.all())
    for item in comparisons:
        if item.agrees:
            screen.good(f"{item.question}：{item.left}")
        else:
            screen.bad(f"{item.question}：{item.left} ≠ {item.right}")
    return not remains and all(item.agrees for item in comparisons)


def wait_until_quiet(stack: Stack) -> list[str]:
    """Wait until no service has had anything to say or to hear for a while; returns what still remains at the end."""
    deadline = time.monotonic() + _SETTLE_SECONDS
    quiet_since = time.monotonic()
    while (now := time.monotonic()) < deadline and now - quiet_since < _QUIET_SECONDS:
        if any(_unsettled(stack)):
            quiet_since = now
        time.sleep(0.5)
    return list(_unsettled(stack))


def _unsettled(stack: Stack) -> Iterator[str]:
    for service in SERVICES:
        told = stack.health(service)
        for key, label in (("outbox_waiting", "待发"), ("inbox_lag", "待收"), ("parked", "搁置")):
            if told.get(key) != "0":
                yield f"{service} 还有{label}事件 {told.get(key)} 个"


def _sorted(counts: dict[str, int]) -> dict[str, int]:
    return {name: count for name, count in sorted(counts.items()) if count}
