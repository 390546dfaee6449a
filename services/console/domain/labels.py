"""How roles, services and what services tell of themselves read in Chinese."""

from __future__ import annotations

from shared.kernel.regions import find_region
from shared.kernel.roles import Role

ROLE_NAMES = {
    Role.ADMINISTRATOR: "系统管理员",
    Role.AUDITOR: "审计员（只读）",
    Role.CASEWORKER: "科技局经办人",
    Role.PARK_COMMITTEE: "园区管委会（只读）",
    Role.SPECIALIST: "科技特派员",
    Role.SCIENCE_REVIEWER: "科技局审核人",
    Role.FINANCE_REVIEWER: "财政局审核人",
    Role.GOVERNMENT_APPROVER: "政府审批人",
    Role.ENTERPRISE_CONTACT: "企业联系人",
    Role.SERVICE: "内部服务",
}

SERVICE_NAMES = {
    "enterprise": ("企业", "谁是谁：身份、事实、认定、梯度层级"),
    "pipeline": ("培育", "往哪走：培育库、特派员、看板"),
    "awards": ("奖补", "该得什么：政策条款、奖补、审核"),
    "notifications": ("通知", "何时告知：义务、通知、邮件"),
}


def place_name(code: str) -> str:
    """Return how people say it: 德宏州, not 德宏傣族景颇族自治州."""
    region = find_region(code)
    name = region.name if region else code
    return f"{name[:2]}州" if name.endswith("自治州") else name
