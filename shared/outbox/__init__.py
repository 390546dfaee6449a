"""The outbox, our event log: facts appended in the transaction that made them true, stamped in order by one relay."""

from shared.outbox.append import MAX_PAYLOAD_BYTES, append, append_all
from shared.outbox.errors import EventTooLarge

__all__ = ["MAX_PAYLOAD_BYTES", "EventTooLarge", "append", "append_all"]
