"""The people of a network: who is invited, with which role, who leaves; somebody always coordinates."""

import re

import pytest
from django.core import mail

from assessments.models import Event
from certif.accounts import invitations, networks
from certif.accounts.models import AS_STRUCTURE, NetworkRole
from tests.factories import appoint, make_network, make_structure, make_user
from tests.people import client_of

ALL = {"Adèle": NetworkRole.ADVISOR, "Chloé": NetworkRole.COORDINATOR}


def roles(network):
    return {member.user.get_short_name(): member.role for member in network.memberships.select_related("user")}


def post(user, network, what, **data):
    return client_of(user).post(f"/reseaux/{network.pk}/{what}/", data)


def place_of(network, user):
    return network.memberships.get(user=user).pk


# --- The page ---------------------------------------------------------------------------------


def test_everyone_sees_the_people_and_the_members(reseau, chloe, adele, fabrique):
    for user in (chloe, adele):
        page = client_of(user).get(f"/reseaux/{reseau.pk}/equipe/").content.decode()
        assert re.findall(r"<h3>([^<]+?) ?(?:<|$)", page)[:2] == ["Chloé Ravel", "Adèle Roche"]
        assert "La Fabrique" in page


def test_only_coordinators_see_who_is_invited(reseau, chloe, adele):
    invitations.invite(reseau, email="nora@exemple.fr", role=NetworkRole.ADVISOR, by=chloe)
    seen = ["nora@exemple.fr" in client_of(user).get(f"/reseaux/{reseau.pk}/equipe/").content.decode() for user in (chloe, adele)]
    assert seen == [True, False]


def test_the_only_network_opens_by_itself(reseau, adele):
    assert client_of(adele).get("/reseaux/").headers["Location"] == f"/reseaux/{reseau.pk}/portefeuille/"
    make_network("Un autre", advisor=adele)
    page = client_of(adele).get("/reseaux/").content.decode()
    assert re.findall(r"<h3><a [^>]*>([^<]+)<", page) == ["Réseau des médiateurs", "Un autre"]


def test_the_menu_leads_there_while_one_has_a_network(reseau, chloe, adele, lea):
    def has_link(user):
        return 'href="/reseaux/"' in client_of(user).get("/").content.decode()

    assert (has_link(adele), has_link(lea)) == (True, False)
    networks.remove(reseau.memberships.get(user=adele))
    assert has_link(adele) is False


def test_structures_are_searched_by_name(reseau, chloe, fabrique):
    page = client_of(chloe).get(f"/reseaux/{reseau.pk}/equipe/?q=rien").content.decode()
    assert "Aucune structure membre ne porte ce nom." in page
    assert "La Fabrique" in client_of(chloe).get(f"/reseaux/{reseau.pk}/equipe/?q=fabr").content.decode()


# --- Invitations ------------------------------------------------------------------------------


def test_a_coordinator_invites_an_advisor(reseau, chloe):
    response = post(chloe, reseau, "invitations", email="Nora@Exemple.fr", role="advisor")
    assert response.headers["Location"] == f"/reseaux/{reseau.pk}/equipe/#equipe"
    invitation = reseau.invitations.get()
    assert (invitation.email, invitation.role, invitation.created_by) == ("nora@exemple.fr", "advisor", chloe)
    [message] = mail.outbox
    assert (message.to, message.subject) == (["nora@exemple.fr"], "[Certif] Invitation à rejoindre Réseau des médiateurs")
    assert "Votre rôle : conseiller." in message.body
    event = Event.objects.get()
    assert (event.verb, event.actor, event.network_id, event.after) == ("invitation", chloe, reseau.pk, {"role": "advisor"})


def test_the_invited_advisor_arrives(reseau, chloe):
    nora = make_user("nora@exemple.fr", "Nora Diallo")
    _, token = invitations.invite(reseau, email=nora.email, role=NetworkRole.ADVISOR, by=chloe)
    client = client_of(nora)
    page = client.get(f"/invitations/{token}/").content.decode()
    assert "Chloé Ravel vous y invite comme conseiller" in page
    assert roles(reseau) == ALL
    assert client.post(f"/invitations/{token}/").headers["Location"] == f"/reseaux/{reseau.pk}/equipe/"
    assert roles(reseau) == ALL | {"Nora": NetworkRole.ADVISOR}
    nora.refresh_from_db()
    assert nora.accompanies is True


def test_who_is_there_already_is_not_invited_again(reseau, chloe, adele):
    response = post(chloe, reseau, "invitations", email=adele.email, role="coordinator")
    assert response.status_code == 422
    page = response.content.decode()
    assert "Cette personne fait déjà partie du réseau." in page
    assert f'value="{adele.email}"' in page
    assert reseau.invitations.count() == 0


def test_one_address_may_be_invited_as_a_person_and_for_its_structure(reseau, chloe):
    for role in (NetworkRole.ADVISOR, AS_STRUCTURE, NetworkRole.COORDINATOR):
        post(chloe, reseau, "invitations", email="nora@exemple.fr", role=role)
    assert sorted(reseau.invitations.pending().values_list("role", flat=True)) == ["coordinator", "structure"]


def test_an_invitation_is_withdrawn(reseau, chloe):
    invitation, token = invitations.invite(reseau, email="nora@exemple.fr", role=NetworkRole.ADVISOR, by=chloe)
    post(chloe, reseau, f"invitations/{invitation.pk}/annuler")
    nora = make_user("nora@exemple.fr", "Nora Diallo")
    assert client_of(nora).post(f"/invitations/{token}/").status_code == 410
    assert roles(reseau) == ALL


def test_asking_again_tells_the_coordinators(reseau, chloe, adele):
    _, token = invitations.invite(reseau, email="nora@exemple.fr", role=NetworkRole.ADVISOR, by=chloe)
    client_of().post(f"/invitations/{token}/redemander/")
    [message] = mail.outbox
    assert message.to == [chloe.email]
    assert f"/reseaux/{reseau.pk}/equipe/" in message.body


# --- Roles and departures ---------------------------------------------------------------------


def test_a_coordinator_changes_a_role(reseau, chloe, adele):
    post(chloe, reseau, f"equipe/{place_of(reseau, adele)}/role", role="coordinator")
    assert roles(reseau) == ALL | {"Adèle": NetworkRole.COORDINATOR}
    event = Event.objects.get()
    assert (event.verb, event.before, event.after) == (
        "role",
        {"personne": adele.pk, "role": "advisor"},
        {"role": "coordinator"},
    )


def test_the_last_coordinator_stays_and_stays_coordinator(reseau, chloe):
    place = place_of(reseau, chloe)
    for response in (
        post(chloe, reseau, f"equipe/{place}/role", role="advisor"),
        post(chloe, reseau, f"equipe/{place}/retirer"),
    ):
        assert response.status_code == 409
        assert networks.LAST_COORDINATOR in response.content.decode()
    assert roles(reseau) == ALL
    assert Event.objects.count() == 0


def test_with_two_coordinators_one_may_leave(reseau, chloe, adele):
    networks.change_role(reseau.memberships.get(user=adele), NetworkRole.COORDINATOR)
    assert post(chloe, reseau, f"equipe/{place_of(reseau, chloe)}/retirer").headers["Location"] == "/structures/"
    assert roles(reseau) == {"Adèle": NetworkRole.COORDINATOR}


def test_an_advisor_removed_loses_everything_at_once(reseau, chloe, adele):
    client = client_of(adele)
    assert client.get(f"/reseaux/{reseau.pk}/equipe/").status_code == 200
    post(chloe, reseau, f"equipe/{place_of(reseau, adele)}/retirer")
    assert client.get(f"/reseaux/{reseau.pk}/equipe/").status_code == 404
    adele.refresh_from_db()
    assert adele.accompanies is False


def test_an_advisor_may_leave_and_nothing_more(reseau, chloe, adele):
    assert post(adele, reseau, f"equipe/{place_of(reseau, chloe)}/retirer").status_code == 403
    assert post(adele, reseau, f"equipe/{place_of(reseau, adele)}/role", role="coordinator").status_code == 403
    assert post(adele, reseau, f"equipe/{place_of(reseau, adele)}/retirer").status_code == 302
    assert roles(reseau) == {"Chloé": NetworkRole.COORDINATOR}


def test_one_of_two_networks_left_the_other_still_counts(reseau, adele):
    other = make_network("Un autre", advisor=adele)
    networks.remove(other.memberships.get(user=adele))
    adele.refresh_from_db()
    assert adele.accompanies is True


def test_who_leaves_takes_the_pending_invitations_away(reseau, chloe, adele):
    networks.change_role(reseau.memberships.get(user=adele), NetworkRole.COORDINATOR)
    invitations.invite(reseau, email="nora@exemple.fr", role=NetworkRole.ADVISOR, by=adele)
    networks.remove(reseau.memberships.get(user=adele))
    assert reseau.invitations.pending().count() == 0


def test_a_network_deleted_leaves_nobody_accompanying(reseau, chloe, adele):
    kept = make_network("Un autre", advisor=adele)
    networks.delete(reseau)
    for user in (chloe, adele):
        user.refresh_from_db()
    assert (adele.accompanies, chloe.accompanies) == (True, False)
    assert roles(kept) == {"Adèle": NetworkRole.ADVISOR}


# --- Settings ---------------------------------------------------------------------------------


def test_a_coordinator_describes_the_network(reseau, chloe):
    data = {"name": "Réseau du Nord", "description": "Trente structures."}
    assert post(chloe, reseau, "reglages", **data).status_code == 302
    reseau.refresh_from_db()
    assert (reseau.name, reseau.description, reseau.accepts_requests) == ("Réseau du Nord", "Trente structures.", False)


@pytest.mark.parametrize(
    ("name", "sentence"), [("", "Ce champ est obligatoire."), ("Pris", "Un autre réseau porte déjà ce nom.")]
)
def test_a_name_that_cannot_be(reseau, chloe, name, sentence):
    make_network("Pris")
    response = post(chloe, reseau, "reglages", name=name, description="Gardée.")
    assert response.status_code == 422
    page = response.content.decode()
    assert sentence in page
    assert "Gardée." in page
    reseau.refresh_from_db()
    assert reseau.name == "Réseau des médiateurs"


def test_thirty_structures_cost_what_one_does(reseau, chloe, django_assert_num_queries):
    client = client_of(chloe)
    address = f"/reseaux/{reseau.pk}/equipe/"
    client.get(address)
    with django_assert_num_queries(9):
        client.get(address)
    for _ in range(30):
        reseau.affiliations.create(structure=make_structure())
        appoint(reseau, make_user())
    with django_assert_num_queries(9):
        assert len(client.get(address).context["structures"]) == 31


