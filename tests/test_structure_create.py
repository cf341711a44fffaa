"""Creating a structure: the person becomes its owner."""

import pytest

from certif.accounts.models import Membership, Role, Structure
from tests.people import client_of

GOOD = {"name": "Le Pont", "kind": "association", "city": "Villeneuve", "mediator_count": "12"}


def create(user, **changes):
    return client_of(user).post("/structures/nouvelle/", GOOD | changes)


def test_it_works(oscar, passeurs):
    response = create(oscar)
    structure = Structure.objects.get(name="Le Pont")
    assert response.headers["Location"] == f"/structures/{structure.pk}/"
    assert (structure.kind, structure.city, structure.mediator_count) == ("association", "Villeneuve", 12)
    assert [(m.user, m.role) for m in structure.memberships.all()] == [(oscar, Role.OWNER)]


def test_only_the_name_and_the_kind_are_needed(ines):
    create(ines, city="", mediator_count="")
    structure = Structure.objects.get()
    assert (structure.city, structure.mediator_count) == ("", None)


def test_sent_twice_it_makes_one_structure(ines):
    create(ines)
    response = create(ines)
    assert response.status_code == 422
    assert "Vous êtes déjà responsable d’une structure de ce nom." in response.content.decode()
    assert Structure.objects.count() == 1


def test_two_people_may_choose_the_same_name(ines, oscar):
    create(ines)
    assert create(oscar).status_code == 302
    assert Structure.objects.filter(name="Le Pont").count() == 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": ""}, "Ce champ est obligatoire."),
        ({"name": "\u200b \x07"}, "Ce champ est obligatoire."),
        ({"name": "é" * 201}, "Ce texte compte 201 caractères\u00a0: la limite est de 200."),
        ({"city": "👩‍👩‍👧‍👦" * 60}, "la limite est de 200."),
        ({"kind": "secte"}, "Sélectionnez un choix valide."),
        ({"mediator_count": "0"}, "Indiquez au moins un médiateur."),
        ({"mediator_count": "9" * 5000}, "Saisissez un nombre entier."),
        ({"mediator_count": "100001"}, "Indiquez au plus 100\u202f000 médiateurs."),
        ({"mediator_count": "douze"}, "Saisissez un nombre entier."),
    ],
)
def test_bad_input_is_said_in_french_and_kept(ines, changes, said):
    response = create(ines, **changes)
    page = response.content.decode()
    assert response.status_code == 422
    assert said in page
    for name, value in (GOOD | changes).items():
        if name != "kind":
            assert response.context["form"][name].value() == value
    assert Structure.objects.count() == 0


def test_what_nobody_meant_to_type_is_removed(ines):
    create(ines, name="  Le\u202e Po\x00nt\r\nneuf ", city="e\u0301" + "\u0301" * 50)
    structure = Structure.objects.get()
    assert structure.name == "Le Pont neuf"
    assert len(structure.city) == 4


def test_nobody_chooses_the_owner_or_the_rest(ines, oscar):
    create(ines, owner=oscar.pk, is_demo="on", id="999", pk="999")
    structure = Structure.objects.get(name="Le Pont")
    assert (structure.is_demo, structure.pk == 999) == (False, False)
    assert [member.user for member in Membership.objects.filter(structure=structure)] == [ines]


def test_anonymous_goes_to_login(db):
    response = client_of().post("/structures/nouvelle/", GOOD)
    assert response.headers["Location"] == "/connexion/?next=/structures/nouvelle/"
    assert Structure.objects.count() == 0
