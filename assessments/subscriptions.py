"""How often each person wants each kind of notice by e-mail, and the links that stop them without signing in."""

from collections.abc import Iterable, Mapping

from django.core import signing

from assessments.models import Cadence, NoticeKind, NoticePreference
from certif.accounts.models import User

DIGEST = "resume"
"""In a link that stops e-mails, in place of a kind: everything that comes once a day."""

_SALT = "assessments.subscriptions"


def preferences_of(user: User) -> dict[NoticeKind, Cadence]:
    """How often the person wants each kind; at once, as long as they said nothing."""
    chosen = dict(NoticePreference.objects.filter(user=user).values_list("kind", "cadence"))
    return {kind: Cadence(chosen.get(kind, Cadence.NOW)) for kind in NoticeKind}


def cadences_of(people: Iterable[int], kind: NoticeKind) -> dict[int, Cadence]:
    """How often each person wants one kind."""
    chosen = NoticePreference.objects.filter(user__in=people, kind=kind).values_list("user", "cadence")
    return dict.fromkeys(people, Cadence.NOW) | {pk: Cadence(cadence) for pk, cadence in chosen}


def choose(user: User, cadences: Mapping[NoticeKind, Cadence]) -> None:
    """Changes how often the person wants some kinds."""
    NoticePreference.objects.bulk_create(
        (NoticePreference(user=user, kind=kind, cadence=cadence) for kind, cadence in cadences.items()),
        update_conflicts=True,
        unique_fields=["user", "kind"],
        update_fields=["cadence"],
    )


# --- Stopping without signing in --------------------------------------------------------------


def token_of(user: User, kind: str) -> str:
    """What stops one kind, or DIGEST, for one person: signed, good as long as the account lives."""
    return signing.dumps([user.pk, str(kind)], salt=_SALT)


def read_token(token: str) -> tuple[User, str] | None:
    """Whose e-mails a link stops, and of which kind; None when it is not one of ours, or the account is gone."""
    try:
        pk, kind = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError):
        return None
    user = User.objects.filter(pk=pk).first()
    return (user, kind) if user and kind in {DIGEST, *NoticeKind.values} else None


def stop(user: User, kind: str) -> None:
    """No more e-mail of this kind, or of those that come once a day; the notices themselves stay in the product."""
    kinds = (
        [NoticeKind(kind)]
        if kind != DIGEST
        else [each for each, cadence in preferences_of(user).items() if cadence == Cadence.DAILY]
    )
    choose(user, dict.fromkeys(kinds, Cadence.NEVER))
