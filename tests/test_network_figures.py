"""The figures of a whole network: published together, frozen, anonymous; and where a structure stands among them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments import releases, standings, upkeep
from assessments.models import Assessment, Release, Share, Upkeep
from assessments.overall import overall
from certif.accounts.models import Network, NetworkMembership, NetworkRole
from referentiel.content import content_of
from tests.factories import (
    affiliate,
    answer,
    answer_all,
    declare,
    key_of,
    make_assessment,
    make_edition,
    make_evidence,
    make_network,
    make_structure,
    make_user,
)
from tests.people import client_of

pytestmark = pytest.mark.slow


def url(network) -> str:
    return f"/reseaux/{network.pk}/ensemble/"


@pytest.fixture
def coordinator(reseau):
    user = make_user("coralie@reseau.fr", "Coralie Ney")
    NetworkMembership.objects.create(user=user, network=reseau, role=NetworkRole.COORDINATOR)
    return user


def share(dossier, network) -> None:
    affiliation = dossier.structure.affiliations.filter(network=network)
    if not affiliation.exists():
        affiliate(dossier.structure, network)
    Share.objects.create(assessment=dossier, network=network)
    standings.refresh(dossier.pk)


def member(network, edition, level, **but) -> Assessment:
    dossier = make_assessment(make_structure(), edition)
    answer_all(dossier, level, but={code.replace("_", "-"): value for code, value in but.items()})
    share(dossier, network)
    return dossier


@pytest.fixture
def six(reseau, edition, dossier):
    """La Fabrique and five others; QUA-02 answered by four only, PER-01 failed by two."""
    answer_all(dossier, 3, but={"PER-01": 1, "QUA-02": None})
    piece = make_evidence(dossier.structure, effective_on=timezone.localdate())
    declare(dossier, "REG-1", services=dossier.services.all(), evidence=[piece])
    share(dossier, reseau)
    others = [member(reseau, edition, 4, QUA_02=None), member(reseau, edition, 2, PER_01=0)]
    return [dossier, *others, *(member(reseau, edition, 3) for _ in range(3))]


def change(dossiers, level) -> None:
    for dossier in dossiers:
        for code in ("PER-01", "DEO-01"):
            answer(dossier, code, level)
        standings.refresh(dossier.pk)


def counts(release: Release, code: str) -> dict | None:
    table = releases.tables_of(release).get(f"critere:{key_of(code)}")
    return table and table.counts


# --- Publishing -------------------------------------------------------------------------------


def test_six_structures_make_a_release(six, reseau):
    [release] = releases.publish_due(reseau)
    assert (release.structures, release.edition, release.network) == (6, six[0].edition, reseau)
    assert counts(release, "PER-01") == {"0": 1, "1": 1, "3": 3, "4": 1}
    assert counts(release, "QUA-02") is None  # four structures answer it
    assert counts(release, "DEO-03") is None  # out of everybody’s scope
    tables = releases.tables_of(release)
    assert tables[f"registre:{key_of('REG-1')}"].counts == {"non": 5, "oui": 1}
    assert tables["motif:registres_insuffisants"].counts == {"oui": 6}
    assert Upkeep.objects.get().waiting == {}


def test_nothing_readable_is_kept_of_who_contributed(six, reseau):
    [release] = releases.publish_due(reseau)
    kept = release.contributions
    assert set(kept) == {"cle", "tables", "empreintes"}
    assert len(kept["empreintes"]) == 6
    assert not {str(dossier.structure_id) for dossier in six} & set(kept["empreintes"])
    assert {len(codes) for codes in kept["empreintes"].values()} == {4 * len(kept["tables"])}


def test_four_are_too_few(six, reseau, edition):
    Share.objects.filter(assessment__in=six[:2]).update(revoked_at=timezone.now())
    assert releases.publish_due(reseau) == []
    assert Upkeep.objects.get().waiting == {str(edition.pk): "trop_peu"}


def test_the_next_waits_until_five_have_changed(six, reseau, edition):
    releases.publish_due(reseau)
    assert (releases.publish_due(reseau), Upkeep.objects.get().waiting) == ([], {str(edition.pk): "rien_de_nouveau"})
    change(six[:4], 2)
    assert (releases.publish_due(reseau), Upkeep.objects.get().waiting) == ([], {str(edition.pk): "trop_proche"})
    change(six[4:5], 2)
    [second] = releases.publish_due(reseau)
    assert counts(second, "PER-01") == {"2": 5, "3": 1}
    assert counts(second, "DEO-02") == counts(Release.objects.last(), "DEO-02")
    assert Release.objects.count() == 2


def test_the_dossier_shared_last_counts_and_only_it(six, reseau, edition):
    second = make_assessment(six[0].structure, edition, title="La suivante")
    answer_all(second, 0)
    share(second, reseau)
    [release] = releases.publish_due(reseau)
    assert (release.structures, counts(release, "PER-01")) == (6, {"0": 2, "3": 3, "4": 1})


def test_two_networks_that_nearly_overlap(six, reseau, edition):
    releases.publish_due(reseau)
    other = make_network()
    for dossier in six:
        share(dossier, other)
    member(other, edition, 4)
    assert releases.publish_due(other) == []
    assert Upkeep.objects.get(network=other).waiting == {str(edition.pk): "trop_proche"}


def test_a_changed_secret_key_keeps_the_rule(six, reseau, edition, settings):
    releases.publish_due(reseau)
    former = settings.SECRET_KEY
    change(six[:1], 4)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "une tout autre clé", [former]
    releases.publish_due(reseau)
    assert Upkeep.objects.get().waiting == {str(edition.pk): "trop_proche"}
    settings.SECRET_KEY_FALLBACKS = []
    releases.publish_due(reseau)
    assert Upkeep.objects.get().waiting == {str(edition.pk): "cle_perdue"}


def test_published_behind_the_screens_once_standings_are_up_to_date(six, reseau):
    Assessment.objects.filter(pk=six[0].pk).update(updated_at=timezone.now())
    upkeep.ask(reseau)
    upkeep.keep_up.func(reseau.pk)
    assert Release.objects.count() == 1


# --- The page of the network ------------------------------------------------------------------


def test_the_page_says_what_was_published_and_nothing_since(six, reseau, adele):
    releases.publish_due(reseau)
    before = client_of(adele).get(url(reseau)).content.decode()
    change(six[:3], 4)
    Share.objects.filter(assessment=six[5]).update(revoked_at=timezone.now())
    releases.publish_due(reseau)
    after = client_of(adele).get(url(reseau)).content.decode()
    assert before == after
    assert "6\u00a0structures" in before and "Ces chiffres sont anonymes" in before
    assert not any(dossier.structure.name in before for dossier in six)


def test_levels_registers_and_reasons(six, reseau, adele):
    [release] = releases.publish_due(reseau)
    page = client_of(adele).get(url(reseau)).context["overall"]
    lines = {line.criterion.code: line.levels and line.levels.counts for chapter in page.chapters for line in chapter.lines}
    assert lines["PER-01"] == (1, 1, 0, 3, 1)
    assert (lines["QUA-02"], lines["DEO-03"], page.hidden) == (None, None, 2)
    per, _deo, qua = page.chapters
    assert per.levels.counts == tuple(map(sum, zip(*(lines[code] for code in ("PER-01", "PER-02", "PER-08")), strict=True)))
    assert qua.levels.counts == lines["QUA-01"]  # what is kept back enters no total
    assert [(held.label, held.count, held.structures) for held in page.registers][:2] == [
        ("Assurer une présence active de proximité", 1, 6),
        ("Prévenir et gérer les situations conflictuelles", 0, 6),
    ]
    assert [(held.code, held.count) for held in page.reasons] == [("", 6), ("PER-01", 2)]
    assert page.progress == ((release.published_at, page.progress[0][1]),)


def test_progress_compares_what_every_release_shows(six, reseau, adele, edition):
    releases.publish_due(reseau)
    for dossier in six:
        answer_all(dossier, 4)
        standings.refresh(dossier.pk)
    releases.publish_due(reseau)
    page = client_of(adele).get(url(reseau))
    values = [value for _at, value in page.context["overall"].progress]
    assert values[1] == 1 > values[0]
    assert page.content.decode().count("<svg class=\"svg trend\"") == 1
    # QUA-02, shown since everybody answers, is not in the comparison: six criteria of six structures
    first = overall(Release.objects.all()[1:], content_of(edition.pk))
    assert values[0] == first.progress[0][1]


def test_a_table_older_than_its_release_says_its_date(six, reseau, adele):
    [release] = releases.publish_due(reseau)
    change(six, 2)
    releases.publish_due(reseau)
    page = client_of(adele).get(url(reseau)).context["overall"]
    since = {line.criterion.code: line.levels and line.levels.since for chapter in page.chapters for line in chapter.lines}
    assert (since["PER-01"], since["DEO-02"]) == (None, release.published_at)


def test_why_nothing_is_published_is_for_the_coordinator(reseau, dossier, adele, coordinator):
    share(dossier, reseau)
    releases.publish_due(reseau)
    told = [client_of(user).get(url(reseau)).content.decode() for user in (coordinator, adele)]
    assert ["Moins de cinq structures partagent" in page for page in told] == [True, False]
    assert all("Rien n’est encore publié" in page for page in told)


def test_one_edition_at_a_time(six, reseau, adele):
    releases.publish_due(reseau)
    other = make_edition()
    for dossier in six:
        second = make_assessment(dossier.structure, other)
        answer_all(second, 4)
        share(second, reseau)
    releases.publish_due(reseau)
    client = client_of(adele)
    assert [client.get(f"{url(reseau)}{query}").context["content"].id for query in ("", f"?edition={six[0].edition_id}")] == [
        other.pk,
        six[0].edition_id,
    ]
    assert [client.get(f"{url(reseau)}?edition={bad}").status_code for bad in ("999999", "²")] == [404, 200]


def test_strangers_find_nothing(six, reseau, lea, oscar):
    releases.publish_due(reseau)
    assert [client_of(user).get(url(reseau)).status_code for user in (lea, oscar)] == [404, 404]


# --- One’s own place --------------------------------------------------------------------------


def test_a_structure_sees_its_place(six, reseau, lea, lise):
    releases.publish_due(reseau)
    answer(six[0], "DEO-01", 4)  # one’s own answers are of today
    page = client_of(lise).get(f"/dossiers/{six[0].pk}/reperes/")
    mine = {line.criterion.code: line.mine for chapter in page.context["overall"].chapters for line in chapter.lines}
    assert (mine["PER-01"], mine["DEO-01"], mine["QUA-02"]) == (1, 4, None)
    assert [held.mine for held in page.context["overall"].registers] == [True] + [False] * 7
    assert page.content.decode().count("other-dot") == 6  # answered, and shown
    assert client_of(lea).get(f"/dossiers/{six[0].pk}/reperes/").status_code == 200


def test_only_while_the_dossier_is_shared_with_that_network(six, reseau, lea, adele, oscar):
    releases.publish_due(reseau)
    path = f"/dossiers/{six[0].pk}/reperes/"
    elsewhere = make_network()
    assert client_of(lea).get(f"{path}?reseau={elsewhere.pk}").status_code == 404
    assert client_of(adele).get(path).status_code == 403
    assert client_of(oscar).get(path).status_code == 404
    Share.objects.filter(assessment=six[0]).update(revoked_at=timezone.now())
    page = client_of(lea).get(path)
    assert "overall" not in page.context
    assert "s’ouvrent lorsque ce dossier lui est partagé" in page.content.decode()
    assert client_of(lea).get(f"{path}?reseau={reseau.pk}").status_code == 404


# --- Its cost ---------------------------------------------------------------------------------


def test_five_questions_whatever_the_network(six, reseau, adele):
    def asked() -> int:
        client = client_of(adele)
        client.get(url(reseau))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url(reseau)).status_code == 200
        assert not any('"contributions"' in query["sql"] for query in captured)
        return len(captured)

    assert asked() == 4  # nothing published: no figures to fetch
    releases.publish_due(reseau)
    for level in (2, 4, 1):
        for dossier in six:
            answer_all(dossier, level)
            standings.refresh(dossier.pk)
        releases.publish_due(reseau)
    assert (Release.objects.count(), asked()) == (4, 5)
    assert Network.objects.count() == 1
