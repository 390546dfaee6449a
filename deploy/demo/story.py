"""The story from a list to an e-mail, one chapter after the other."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from deploy.demo import awards, board, facts, pool, year
from deploy.demo.agreement import Comparer, services_agree
from deploy.demo.cast import Cast, choose_cast
from deploy.demo.import_list import import_list
from deploy.demo.patience import wait_until
from deploy.demo.screen import Screen
from deploy.demo.stack import SERVICES, Refused, Stack
from services.console.domain.demo_accounts import JURISDICTIONS
from shared.kernel.clock import Clock

_KINDS = {
    "branch": "分支机构",
    "trade_union": "工会",
    "individual_business": "个体工商户",
    "cooperative": "农民专业合作社",
    "public_institution": "机关事业单位",
    "social_organisation": "社会组织",
    "other": "其他",
}


@dataclass
class Story:
    """One telling, for one region and one list."""

    stack: Stack
    screen: Screen
    region_code: str
    file: tuple[str, bytes]
    clock: Clock

    def tell(self) -> bool:
        """Tell it to the end; returns whether the services agree in it."""
        began_at = self.clock.now()
        self._sign_in()
        import_list(self.caseworker, self.screen, self.file, region_code=self.region_code)
        cast = self._choose_cast()
        self._record_facts(cast)
        self._cultivate(cast)
        self._award(cast)
        self._pass_a_year(cast, began_at)
        self._show_board()
        return self._compare(cast)

    @property
    def today(self) -> date:
        """The business date on which the story begins."""
        return self.clock.today()

    def _sign_in(self) -> None:
        self.screen.chapter("登录")
        for service in SERVICES:
            self.stack.health(service)
        self.caseworker = self.stack.sign_in(f"caseworker-{self.region_code}")
        self.admin, self.auditor = self.stack.sign_in("admin"), self.stack.sign_in("auditor")
        self.committee = self.stack.sign_in(f"committee-{self.region_code}")
        self.screen.good(f"四个服务已就绪。主角：{self.caseworker.name}，业务日期 {self.today}。")
        self.screen.chapter("导入企业名单")

    def _choose_cast(self) -> Cast:
        star = self._register_star()
        path = "/v1/enterprises"
        enterprises = list(self.caseworker.list_all("enterprise", path, region_code=self.region_code))
        marked = Counter(item["entity_kind"] for item in enterprises if not item["is_candidate"])
        kinds = "、".join(f"{_KINDS.get(kind, kind)} {count:,}" for kind, count in marked.most_common())
        self.screen.say(f"登记簿现有 {len(enterprises):,} 户；不属培育对象而留存的：{kinds or '无'}。")
        return choose_cast(enterprises, star=star)

    def _register_star(self) -> str:
        """Register the enterprise whose contact can sign in, unless it is there."""
        star = next(item for item in JURISDICTIONS if item.code == self.region_code)
        park = str(self.committee.park_code)
        body = {"uscc": star.enterprise_uscc, "name": star.enterprise_name, "region_code": self.region_code}
        body |= {"park_code": park, "registered_on": "2015-03-02"}
        try:
            self.caseworker.post("enterprise", "/v1/enterprises", body)
        except Refused as refusal:
            if refusal.status != 409:
                raise
        return star.enterprise_uscc

    def _record_facts(self, cast: Cast) -> None:
        self.screen.chapter("登记发生的事：规模、年度数据、认定、联系人")
        park = str(self.committee.park_code)
        facts.report_facts(self.caseworker, self.screen, cast, park_code=park, today=self.today)
        rows = [
            ("规上、首次认定高新技术企业", len(cast.recognised)),
            ("规上、到期后重新认定", len(cast.renewed)),
            ("规下、首次认定", len(cast.below_scale)),
            ("一年内证书到期", len(cast.expiring)),
            ("科技型中小企业入库", len(cast.small)),
            ("规上、尚未认定", len(cast.growing)),
        ]
        self.screen.table(("情形（均为虚构）", "户数"), rows)

    def _cultivate(self, cast: Cast) -> None:
        self.screen.chapter("入培育库，派科技特派员")
        registered = self._comparer(cast).list_enterprises()
        self._wait_for("企业的变化传到培育", cast, lambda it: all(item.agrees for item in it.board(registered)))
        pool.admit(self.caseworker, self.screen, cast, region_code=self.region_code)
        pool.assign(self.caseworker, self.screen, cast, region_code=self.region_code)
        pool.graduate(self.caseworker, self.screen, cast, today=self.today)

    def _award(self, cast: Cast) -> None:
        self.screen.chapter("奖补：提出、说明理由、三方办理")
        self._wait_for("企业的认定传到奖补", cast, lambda comparer: comparer.proposals().agrees)
        proposals = awards.show_proposals(self.caseworker, self.screen, region_code=self.region_code)
        awards.show_refusal(self.caseworker, self.screen, cast)
        awards.decide_one(self.stack, self.screen, proposals, region_code=self.region_code)

    def _pass_a_year(self, cast: Cast, began_at: datetime) -> None:
        self.screen.chapter("业务日期推进一年，看发出了哪些通知")
        self._wait_for("认定与奖补传到通知", cast, lambda it: it.duties().agrees and it.decisions().agrees)
        year.pass_a_year(self.admin, self.screen, today=self.today)
        shown = cast.recognised[0] if cast.recognised else ""
        year.show_notices(self.caseworker, self.screen, region_code=self.region_code, uscc=shown)
        year.show_mails(self.stack, self.screen, since=began_at)

    def _wait_for(self, what: str, cast: Cast, arrived: Callable[[Comparer], bool]) -> None:
        comparer = self._comparer(cast)
        wait_until(what, lambda: arrived(comparer))

    def _comparer(self, cast: Cast) -> Comparer:
        return Comparer(self.auditor, self.region_code, cast.everyone(), self.today)

    def _show_board(self) -> None:
        self.screen.chapter("看板与合计")
        board.show_board(self.caseworker, self.screen, region_code=self.region_code)
        board.show_own_park(self.committee, self.screen)

    def _compare(self, cast: Cast) -> bool:
        self.screen.chapter("核对：四个服务说的是否一致")
        return services_agree(self.stack, self.screen, self._comparer(cast))
