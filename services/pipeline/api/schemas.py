"""What goes in and comes out of the pipeline's API."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, Strict, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from services.pipeline.domain.assignments import AssignmentState
from services.pipeline.domain.memberships import ExitKind, MembershipState
from shared.web.types import Body, Code, Day, LongText, RegionCode, Text, Uscc, Year

PoolId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$", max_length=64)]
DoorId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,63}$", max_length=64)]
Capacity = Annotated[int, Strict(), Field(ge=1, le=1000)]


class Read(BaseModel):
    """Base of answers: read from a record's attributes."""

    model_config = ConfigDict(from_attributes=True)


class MembershipCreate(Body):
    """入库决定;不写 pool 用本地第一个培育库,不写 door 用第一个符合条件的通道,都不符合时为“科技局推荐”。"""

    uscc: Uscc
    pool: PoolId | None = None
    door: DoorId | None = None
    reason: LongText | None = None
    admitted_on: Day | None = None


class MembershipExit(Body):
    """出库决定:企业退出(withdrawn)或科技局移出(removed)。"""

    reason: LongText
    kind: ExitKind = ExitKind.WITHDRAWN
    exited_on: Day | None = None


class MembershipRead(Read):
    """一次在库经历;entry_number 是第几次入库。"""

    id: UUID
    version: int
    uscc: str
    name: str
    region_code: str
    park_code: str | None
    jurisdiction: str
    pool: str
    door: str
    state: MembershipState
    admitted_on: date
    admission_reason: str | None
    entry_number: int
    ended_on: date | None
    reason: str | None


class MembershipDetail(MembershipRead):
    """一次在库经历,连同决定时冻结的事实、条件和读法。"""

    snapshot: dict[str, Any]


class OpenDoor(BaseModel):
    """一个符合条件的入库通道和理由。"""

    pool: str
    pool_label_zh: str
    door: str
    door_label_zh: str
    provision_ids: list[str]
    clause: str | None
    why: list[str]


class CandidateRead(BaseModel):
    """一家候选企业;pool、door、why 是第一个通道的,doors 是全部通道。"""

    uscc: str
    name: str
    region_code: str
    park_code: str | None
    rung: str
    pool: str
    door: str
    why: list[str]
    doors: list[OpenDoor]


class SpecialistCreate(Body):
    """登记服务人员;kind、unit_kind 可写代码或中文名称。"""

    name: Text
    kind: Text | None = None
    home_unit: Text
    unit_kind: Text | None = None
    title: Text | None = None
    region_code: RegionCode
    login: Code | None = None
    capacity: Capacity | None = None


class SpecialistRead(Read):
    """一位服务人员(或一支队伍、一家机构);served_count 是现在服务的企业数。"""

    id: UUID
    version: int
    name: str
    kind: str
    home_unit: str
    unit_kind: str | None
    title: str | None
    region_code: str
    login: str | None
    capacity: int | None
    served_count: int


class GradeCreate(Body):
    """年度考核结果;grade 可写代码或中文名称(优秀、称职、基本称职、不称职)。"""

    year: Year
    grade: Text
    graded_on: Day | None = None


class GradeRead(Read):
    """一个年度的考核结果。"""

    specialist_id: UUID
    year: int
    grade: str
    graded_on: date


class SpecialistDetail(SpecialistRead):
    """一位服务人员和历年考核结果。"""

    grades: list[GradeRead]


class AssignmentCreate(Body):
    """派驻决定:一家企业同时只有一位服务人员。"""

    uscc: Uscc
    specialist_id: UUID
    from_on: Day | None = None


class AssignmentHandover(Body):
    """交接:写明接手人;不写则只结束服务。"""

    specialist_id: UUID | None = None
    reason: LongText


class AssignmentRead(Read):
    """一次派驻。"""

    id: UUID
    version: int
    uscc: str
    enterprise_name: str
    region_code: str
    park_code: str | None
    specialist_id: UUID
    specialist_name: str
    state: AssignmentState
    from_on: date
    until_on: date | None
    predecessor_id: UUID | None
    end_reason: str | None


class VisitCreate(Body):
    """走访记录;有下一步期限时必须写明下一步。"""

    kind: Text
    visited_on: Day
    outcome: LongText
    next_step: LongText | None = None
    next_step_due_on: Day | None = None

    @model_validator(mode="after")
    def _due_of_what(self) -> VisitCreate:
        if self.next_step_due_on is not None and self.next_step is None:
            raise PydanticCustomError("next_step_missing", "有下一步期限时,请写明下一步(next_step)")
        return self


class VisitRead(Read):
    """一条走访记录。"""

    id: UUID
    assignment_id: UUID
    uscc: str
    specialist_id: UUID
    kind: str
    visited_on: date
    outcome: str
    next_step: str | None
    next_step_due_on: date | None
    logged_by: str
    logged_at: datetime


class BoardCell(BaseModel):
    """看板的一格。"""

    rung: str
    pool_state: str
    region_code: str
    park_code: str | None
    count: int


class BoardScopeRead(BaseModel):
    """看板统计的范围;null 表示不限。"""

    region_codes: list[str] | None
    park_code: str | None


class BoardTotals(BaseModel):
    """合计;marked 是只留存、不培育的主体(工会、分支机构等),不计入各格。"""

    count: int
    marked: int
    by_rung: dict[str, int]
    by_pool_state: dict[str, int]


class BoardRead(BaseModel):
    """某一天的看板。pool_state:none 不在库,enrolled 在库,graduated 最近一次在库以达标结束。"""

    as_of: date
    scope: BoardScopeRead
    cells: list[BoardCell]
    totals: BoardTotals
