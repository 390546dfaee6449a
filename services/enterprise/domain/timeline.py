"""The one timeline of an enterprise: what each event of the four services is called, and which record it points to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from services.enterprise.domain.blocks import BLOCK_LABELS

Details = Mapping[str, Any]
Labels = Mapping[str, str]
"""Chinese names of recognition kinds and rungs, by id."""


@dataclass(frozen=True, slots=True)
class RecordLink:
    """Where the record behind an entry is found: the service and the path on it."""

    service: str
    kind: str
    id: str
    path: str


_PATHS = {
    "enterprise": "/v1/enterprises/{id}",
    "membership": "/v1/memberships/{id}",
    "assignment": "/v1/assignments/{id}",
    "award": "/v1/awards/{id}",
    "duty": "/v1/duties/{id}",
    "notice": "/v1/notices/{id}",
}


def link_to(event_type: str, aggregate: str, aggregate_id: str) -> RecordLink:
    """Return where the record of an event's aggregate is found."""
    path = _PATHS[aggregate].format(id=aggregate_id)
    return RecordLink(event_type.split(".", 1)[0], aggregate, aggregate_id, path)


def title_of(event_type: str, details: Details, labels: Labels) -> str:
    """Return the entry's Chinese title; a type that this version does not know is shown by its name."""
    write = _TITLES.get(event_type)
    return write(details, labels) if write else event_type


def _named(text: str) -> Callable[[Details, Labels], str]:
    return lambda details, labels: text


def _recognition(verb: str) -> Callable[[Details, Labels], str]:
    def write(details: Details, labels: Labels) -> str:
        kind = details["recognition"]["kind"]
        return f"{verb}:{labels.get(kind, kind)}"

    return write


def _rung_change(details: Details, labels: Labels) -> str:
    before, after = details["from_rung"], details["to_rung"]
    return f"层级变化:{labels.get(before, before)} → {labels.get(after, after)}"


def _scale_change(details: Details, labels: Labels) -> str:
    return f"{'列入' if details['above_scale'] else '退出'}规模以上名录(自 {details['from_on']})"


def _move(details: Details, labels: Labels) -> str:
    return f"迁移(自 {details['moved_on']},原属 {details['from_region_code']})"


def _block(verb: str) -> Callable[[Details, Labels], str]:
    return lambda details, labels: f"{verb}:{BLOCK_LABELS.get(details['block']['kind'], details['block']['kind'])}"


def _award(verb: str) -> Callable[[Details, Labels], str]:
    return lambda details, labels: f"{verb}:{details['award']['grant_rule_label']}"


def _duty(verb: str) -> Callable[[Details, Labels], str]:
    return lambda details, labels: f"{verb}:{details['duty']['label']}({details['duty']['due_on']}前)"


_TITLES: dict[str, Callable[[Details, Labels], str]] = {
    "enterprise.registered.v1": _named("登记入册"),
    "enterprise.updated.v1": _named("基本信息变更"),
    "enterprise.moved.v1": _move,
    "enterprise.figures_reported.v1": lambda details, labels: f"{details['year']}年度数据填报",
    "enterprise.scale_changed.v1": _scale_change,
    "enterprise.recognition_granted.v1": _recognition("取得认定"),
    "enterprise.recognition_lapsed.v1": _recognition("认定到期"),
    "enterprise.recognition_revoked.v1": _recognition("认定被取消"),
    "enterprise.rung_changed.v1": _rung_change,
    "enterprise.block_raised.v1": _block("限制"),
    "enterprise.block_released.v1": _block("解除限制"),
    "enterprise.contacts_changed.v1": _named("联系人变更"),
    "pipeline.membership_admitted.v1": _named("进入培育库"),
    "pipeline.membership_graduated.v1": _named("培育出库:达标"),
    "pipeline.membership_exited.v1": _named("退出培育库"),
    "pipeline.specialist_assigned.v1": lambda details, labels: f"派驻:{details['assignment']['specialist_name']}",
    "pipeline.specialist_handed_over.v1": lambda details, labels: (
        f"对接结束:{details['assignment']['specialist_name']}"
    ),
    "pipeline.visit_logged.v1": lambda details, labels: f"走访({details['visited_on']}):{details['outcome']}",
    "awards.award_proposed.v1": _award("奖补拟定"),
    "awards.award_reviewed.v1": _award("奖补审核"),
    "awards.award_approved.v1": _award("奖补批准"),
    "awards.award_rejected.v1": _award("奖补未予支持"),
    "notifications.duty_planned.v1": _duty("待办"),
    "notifications.duty_done.v1": _duty("办结"),
    "notifications.duty_overdue.v1": _duty("逾期"),
    "notifications.notice_sent.v1": lambda details, labels: f"已通知:{details['notice']['title']}",
    "notifications.notice_failed.v1": lambda details, labels: f"通知未送达:{details['notice']['title']}",
}
