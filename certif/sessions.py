"""Logins with an end: django's sessions in the database, that stop after seven days whatever their use."""

import time

from django.contrib.sessions.backends import db

from certif import limits

BEGAN_AT = "began_at"
SEEN_AT = "seen_at"


class SessionStore(db.SessionStore):
    def load(self) -> dict:
        data = super().load()
        if time.time() - data.get(BEGAN_AT, time.time()) > limits.SESSION_AGE.total_seconds():
            self.delete(self.session_key)
            self._session_key = None
            return {}
        return data
