"""Many people posting at once to a server of this machine: how long each waits, what each is told.

Runs as a process of its own (`python -m tests.bench.load`, JSON in, JSON out), without Django, on raw sockets: what it
spends itself is taken from the same two cores as the server.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from urllib.parse import urlencode

from tests.bench.measure import percentile

TOKEN = "m" * 32
TEXT = "Le registre est tenu depuis mars, relu chaque trimestre avec l’équipe. Essai "


class Writer:
    """One person, one connection, one text after the other; remembers the version last given."""

    def __init__(self, given: dict, port: int, cookies: str):
        self.given, self.port = given, port
        self.version = given["version"]
        self.head = (
            f"Host: 127.0.0.1:{port}\r\nCookie: {cookies}\r\nX-CSRFToken: {TOKEN}\r\nHX-Request: true\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
        )
        self.streams = None

    async def post(self, path: str) -> tuple[float, int]:
        body = urlencode(
            {
                "version": self.version,
                "niveau": self.version % 4,
                "justification": f"{TEXT}{self.version}.",
                "auteur": self.given["user"],
            }
        )
        request = f"POST {path} HTTP/1.1\r\n{self.head}Content-Length: {len(body)}\r\n\r\n{body}".encode()
        began = time.perf_counter()
        if self.streams is None or self.streams[0].at_eof():  # never opened, or closed by the server between two rounds
            self.streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self.streams
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.partition("content-length:")[2].partition("\r\n")[0])
        await reader.readexactly(length)
        taken = time.perf_counter() - began
        if "connection: close" in head:
            writer.close()
            self.streams = None
        return taken, int(head.split(" ", 2)[1])

    async def work(self, path: str | None, posts: int) -> list[tuple[float, int]]:
        """`posts` saves of their own criterion or, given a path, `posts` requests to it."""
        done = []
        for _ in range(posts):
            taken, status = await self.post(path or self.given["path"])
            if path is None and status == 200:
                self.version += 1
            done.append((taken, status))
        return done


async def storm(port: int, people: list[dict], session_cookie: str, csrf_cookie: str, rounds: int, posts: int) -> dict:
    writers = [
        Writer(each, port, f"{session_cookie}={each['session']}; {csrf_cookie}={TOKEN}") for each in people
    ]
    marks = {"rien": [], "réponse": []}
    statuses = Counter()
    for number in range(rounds + 1):
        for name, path in (("rien", "/mesure/rien/"), ("réponse", None)):
            began = time.perf_counter()
            done = [each for one in await asyncio.gather(*(one.work(path, posts) for one in writers)) for each in one]
            took = time.perf_counter() - began
            statuses.update((f"{name} {status}" for _taken, status in done))
            if number:  # the first round opens connections and fills caches
                times = [taken for taken, _status in done]
                marks[name].append({"p95": percentile(times, 0.95), "par_seconde": len(done) / took})
            print(json.dumps({"fait": name, "retenu": number > 0, "demandes": len(done)}), flush=True)
            sys.stdin.readline()  # until whoever listens has read the server’s clock
    for each in writers:
        if each.streams:
            each.streams[1].close()
    return {"marques": marks, "statuts": statuses, "versions": [each.version for each in writers]}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(storm(**json.loads(sys.argv[1])))))
