"""Files on their way in: one byte too many and the file is dropped, while the rest of the form is kept."""

from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from certif import limits


class LimitedUploadHandler(FileUploadHandler):
    """Counts the bytes of each file and drops it beyond the limit; the form learns it from `oversized_fields`."""

    def new_file(self, *args, **kwargs) -> None:
        super().new_file(*args, **kwargs)
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        if self.received > limits.EVIDENCE_BYTES:
            self.request.META.setdefault(OVERSIZED, set()).add(self.field_name)
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


OVERSIZED = "certif.oversized_fields"


def oversized_fields(request: HttpRequest) -> frozenset[str]:
    """Names of the file fields whose file was dropped because it exceeds `limits.EVIDENCE_BYTES`; answer those with 413."""
    request.FILES  # noqa: B018 — parsing the body is what fills the set
    return frozenset(request.META.get(OVERSIZED, ()))
