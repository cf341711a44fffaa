"""P5, fifty people: puts them in the structure of the demonstration, signed in, each with a criterion of their own."""

from django.conf import settings
from django.test import Client

from certif.accounts.models import Membership, Role, User
from tests.bench.works.demonstration import HALFWAY, dossier_of


def work(writers: int = 50) -> dict:
    assessment, _owner = dossier_of(HALFWAY)
    rows = assessment.answers.select_related("criterion").order_by("criterion__position", "pk")[:writers]
    people = []
    for number, row in enumerate(rows):
        user, _ = User.objects.get_or_create(email=f"plume{number}@mesures.invalid", defaults={"name": f"Plume {number}"})
        Membership.objects.get_or_create(structure=assessment.structure, user=user, defaults={"role": Role.CONTRIBUTOR})
        client = Client()
        client.force_login(user)
        people.append(
            {
                "user": user.pk,
                "session": client.cookies[settings.SESSION_COOKIE_NAME].value,
                "path": f"/dossiers/{assessment.pk}/criteres/{row.criterion.code}/",
                "version": row.version,
            }
        )
    return {"people": people, "session_cookie": settings.SESSION_COOKIE_NAME, "csrf_cookie": settings.CSRF_COOKIE_NAME}
