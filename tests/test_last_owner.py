"""Two owners who leave at the same moment: one of them stays."""

from threading import Barrier, Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from certif.accounts import structures
from certif.accounts.models import Membership, Role
from tests.factories import join, make_structure, make_user


@pytest.mark.django_db(transaction=True)
def test_one_owner_always_remains():
    structure = make_structure()
    owners = [join(structure, make_user(), Role.OWNER) for _ in range(4)]
    together, refusals = Barrier(len(owners)), []

    def leave(member: Membership) -> None:
        together.wait()
        try:
            structures.remove(Membership.objects.select_related("structure", "user").get(pk=member.pk))
        except ValidationError as refusal:
            refusals.append(refusal.message)
        finally:
            connection.close()

    threads = [Thread(target=leave, args=[member]) for member in owners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refusals == [structures.LAST_OWNER]
    assert [member.role for member in structure.memberships.all()] == [Role.OWNER]
