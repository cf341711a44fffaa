"""A form sent after the session ended, without JavaScript: its text waits in the visitor’s new session for its author.

Only the person who had the page open gets it back, once, on the same page.
"""

from django.http import HttpRequest

from certif.fields import whole_number
from certif.limits import NOTE_MAX

KEY = "texte_mis_de_cote"


def put_aside(request: HttpRequest, *texts: str) -> None:
    """Keeps what an expired session was about to save; `texts` are the fields one writes in."""
    kept = {name: request.POST.get(name, "")[:NOTE_MAX] for name in ("auteur", "version", "niveau", *texts)}
    if whole_number(kept["version"]) is not None:
        request.session[KEY] = {"path": request.path, **kept}


def take_back(request: HttpRequest) -> dict | None:
    """What was put aside on this page by this person, once; nobody else ever sees it."""
    kept = request.session.get(KEY)
    if kept is None or kept["path"] != request.path:
        return None
    del request.session[KEY]
    return kept if kept["auteur"] == str(request.user.pk) else None
