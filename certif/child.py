"""Work that may go wrong, done in a throw-away child process: bounded in memory, in computing time and in waiting.

The child is forked from a process that already has everything in memory, so that it starts at once. It must not touch
the database: the connection belongs to its parent.
"""

import contextlib
import errno
import gc
import os
import pickle
import resource
import select
import signal
import struct
import time
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Any

HEADER = struct.Struct("!cQ")
MESSAGE, RESULT, ERROR = b"m", b"r", b"e"
# How glib and the kernel end a process that has no memory left.
OUT_OF_MEMORY = {signal.SIGABRT, signal.SIGTRAP, signal.SIGSEGV, signal.SIGBUS, signal.SIGKILL}


class Cause(StrEnum):
    TIME = "temps"
    MEMORY = "mémoire"
    ERROR = "erreur"


class ChildFailed(Exception):
    """The child ended without a result. `error` is what it raised, when it could say it."""

    def __init__(self, cause: Cause, error: BaseException | None = None, detail: str = ""):
        self.cause = cause
        self.error = error
        super().__init__(detail or str(error or cause))


def run_in_child(
    work: Callable[[Callable[[Any], None]], bytes],
    *,
    seconds: int,
    memory: int,
    on_message: Callable[[Any], None] = lambda message: None,
    tick: float = 1.0,
    on_tick: Callable[[float], None] = lambda elapsed: None,
) -> bytes:
    """The bytes `work` returns. `work` receives a function that sends a message to `on_message`, in this process.

    `memory` bounds what the work adds to what the child shares with its parent: a parent that has lived long must not
    take the work’s share. `on_tick` is called every `tick` seconds with the time elapsed. Raises ChildFailed; the child
    is gone in every case.
    """
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        _child(work, writer, seconds, memory)
    os.close(writer)
    try:
        return _listen(pid, reader, seconds, on_message, tick, on_tick)
    finally:
        os.close(reader)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)


def _child(work: Callable, writer: int, seconds: int, memory: int) -> None:
    """Never returns: no handler, no buffer, no connection of the parent is touched on the way out."""
    status = 1
    try:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
            signal.signal(number, signal.SIG_DFL)
        gc.disable()  # everything goes away with the process
        most = _data_in_use() + memory
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        result = work(lambda message: _send(writer, MESSAGE, pickle.dumps(message)))
        _send(writer, RESULT, result)
        status = 0
    except BaseException as error:
        if _lacks_memory(error):
            os._exit(errno.ENOMEM)  # nothing is left to say it with
        with contextlib.suppress(BaseException):
            _send(writer, ERROR, _pickled(error))
    finally:
        os._exit(status)


def _data_in_use() -> int:
    """Bytes of data of this process, as RLIMIT_DATA counts them."""
    pages = Path("/proc/self/statm").read_text().split()[5]
    return int(pages) * resource.getpagesize()


def _lacks_memory(error: BaseException | None) -> bool:
    """Whether memory ran out, here or in what was being done when something else was raised.

    A library in C that finds no memory may fail without saying why: Python then raises SystemError.
    """
    while error is not None:
        if isinstance(error, (MemoryError, SystemError)) or getattr(error, "errno", None) == errno.ENOMEM:
            return True
        error = error.__cause__ or error.__context__
    return False


def _pickled(error: BaseException) -> bytes:
    try:
        content = pickle.dumps(error)
        pickle.loads(content)  # noqa: S301 — our own bytes
        return content
    except Exception:
        return pickle.dumps(RuntimeError(f"{type(error).__name__}: {error}"))


def _send(writer: int, kind: bytes, content: bytes) -> None:
    with os.fdopen(os.dup(writer), "wb") as pipe:
        pipe.write(HEADER.pack(kind, len(content)) + content)


def _listen(pid: int, reader: int, seconds: int, on_message: Callable, tick: float, on_tick: Callable) -> bytes:
    started = time.monotonic()
    received = bytearray()
    while (left := started + seconds - time.monotonic()) > 0:
        if not select.select([reader], [], [], min(tick, left))[0]:
            on_tick(time.monotonic() - started)
            continue
        piece = os.read(reader, 1 << 16)
        if not piece:
            raise _ended(pid)
        received += piece
        while (frame := _take(received)) is not None:
            kind, content = frame
            if kind == RESULT:
                return content
            value = pickle.loads(content)  # noqa: S301 — written by our own child
            if kind == ERROR:
                raise ChildFailed(Cause.ERROR, value)
            on_message(value)
    raise ChildFailed(Cause.TIME, detail=f"more than {seconds} s")


def _take(received: bytearray) -> tuple[bytes, bytes] | None:
    """The first whole frame, taken out of what was received."""
    if len(received) < HEADER.size:
        return None
    kind, length = HEADER.unpack_from(received)
    if len(received) < HEADER.size + length:
        return None
    content = bytes(received[HEADER.size : HEADER.size + length])
    del received[: HEADER.size + length]
    return kind, content


def _ended(pid: int) -> ChildFailed:
    """Why a child that said nothing is gone."""
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number == signal.SIGXCPU:
            return ChildFailed(Cause.TIME, detail="computing time exhausted")
        if number in OUT_OF_MEMORY:
            return ChildFailed(Cause.MEMORY, detail=signal.Signals(number).name)
    elif os.WEXITSTATUS(status) == errno.ENOMEM:
        return ChildFailed(Cause.MEMORY)
    return ChildFailed(Cause.ERROR, detail=f"status {status}")
