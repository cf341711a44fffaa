"""Somebody signed in who speaks straight to the WSGI application: neither sockets nor test client in the figures."""

import io
from urllib.parse import urlencode

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from certif.accounts.models import User

TOKEN = "m" * 32


class Visitor:
    def __init__(self, user: User | None = None):
        self.application = get_wsgi_application()
        cookies = {settings.CSRF_COOKIE_NAME: TOKEN}
        if user:
            client = Client()
            client.force_login(user)
            cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.cookies = "; ".join(f"{name}={value}" for name, value in cookies.items())

    def get(self, path: str) -> tuple[int, bytes]:
        return self._call("GET", path)

    def post(self, path: str, fields: dict[str, object], *, htmx: bool = False) -> tuple[int, bytes]:
        return self._call("POST", path, urlencode(fields).encode(), htmx=htmx)

    def queries(self, path: str) -> int:
        """SQL statements of a GET, sessions and transactions included, once everything is warm."""
        self.get(path)
        with CaptureQueriesContext(connection) as captured:
            status, _body = self.get(path)
        if status != 200:
            raise AssertionError(f"{path} : {status}")
        return len(captured)

    def _call(self, method: str, path: str, body: bytes = b"", *, htmx: bool = False) -> tuple[int, bytes]:
        path, _, query = path.partition("?")
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "SCRIPT_NAME": "",
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "127.0.0.1",
            "HTTP_COOKIE": self.cookies,
            "HTTP_X_CSRFTOKEN": TOKEN,
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            "wsgi.url_scheme": "http",
            "wsgi.version": (1, 0),
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        if htmx:
            environ["HTTP_HX_REQUEST"] = "true"
        said = {}

        def start_response(status, headers, exc_info=None):
            said["status"] = int(status[:3])

        response = self.application(environ, start_response)
        try:
            content = b"".join(response)
        finally:
            response.close()
        return said["status"], content
