"""What can go wrong between a fact and its place in the stream."""

from __future__ import annotations

from typing import ClassVar

from shared.kernel.errors import DomainError


class EventTooLarge(DomainError):
    """The event's payload exceeds what one event may carry; large things travel by reference."""

    code: ClassVar[str] = "event_too_large"
    status: ClassVar[int] = 422
    title: ClassVar[str] = "内容过大,无法通知其他系统"


class StampRefused(RuntimeError):
    """Stamping would break a promise of the stream (order, known topics); the relay stops rather than go on."""
