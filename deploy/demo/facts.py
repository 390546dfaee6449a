"""What happens to the cast: size, yearly figures, certificates, a contact. All of it invented; said once, not twice."""

from datetime import date
from typing import Any

from deploy.demo.cast import Cast
from deploy.demo.screen import Screen
from deploy.demo.stack import Caller
from shared.kernel.dates import add_months, add_years

_LATEST_ISSUE = date(2025, 11, 14)
_SOURCE = "演示数据（虚构）"
_YUAN = 100


def issued_last_autumn(today: date) -> date:
    """Return a day of issue that is past, and within the years of the demo jurisdictions' policies."""
    return min(date(today.year - 1, 11, 14), _LATEST_ISSUE)


def report_facts(caller: Caller, screen: Screen, cast: Cast, *, park_code: str, today: date) -> None:
    """Give each enterprise of the cast its facts, unless it has them already."""
    codes = cast.everyone()
    with screen.progress("登记规模、数据、认定和联系人", len(codes)) as bar:
        for number, uscc in enumerate(codes):
            _Dossier(caller, uscc, today).complete(cast, number, park_code)
            bar.advance()


def certificate(uscc: str, issued_on: date) -> dict[str, Any]:
    """Return an invented high-tech certificate."""
    number = f"GR{issued_on.year}99{uscc[10:16]}"
    return {"kind": "hnte", "certificate_number": number, "issuer": _SOURCE, "issued_on": issued_on.isoformat()}


class _Dossier:
    """One enterprise as it stands; what is missing is added."""

    def __init__(self, caller: Caller, uscc: str, today: date) -> None:
        self._caller = caller
        self._path = f"/v1/enterprises/{uscc}"
        self._uscc = uscc
        self._today = today
        self._known: dict[str, Any] = caller.get("enterprise", self._path)

    def complete(self, cast: Cast, number: int, park_code: str) -> None:
        """Add everything the enterprise's part asks for."""
        if number % 3 == 0 and self._known["park_code"] is None:
            self._caller.change("enterprise", self._path, {"park_code": park_code, "reason": "演示：入驻园区"})
        self._name_contact(number)
        if self._uscc in (*cast.recognised, *cast.renewed, *cast.growing):
            self._set_scale(above=True)
        if self._uscc in cast.below_scale:
            self._set_scale(above=False)
        self._report_figures(number)
        for recognition in self._recognitions(cast):
            self._record(recognition)

    def _set_scale(self, *, above: bool) -> None:
        if self._known["above_scale"] is not above:
            mark = {"above_scale": above, "from_on": f"{self._today.year - 4}-01-01", "source": _SOURCE}
            self._caller.post("enterprise", f"{self._path}/scale", mark)

    def _report_figures(self, number: int) -> None:
        reported = {figures["year"] for figures in self._known["figures"]}
        for year in range(self._today.year - 3, self._today.year):
            revenue = (2_500 + 310 * number) * 10_000 * _YUAN
            figures = {
                "revenue_fen": revenue,
                "rd_expense_fen": revenue * (4 + number % 3) // 100,
                "staff_count": 40 + 7 * number,
                "tech_staff_count": 6 + number,
                "source": _SOURCE,
            }
            if year not in reported:
                self._caller.put("enterprise", f"{self._path}/figures/{year}", figures)

    def _recognitions(self, cast: Cast) -> list[dict[str, Any]]:
        autumn = issued_last_autumn(self._today)
        if self._uscc in cast.renewed:
            return [certificate(self._uscc, add_years(autumn, -3)), certificate(self._uscc, autumn)]
        if self._uscc in (*cast.recognised, *cast.below_scale):
            return [certificate(self._uscc, autumn)]
        if self._uscc in cast.expiring:
            return [certificate(self._uscc, add_months(self._today, 6 - 36))]
        if self._uscc in cast.small:
            summer = date(self._today.year, 6, 18)
            issued_on = summer if summer <= self._today else add_years(summer, -1)
            number = f"{issued_on.year}DEMO{self._uscc[10:17]}"
            return [{"kind": "tech_sme", "certificate_number": number, "issued_on": issued_on.isoformat()}]
        return []

    def _record(self, recognition: dict[str, Any]) -> None:
        numbers = {known["certificate_number"] for known in self._known["recognitions"]}
        if recognition["certificate_number"] not in numbers:
            self._caller.post("enterprise", f"{self._path}/recognitions", recognition)

    def _name_contact(self, number: int) -> None:
        path = f"{self._path}/contacts"
        if not self._caller.get("enterprise", path)["items"]:
            contact = {"role": "liaison", "name": f"演示联系人{number + 1}", "consent": True}
            contact |= {"phone": f"1990000{number:04d}", "email": f"contact-{self._uscc.lower()}@example.com"}
            self._caller.change("enterprise", path, {"contacts": [contact]}, method="PUT")
