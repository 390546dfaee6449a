"""What the registry refuses, as sentences."""

from __future__ import annotations

from shared.kernel.errors import Conflict, FieldError, Invalid, NotFound


class EnterpriseNotFound(NotFound):
    """No enterprise with this code lies within the asker's scope."""

    code = "enterprise_not_found"
    title = "没有找到这家企业"


class EnterpriseAlreadyRegistered(Conflict):
    """The credit code is taken: identity is unique in the whole registry."""

    code = "enterprise_already_registered"
    title = "这家企业已经登记"


class RecognitionAlreadyRecorded(Conflict):
    """The same recognition was recorded before."""

    code = "recognition_already_recorded"
    title = "这项认定已经登记过"


class ReapplicationBarred(Conflict):
    """A revoked status may not be granted again in the same year."""

    code = "reapplication_barred"
    title = "被取消资格当年不得再次认定"


class RecognitionNotFound(NotFound):
    """No recognition with this id lies within the asker's scope."""

    code = "recognition_not_found"
    title = "没有找到这项认定"


class RecognitionAlreadyRevoked(Conflict):
    """A recognition is revoked once."""

    code = "recognition_already_revoked"
    title = "这项认定已被取消"


class BlockNotFound(NotFound):
    """No integrity block with this id lies within the asker's scope."""

    code = "block_not_found"
    title = "没有找到这条限制记录"


class BlockAlreadyReleased(Conflict):
    """A block is released once."""

    code = "block_already_released"
    title = "这条限制已经解除"


class ImportNotFound(NotFound):
    """No import with this id lies within the asker's scope."""

    code = "import_not_found"
    title = "没有找到这次导入"


class FileRefused(Invalid):
    """The uploaded file cannot or must not be read."""

    code = "file_refused"
    title = "文件不能导入"


def wrong_field(pointer: str, code: str, detail: str) -> Invalid:
    """Return the refusal of one field of a request's body."""
    return Invalid(detail, errors=(FieldError(pointer, code, detail),))
