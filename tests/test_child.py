"""A child process gives its bytes back, or ends within its limits and says why."""

import os
import signal
import time

import pytest

from certif.child import Cause, ChildFailed, run_in_child

MIB = 1024 * 1024


def run(work, *, seconds=20, memory=1024 * MIB, **options):
    return run_in_child(work, seconds=seconds, memory=memory, **options)


def test_the_bytes_come_back_whatever_their_length():
    content = os.urandom(3 * MIB)
    assert run(lambda send: content) == content


def test_messages_arrive_in_order():
    heard = []

    def work(send):
        for number in range(3):
            send(number)
        return b""

    run(work, on_message=heard.append)
    assert heard == [0, 1, 2]


def test_an_error_comes_back_as_it_was_raised():
    def work(send):
        raise ValueError("impossible")

    with pytest.raises(ChildFailed) as caught:
        run(work)
    assert (caught.value.cause, type(caught.value.error), str(caught.value)) == (Cause.ERROR, ValueError, "impossible")


def test_waiting_is_bounded_and_said():
    ticks = []
    with pytest.raises(ChildFailed) as caught:
        run(lambda send: time.sleep(60), seconds=1, tick=0.2, on_tick=ticks.append)
    assert caught.value.cause == Cause.TIME
    assert len(ticks) > 1


def test_memory_is_bounded():
    with pytest.raises(ChildFailed) as caught:
        run(lambda send: bytes(len(bytearray(600 * MIB))), memory=400 * MIB)
    assert caught.value.cause == Cause.MEMORY


def test_what_the_parent_already_holds_is_not_counted():
    held = bytearray(300 * MIB)
    assert run(lambda send: bytes(len(bytearray(100 * MIB)) // MIB), memory=200 * MIB) == bytes(100)
    assert len(held) == 300 * MIB


def test_a_child_that_is_killed_is_noticed():
    with pytest.raises(ChildFailed) as caught:
        run(lambda send: os.kill(os.getpid(), signal.SIGKILL))
    assert caught.value.cause == Cause.MEMORY


def test_a_child_that_leaves_without_a_word_is_noticed():
    with pytest.raises(ChildFailed) as caught:
        run(lambda send: os._exit(3))
    assert caught.value.cause == Cause.ERROR


def test_nothing_is_left_behind():
    with pytest.raises(ChildFailed):
        run(lambda send: time.sleep(60), seconds=1)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
