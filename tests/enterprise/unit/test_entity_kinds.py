"""What a code and a name stand for."""

from __future__ import annotations

import pytest

from services.enterprise.domain.entity_kinds import classify_entity, is_candidate


@pytest.mark.parametrize(
    ("uscc", "name", "kind"),
    [
        ("91530921219520246C", "凤庆县习谦水泥有限责任公司", "enterprise"),
        ("81530900054669498U", "中国农业银行股份有限公司临沧分行工会委员会", "trade_union"),
        ("91530900MA00000000", "中国农业银行股份有限公司临沧分行", "branch"),
        ("91530900MA00000000", "某某药业有限公司凤庆分公司", "branch"),
        ("91530900MA00000000", "某某药业有限公司分公司(第二)", "branch"),
        ("91530900MA00000000", "临沧分公司管理咨询有限公司", "enterprise"),
        ("93620725MA73JX2334", "山丹县七彩世界生态旅游专业合作社", "cooperative"),
        ("92530900MA00000000", "凤庆县小张米线店", "individual_business"),
        ("12530900MA00000000", "临沧市某某中心", "public_institution"),
        ("51530900MA00000000", "临沧市某某协会", "social_organisation"),
        ("Y1530900MA00000000", "某某机构", "other"),
    ],
)
def test_the_kind_follows_from_the_code_and_the_end_of_the_name(uscc: str, name: str, kind: str) -> None:
    found = classify_entity(uscc, name)
    assert found == kind
    assert is_candidate(found) == (kind == "enterprise")
