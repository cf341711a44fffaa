"""A structure joins networks and leaves them: invited or asking; leaving ends what it shared, for good."""

import re

import pytest

from assessments import affiliations
from assessments.models import Assessment, Event, Notice, Share
from certif.accounts import invitations
from certif.accounts.models import AS_STRUCTURE, JoinRequest, Network, Role, Structure
from tests.factories import affiliate, join, make_network, make_structure, make_user
from tests.people import client_of


def post(user, path, **data):
    return client_of(user).post(path, data)


def members(network):
    return sorted(network.affiliations.values_list("structure__name", flat=True))


def verbs():
    """What was done; what was looked at, and refused, is told elsewhere."""
    done = Event.objects.exclude(verb__in=("dossier_consulte", "acces_refuse"))
    return list(done.order_by("pk").values_list("verb", flat=True))


def told(user):
    return [(notice.sentence, notice.path) for notice in Notice.objects.filter(user=user).order_by("pk")]


@pytest.fixture
def nord(db) -> Network:
    """A network La Fabrique is not in."""
    return make_network("Réseau du Nord", coordinator=make_user("nour@nord.fr", "Nour Haddad"))


@pytest.fixture
def nour(nord):
    return nord.memberships.get().user


@pytest.fixture
def link(nord, nour, lea):
    return f"/invitations/{invitations.invite(nord, email=lea.email, role=AS_STRUCTURE, by=nour)[1]}/"


# --- Invited ----------------------------------------------------------------------------------


def test_the_owner_chooses_which_structure_joins(link, nord, nour, lea, fabrique):
    annexe = make_structure("Annexe", owner=lea)
    join(make_structure("Ailleurs"), lea, Role.CONTRIBUTOR)
    page = client_of(lea).get(link).content.decode()
    assert re.findall(r'type="radio"[^>]* value="(\d+)"', page) == [str(annexe.pk), str(fabrique.pk)]
    assert "Ailleurs" not in page
    response = post(lea, link, structure=annexe.pk)
    assert response.headers["Location"] == f"/structures/{annexe.pk}/#reseaux"
    assert members(nord) == ["Annexe"]
    assert verbs() == ["adhesion"]
    assert told(nour) == [("Annexe a rejoint Réseau du Nord.", f"/reseaux/{nord.pk}/equipe/#structures")]


def test_a_link_serves_once(link, nord, lea, fabrique):
    annexe = make_structure("Annexe", owner=lea)
    post(lea, link, structure=annexe.pk)
    assert post(lea, link, structure=fabrique.pk).headers["Location"] == "/structures/"
    assert members(nord) == ["Annexe"]


def test_nothing_chosen_or_not_one_s_own_is_refused(link, nord, lea, fabrique, passeurs):
    join(passeurs, lea, Role.CONTRIBUTOR)
    answers = [post(lea, link, structure=chosen) for chosen in ("", passeurs.pk, 987_654)]
    assert [response.status_code for response in answers] == [422, 422, 422]
    assert "Choisissez une structure." in answers[0].content.decode()
    assert "Choisissez une structure de la liste." in answers[1].content.decode()
    assert members(nord) == []
    assert client_of(lea).get(link).status_code == 200


def test_who_has_no_structure_creates_it_and_comes_back(nord, nour):
    _, token = invitations.invite(nord, email="nora@exemple.fr", role=AS_STRUCTURE, by=nour)
    nora = make_user("nora@exemple.fr", "Nora Diallo")
    client = client_of(nora)
    create = re.search(r'href="(/structures/nouvelle/[^"]+)"', client.get(f"/invitations/{token}/").content.decode())[1]
    action = re.search(r'action="(/structures/nouvelle/[^"]+)"', client.get(create).content.decode())[1]
    assert action == create
    response = client.post(create, {"name": "Le Pont", "kind": "association"})
    assert response.headers["Location"] == f"/invitations/{token}/"
    client.post(f"/invitations/{token}/", {"structure": Structure.objects.get(name="Le Pont").pk})
    assert members(nord) == ["Le Pont"]


def test_another_address_may_not(link, nord, oscar, passeurs):
    assert post(oscar, link, structure=passeurs.pk).status_code == 403
    assert members(nord) == []


def test_creating_a_structure_with_a_false_token_is_harmless(oscar):
    response = post(oscar, "/structures/nouvelle/?invitation=/ailleurs", name="Le Pont", kind="association")
    assert response.headers["Location"] == f"/structures/{Structure.objects.get(name='Le Pont').pk}/"


# --- Asking -----------------------------------------------------------------------------------


def ask(user, structure, network, message="Bonjour."):
    return post(user, f"/structures/{structure.pk}/reseaux/", network=network.pk, message=message)


def answer(user, network, verb):
    request = JoinRequest.objects.order_by("pk").last()
    return post(user, f"/reseaux/{network.pk}/demandes/{request.pk}/{verb}/")


def test_an_owner_asks_and_the_coordinator_accepts(fabrique, lea, nord, nour):
    assert ask(lea, fabrique, nord, "Nous sommes douze.").headers["Location"] == f"/structures/{fabrique.pk}/#reseaux"
    assert told(nour) == [("La Fabrique demande à rejoindre Réseau du Nord.", f"/reseaux/{nord.pk}/equipe/#demandes")]
    page = client_of(nour).get(f"/reseaux/{nord.pk}/equipe/").content.decode()
    assert "Nous sommes douze." in page
    assert members(nord) == []
    answer(nour, nord, "accepter")
    assert members(nord) == ["La Fabrique"]
    assert told(lea) == [
        ("Réseau du Nord accepte votre demande : vous pouvez lui partager vos dossiers.", f"/structures/{fabrique.pk}/#reseaux")
    ]
    assert verbs() == ["adhesion_demandee", "adhesion"]


def test_the_coordinator_declines_and_one_may_ask_again(fabrique, lea, nord, nour):
    ask(lea, fabrique, nord)
    answer(nour, nord, "decliner")
    assert members(nord) == []
    assert "Sans suite" in client_of(lea).get(f"/structures/{fabrique.pk}/").content.decode()
    ask(lea, fabrique, nord)
    answer(nour, nord, "accepter")
    assert members(nord) == ["La Fabrique"]
    assert "Sans suite" not in client_of(lea).get(f"/structures/{fabrique.pk}/").content.decode()
    assert verbs() == ["adhesion_demandee", "adhesion_refusee", "adhesion_demandee", "adhesion"]


def test_a_request_is_answered_once(fabrique, lea, nord, nour):
    ask(lea, fabrique, nord)
    answer(nour, nord, "decliner")
    response = answer(nour, nord, "accepter")
    assert response.status_code == 409
    assert affiliations.ANSWERED in response.content.decode()
    assert members(nord) == []


def test_a_request_is_taken_back(fabrique, lea, nord, nour):
    ask(lea, fabrique, nord)
    request = JoinRequest.objects.get()
    post(lea, f"/structures/{fabrique.pk}/reseaux/demandes/{request.pk}/retirer/")
    assert JoinRequest.objects.count() == 0
    assert post(nour, f"/reseaux/{nord.pk}/demandes/{request.pk}/accepter/").status_code == 404
    assert verbs() == ["adhesion_demandee", "adhesion_demande_retiree"]


def test_only_a_network_that_accepts_requests_is_asked(fabrique, lea, reseau, nord):
    closed = make_network("Fermé")
    Network.objects.filter(pk=closed.pk).update(accepts_requests=False)
    ask(lea, fabrique, nord)
    for network in (closed, reseau, nord):
        response = ask(lea, fabrique, network, "Gardé.")
        assert response.status_code == 422
        assert "Choisissez un réseau de la liste." in response.content.decode()
        assert "Gardé." in response.content.decode()
    assert JoinRequest.objects.count() == 1


def test_a_long_message_comes_back_whole(fabrique, lea, nord):
    response = ask(lea, fabrique, nord, "x" * 4_001)
    assert response.status_code == 422
    assert "x" * 4_001 in response.content.decode()
    assert JoinRequest.objects.count() == 0


def test_an_invitation_accepted_answers_the_request(link, fabrique, lea, nord):
    ask(lea, fabrique, nord)
    post(lea, link, structure=fabrique.pk)
    assert JoinRequest.objects.get().accepted is True


def test_contributors_read_and_owners_ask(fabrique, karim, reseau, nord):
    page = client_of(karim).get(f"/structures/{fabrique.pk}/").content.decode()
    assert "Réseau des médiateurs" in page
    assert "Demander à rejoindre" not in page
    assert ask(karim, fabrique, nord).status_code == 403


# --- Leaving ----------------------------------------------------------------------------------


@pytest.fixture
def shared(dossier, reseau, nord, fabrique, lea):
    """Shared with both networks."""
    affiliate(fabrique, nord)
    for network in (reseau, nord):
        Share.objects.create(assessment=dossier, network=network, shared_by=lea)
    return dossier


def seen(user):
    return list(Assessment.objects.visible_to(user))


def leave(user, fabrique, network):
    row = fabrique.affiliations.get(network=network)
    return post(user, f"/structures/{fabrique.pk}/reseaux/{row.pk}/quitter/")


def test_leaving_one_network_ends_its_shares_and_not_the_other_s(shared, fabrique, lea, adele, nour, reseau, nord):
    page = client_of(lea).get(f"/structures/{fabrique.pk}/").content.decode()
    assert page.count("1\N{NO-BREAK SPACE}dossier se ferme") == 2
    client = client_of(adele)
    assert client.get(f"/dossiers/{shared.pk}/").status_code == 200
    leave(lea, fabrique, reseau)
    assert client.get(f"/dossiers/{shared.pk}/").status_code == 404
    assert (seen(adele), seen(nour)) == ([], [shared])
    assert verbs() == ["partage_retire", "adhesion_fin"]


def test_coming_back_opens_nothing_again(shared, fabrique, lea, adele, chloe, reseau):
    leave(lea, fabrique, reseau)
    ask(lea, fabrique, reseau)
    answer(chloe, reseau, "accepter")
    assert members(reseau) == ["La Fabrique"]
    assert seen(adele) == []


def test_an_adhesion_that_vanished_by_itself_opens_nothing_when_it_returns(shared, fabrique, adele, reseau):
    """A row deleted outside the verbs leaves its shares behind; joining again ends them."""
    fabrique.affiliations.filter(network=reseau).delete()
    affiliations.join(reseau, fabrique, by=None)
    assert seen(adele) == []


def test_the_coordinator_ends_an_adhesion(shared, fabrique, lea, chloe, adele, reseau):
    row = fabrique.affiliations.get(network=reseau)
    post(chloe, f"/reseaux/{reseau.pk}/structures/{row.pk}/retirer/")
    assert members(reseau) == []
    assert seen(adele) == []
    assert told(lea) == [
        (
            "La Fabrique n’est plus membre de Réseau des médiateurs : ce qu’elle lui partageait ne l’est plus.",
            f"/structures/{fabrique.pk}/#reseaux",
        )
    ]
    assert told(chloe) == []


def test_a_contributor_does_not_leave_for_the_others(shared, fabrique, karim, reseau):
    assert leave(karim, fabrique, reseau).status_code == 403
    assert members(reseau) == ["La Fabrique"]


def test_both_journals_tell_it(fabrique, lea, nord, nour):
    ask(lea, fabrique, nord)
    answer(nour, nord, "accepter")
    for user, path in ((lea, f"/structures/{fabrique.pk}/journal/"), (nour, f"/reseaux/{nord.pk}/journal/")):
        told = [(line.who, line.sentence, line.detail) for line in client_of(user).get(path).context["lines"]]
        detail = "«\u202fLa Fabrique\u202f», Réseau du Nord"
        assert told == [
            ("Nour Haddad", "a fait entrer la structure dans un réseau", detail),
            ("Léa Martin", "a demandé l’entrée de la structure dans un réseau", detail),
        ]
