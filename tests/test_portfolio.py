"""The portfolio of a network: members, where each shared dossier stands, what waits for whom, views, workbook."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from openpyxl import load_workbook

from assessments import standings
from assessments.enums import Status
from assessments.models import Assessment, ReviewRequest, SavedView, Share, Standing, Upkeep
from assessments.portfolio import Filters, Row
from certif import limits
from certif.dates import add_months, today
from tests.factories import affiliate, answer, answer_all, make_assessment, make_network, make_structure, make_user
from tests.people import client_of

pytestmark = pytest.mark.slow


def url(network, query="") -> str:
    return f"/reseaux/{network.pk}/portefeuille/" + (f"?{query}" if query else "")


def share(dossier, network) -> Share:
    row = Share.objects.create(assessment=dossier, network=network)
    standings.refresh(dossier.pk)
    return row


def rows(client, network, query="") -> list[Row]:
    return [row for row, _left in client.get(url(network, query)).context["rows"]]


def names(client, network, query="") -> list[str]:
    return [row.structure for row in rows(client, network, query)]


def status(dossier, value) -> None:
    Assessment.objects.filter(pk=dossier.pk).update(status=value)


@pytest.fixture
def client(adele, reseau):
    return client_of(adele)


@pytest.fixture
def shared(dossier, reseau):
    """The dossier of La Fabrique, all answered at level 3 but one blocking criterion."""
    answer_all(dossier, 3, but={"DEO-01": 0, "QUA-02": None})
    share(dossier, reseau)
    return dossier


def member(network, name, edition=None, **fields) -> Assessment | None:
    """Another member of the network; with an edition, its shared dossier."""
    structure = make_structure(name)
    affiliate(structure, network)
    if edition is None:
        return None
    dossier = make_assessment(structure, edition, **fields)
    share(dossier, network)
    return dossier


def test_a_member_and_where_its_shared_dossier_stands(client, reseau, shared):
    [row] = rows(client, reseau)
    assert (row.structure, row.pk, row.title, row.stage) == ("La Fabrique", shared.pk, "Auto-évaluation 2027", "En cours de saisie")
    assert (row.verdict, row.done, row.in_scope, row.registers_covered, row.blocking) == ("pas prêt", 6, 7, 0, 1)
    assert (row.maturity_over, row.maturity_under) == (3 * (3 + 1 + 3 + 2 + 2), 4 * (3 + 1 + 3 + 3 + 2 + 2))
    assert (row.as_of, row.waiting_text) == ("", "rien")


def test_a_member_that_shares_nothing_is_only_a_name(client, reseau, dossier, fabrique):
    answer_all(dossier, 3)
    page = client.get(url(reseau)).content.decode()
    assert rows(client, reseau) == [Row(fabrique.pk, "La Fabrique")]
    assert "ne partage pas de dossier" in page
    assert all(word not in page for word in (dossier.title, fabrique.city, "En cours de saisie</td>", f"/dossiers/{dossier.pk}/"))


def test_a_share_taken_back_shows_at_once(client, reseau, shared, fabrique):
    Share.objects.update(revoked_at=timezone.now())
    assert rows(client, reseau) == [Row(fabrique.pk, "La Fabrique")]


def test_a_member_that_left_is_gone(client, reseau, shared, fabrique):
    fabrique.affiliations.all().delete()
    assert rows(client, reseau) == []


def test_a_dossier_shared_with_another_network_only_stays_there(client, reseau, dossier, fabrique):
    other = make_network()
    affiliate(fabrique, other)
    share(dossier, other)
    assert rows(client, reseau) == [Row(fabrique.pk, "La Fabrique")]


def test_strangers_find_nothing(reseau, lea, oscar, ines):
    assert [client_of(user).get(url(reseau)).status_code for user in (lea, oscar, ines)] == [404] * 3
    assert client_of().get(url(reseau)).url.startswith("/connexion/")


# --- What waits for whom ----------------------------------------------------------------------


def test_a_transmitted_dossier_waits_for_the_network(client, reseau, shared):
    status(shared, Status.SUBMITTED)
    [row] = rows(client, reseau, "attend=nous")
    assert (row.stage, row.waiting_text) == ("À relire", "à relire par vous")


def test_a_dossier_sent_back_waits_for_the_structure(client, reseau, shared, adele):
    status(shared, Status.RETURNED)
    now, elsewhere = timezone.now(), make_network()
    row = shared.answers.get(criterion__code="DEO-01")
    ReviewRequest.objects.bulk_create(
        ReviewRequest(answer=row, network=network, kind="precision", text="Dites-en plus.", sent_at=sent, answered_at=done)
        for network, sent, done in (
            *((reseau, now, None),) * 4,
            (reseau, None, None),  # not told yet
            (reseau, now, now),  # done
            (elsewhere, now, None),
        )
    )
    assert [each.waiting_text for each in rows(client, reseau, "attend=structure")] == ["attend la structure\u00a0: 4\u00a0demandes"]
    assert names(client, reseau, "attend=nous") == []


# --- Figures older than the dossier -----------------------------------------------------------


def test_figures_older_than_the_dossier_say_so_and_are_asked_for_once(client, reseau, shared, settings):
    Standing.objects.update(of_state=datetime(today().year, 3, 3, 9, 12, tzinfo=UTC))
    pages = [client.get(url(reseau)).content.decode() for _ in range(3)]
    assert all("au 3\u00a0mars" in page and "10\u00a0h\u00a012" in page for page in pages)
    assert DBTaskResult.objects.count() == 1
    assert Upkeep.objects.get().asked_at is not None


def test_figures_never_computed_are_not_invented(client, reseau, shared):
    Standing.objects.all().delete()
    [row] = rows(client, reseau)
    assert (row.verdict, row.as_of) == (None, "pas encore calculé")
    assert "pas encore calculé" in client.get(url(reseau)).content.decode()


def test_fresh_figures_ask_for_nothing(client, reseau, shared):
    client.get(url(reseau))
    assert DBTaskResult.objects.count() == 0


# --- Filters and order ------------------------------------------------------------------------


@pytest.fixture
def several(reseau, edition, shared):
    """Six members: one that shares nothing, and dossiers in several states."""
    member(reseau, "Zénith")
    soon = member(reseau, "Écoute et lien", edition, audit_on=today() + timedelta(days=40))
    answer_all(soon, 3)
    member(reseau, "Éclaireurs", edition, audit_on=add_months(today(), 3))
    late = member(reseau, "Le Phare", edition, audit_on=today() - timedelta(days=3))
    answer(late, "PER-01", 4)
    status(late, Status.SUBMITTED)
    member(reseau, "les Relais", edition, audit_on=add_months(today(), 8))
    for dossier in Assessment.objects.all():
        standings.refresh(dossier.pk)
    return reseau


def test_by_name_as_french_people_sort(client, several):
    assert names(client, several) == ["Éclaireurs", "Écoute et lien", "La Fabrique", "Le Phare", "les Relais", "Zénith"]
    assert names(client, several, "tri=-structure") == ["Zénith", "les Relais", "Le Phare", "La Fabrique", "Écoute et lien", "Éclaireurs"]


@pytest.mark.parametrize(
    "query, expected",
    [
        ("q=ecoute", ["Écoute et lien"]),
        ("q=LIEN+éc", ["Écoute et lien"]),
        ("q=%25", []),
        ("etape=transmise", ["Le Phare"]),
        ("etape=aucun", ["Zénith"]),
        ("etape=inconnue&tri=nawak&audit=7&verdict=%00", ["Éclaireurs", "Écoute et lien", "La Fabrique", "Le Phare", "les Relais", "Zénith"]),
        ("verdict=pas+prêt", ["Écoute et lien", "La Fabrique"]),
        ("verdict=incomplet", ["Éclaireurs", "Le Phare", "les Relais"]),
        ("audit=3", ["Éclaireurs", "Écoute et lien"]),
        ("audit=12", ["Éclaireurs", "Écoute et lien", "les Relais"]),
        ("audit=12&etape=brouillon&q=les", ["les Relais"]),
        ("attend=nous", ["Le Phare"]),
        ("tri=audit", ["Le Phare", "Écoute et lien", "Éclaireurs", "les Relais", "La Fabrique", "Zénith"]),
        ("tri=-audit", ["les Relais", "Éclaireurs", "Écoute et lien", "Le Phare", "La Fabrique", "Zénith"]),
        ("tri=completude", ["Éclaireurs", "les Relais", "Le Phare", "La Fabrique", "Écoute et lien", "Zénith"]),
        ("tri=-maturite", ["Le Phare", "Écoute et lien", "La Fabrique", "Éclaireurs", "les Relais", "Zénith"]),
        ("tri=verdict", ["Écoute et lien", "La Fabrique", "Éclaireurs", "Le Phare", "les Relais", "Zénith"]),
        ("tri=etape", ["Éclaireurs", "Écoute et lien", "La Fabrique", "les Relais", "Le Phare", "Zénith"]),
        ("tri=attend", ["Le Phare", "Éclaireurs", "Écoute et lien", "La Fabrique", "les Relais", "Zénith"]),
    ],
)
def test_filters_and_order(client, several, query, expected):
    assert names(client, several, query) == expected


def test_a_query_is_read_and_written_back(client):
    said = {"q": "  Le  Phare ", "etape": "transmise", "verdict": "incomplet", "audit": "6", "attend": "nous", "tri": "-audit"}
    filters = Filters.read(said)
    assert filters.query == "q=Le+Phare&etape=transmise&verdict=incomplet&audit=6&attend=nous&tri=-audit"
    assert Filters.read({}).query == ""


def test_an_audit_says_how_long_is_left(client, several):
    left = {row.structure: left for row, left in client.get(url(several)).context["rows"]}
    assert (left["Écoute et lien"], left["Le Phare"], left["La Fabrique"]) == ("dans 40\u00a0jours", "passé de 3\u00a0jours", "")


def test_fifty_rows_a_page(client, reseau, shared):
    for number in range(60):
        member(reseau, f"Membre {number:02}")
    assert [len(names(client, reseau, query)) for query in ("", "page=2", "page=x")] == [50, 11, 50]


# --- Views ------------------------------------------------------------------------------------


def test_a_view_is_kept_opened_and_deleted(client, several, adele):
    response = client.post(f"{url(several)}vues/", {"name": "À relire vite", "query": "attend=nous&tri=audit&x=1"})
    assert response.url == url(several, "attend=nous&tri=audit")
    view = SavedView.objects.get()
    assert (view.network, view.user, view.name, view.query) == (several, adele, "À relire vite", "attend=nous&tri=audit")
    page = client.get(response.url)
    assert page.context["current_view"] == view
    assert page.content.decode().count("À relire vite") == 3  # said, opened, deleted
    assert client.post(f"{url(several)}vues/{view.pk}/suppression/").status_code == 302
    assert SavedView.objects.count() == 0


@pytest.mark.parametrize(
    "name, sentence",
    [("", "Donnez un nom à cette vue."), ("Déjà", "Vous avez déjà une vue de ce nom."), ("x" * 201, "201 caractères")],
)
def test_a_name_that_will_not_do_is_refused_and_kept(client, several, adele, name, sentence):
    SavedView.objects.create(network=several, user=adele, name="Déjà", query="attend=nous")
    response = client.post(f"{url(several)}vues/", {"name": name, "query": "audit=6"})
    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page and f'value="{name}"' in page and 'value="audit=6"' in page
    assert SavedView.objects.count() == 1


def test_so_many_views_and_no_more(client, several, adele):
    SavedView.objects.bulk_create(SavedView(network=several, user=adele, name=str(n), query="") for n in range(limits.SAVED_VIEWS))
    assert client.post(f"{url(several)}vues/", {"name": "Encore", "query": ""}).status_code == 422


def test_views_are_one_s_own(client, several, reseau):
    colleague = make_user()
    reseau.memberships.create(user=colleague, role="coordinator")
    view = SavedView.objects.create(network=several, user=colleague, name="À moi", query="attend=nous")
    assert "À moi" not in client.get(url(several)).content.decode()
    assert client.post(f"{url(several)}vues/{view.pk}/suppression/").status_code == 404
    assert SavedView.objects.count() == 1


# --- The workbook -----------------------------------------------------------------------------


def test_the_workbook_has_the_rows_of_the_page_and_no_formula(client, several, edition):
    member(several, "=HYPERLINK(\"http://mal.example\")", edition, title="+1+1")
    response = client.get(f"{url(several)}export/?tri=-structure")
    sheet = load_workbook(BytesIO(response.content)).active
    table = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
    assert [row[0] for row in table] == names(client, several, "tri=-structure")
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d"}
    fabrique = next(row for row in table if row[0] == "La Fabrique")
    assert fabrique[1:11] == ["Auto-évaluation 2027", "En cours de saisie", "pas prêt", 1, 6, 7, 86, 59, 0, "à jour"]
    assert next(row for row in table if row[0] == "Zénith")[1:3] == ["ne partage pas de dossier", None]
    assert f"portefeuille-reseau-des-mediateurs-{today()}.xlsx" in response["Content-Disposition"]


# --- Its cost ---------------------------------------------------------------------------------


def queries(client, path) -> list[str]:
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return [query["sql"] for query in captured]


def test_five_questions_for_thirty_members_as_for_five_thousand(client, reseau, shared, edition, adele):
    SavedView.objects.create(network=reseau, user=adele, name="Une vue", query="attend=nous")
    few = queries(client, url(reseau))
    many(reseau, shared, 300)
    SavedView.objects.create(network=reseau, user=adele, name="Une autre", query="attend=structure")
    plenty = queries(client, url(reseau))
    assert (len(few), len(plenty)) == (5, 5), "\n".join(plenty)


def many(network, like: Assessment, count: int) -> None:
    """As many more members, each with a dossier that stands where `like` does."""
    from certif.accounts.models import Affiliation, Structure

    before = set(Structure.objects.values_list("pk", flat=True))
    Structure.objects.bulk_create(Structure(name=f"Membre {n}", kind="association") for n in range(count))
    structures = list(Structure.objects.exclude(pk__in=before).order_by("pk"))
    Affiliation.objects.bulk_create(Affiliation(network=network, structure=each) for each in structures)
    Assessment.objects.bulk_create(
        Assessment(structure=each, edition=like.edition, title="Dossier", audit_on=date(2027, 5, 1)) for each in structures
    )
    dossiers = list(Assessment.objects.filter(structure__in=structures).order_by("pk"))
    Share.objects.bulk_create(Share(assessment=each, network=network) for each in dossiers)
    known = Standing.objects.get(assessment=like)
    Standing.objects.bulk_create(
        Standing(
            assessment=each, of_state=each.updated_at, of_day=known.of_day, verdict=known.verdict, done=known.done,
            in_scope=known.in_scope, maturity_over=known.maturity_over, maturity_under=known.maturity_under, figures=known.figures,
        )
        for each in dossiers
    )  # fmt: skip
