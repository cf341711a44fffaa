"""Publishing and retiring an edition."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from certif import dates
from referentiel.editions import Refusal, fingerprint, publish, retire
from referentiel.models import Criterion, Edition, ExpectedEvidence, LevelDescriptor, Seal
from tests.factories import make_edition, make_rules

SOON = {"change_note": "Première édition.", "in_force_on": date(2030, 1, 1)}


@pytest.fixture
def draft(db) -> Edition:
    edition = make_edition("BROUILLON", sealed=False)
    add_evidence(edition, "PER-08")
    return edition


def add_evidence(edition: Edition, code: str) -> None:
    """A blocking criterion asks for at least one required piece."""
    criterion = Criterion.objects.get(edition=edition, code=code)
    ExpectedEvidence.objects.create(
        criterion=criterion, position=1, label="Tableau des registres", kind="document", required=True
    )


def reasons(edition: Edition, **changes) -> list[str]:
    with pytest.raises(Refusal) as refusal:
        publish(edition, **SOON | changes)
    assert not Seal.objects.filter(edition=edition).exists() or "déjà publiée" in refusal.value.reasons[0]
    return refusal.value.reasons


def test_a_complete_draft_is_sealed_with_its_fingerprint(draft, ines):
    seal = publish(draft, by=ines, announced_on=date(2029, 9, 1), **SOON)
    assert seal.fingerprint == fingerprint(draft)
    assert (seal.published_on, seal.announced_on) == (dates.today(), date(2029, 9, 1))
    assert (seal.in_force_on, seal.change_note) == (date(2030, 1, 1), "Première édition.")
    assert Edition.objects.select_related("seal").get(pk=draft.pk).status == "publiée"


def test_the_announcement_is_today_by_default(draft):
    assert publish(draft, **SOON).announced_on == dates.today()


def test_only_norm_admins_publish(draft, lea):
    with pytest.raises(PermissionDenied):
        publish(draft, by=lea, **SOON)
    assert Seal.objects.count() == 0


def test_an_edition_is_published_once(draft):
    publish(draft, **SOON)
    assert reasons(draft) == ["Cette édition est déjà publiée."]


def test_every_shortcoming_is_said_at_once(draft):
    first, second = Criterion.objects.filter(edition=draft).order_by("pk")[:2]
    LevelDescriptor.objects.filter(criterion=first, position=2).delete()
    second.suggestedactions.filter(position=1).update(target_level=9)
    assert reasons(draft, change_note=" ", in_force_on=dates.today() - timedelta(days=1)) == [
        f"{first.code}\u00a0: il faut un descripteur par niveau de l’échelle.",
        f"{second.code}\u00a0: une action type vise un niveau absent de l’échelle.",
        "Dites en une phrase ce que cette édition change.",
        "L’entrée en vigueur ne peut pas précéder l’annonce.",
    ]


def test_a_chapter_without_criteria_is_refused(draft):
    Criterion.objects.filter(edition=draft, chapter__code="QUA").delete()
    assert reasons(draft) == ["Le chapitre QUA n’a aucun critère."]


def test_na_needs_its_condition(draft):
    Criterion.objects.filter(edition=draft, code="PER-02").update(na_condition="")
    assert reasons(draft) == ["PER-02\u00a0: dites à quelle condition «\u00a0non concerné\u00a0» est admis."]


def test_rules_must_be_whole(draft):
    rules = make_rules()
    del rules["seuils"]["mineures_max"]
    del rules["constats"]["majeur"]["4"]
    rules["registres"] = rules["registres"] | {"minimum": 9, "critere": "inconnu"}
    Edition.objects.filter(pk=draft.pk).update(rules=rules)
    assert reasons(draft) == [
        "Règles\u00a0: il manque un constat pour un niveau de la criticité «\u00a0majeur\u00a0».",
        "Règles\u00a0: il manque «\u00a0seuils.mineures_max\u00a0».",
        "Règles\u00a0: le critère des registres n’est pas dans l’édition.",
        "Règles\u00a0: le minimum de registres dépasse le nombre de registres.",
    ]


def test_a_published_edition_can_be_retired_once(draft, ines):
    publish(draft, **SOON)
    assert retire(draft, by=ines, on=date(2031, 5, 1)).retired_on == date(2031, 5, 1)
    assert Edition.objects.select_related("seal").get(pk=draft.pk).status == "retirée"
    assert not Edition.objects.published().exists()
    with pytest.raises(Refusal, match="déjà retirée depuis le 1er\u00a0mai\u00a02031"):
        retire(draft)


def test_a_draft_cannot_be_retired(draft):
    with pytest.raises(Refusal, match="n’est pas publiée"):
        retire(draft)


def test_only_norm_admins_retire(draft, lea):
    publish(draft, **SOON)
    with pytest.raises(PermissionDenied):
        retire(draft, by=lea)


def test_the_current_edition_is_the_published_one_last_in_force(db):
    older = make_edition("A", sealed=False)
    newer = make_edition("B", sealed=False)
    make_edition("C", sealed=False)
    for edition in (older, newer):
        add_evidence(edition, "PER-08")
    publish(newer, change_note="Deuxième.", in_force_on=date(2031, 1, 1))
    publish(older, change_note="Première.", in_force_on=date(2030, 1, 1))
    assert Edition.objects.current() == newer
    retire(newer)
    assert Edition.objects.current() == older
