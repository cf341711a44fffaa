"""The passage between two editions: proposed, corrected, read again, simulated; on screen, for norm admins."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from referentiel import mapping as verbs
from referentiel.content import content_of, forget_contents
from referentiel.matching import Arrow, Words, problems, propose, reason, what_changes
from referentiel.models import Criterion, Edition, Fate, Mapping, Standard
from tests.editions import NEXT_PAIRS, NEXT_SAME, make_mapping, make_next
from tests.factories import CRITERIA, answer_all, key_of, make_assessment, make_edition, make_structure
from tests.people import client_of

NBSP = "\u00a0"


def contents(*criteria):
    """Two drafts whose criteria are (code, title, statement): their texts, and nothing else, tell them apart."""
    made = []
    for rows in criteria:
        edition = make_edition(
            criteria=(
                ("PER-08", "Cinq registres au moins", "bloquant", 3, {}),
                *((c, t, "majeur", 2, {}) for c, t, _ in rows),
            ),
            sealed=False,
        )
        for code, _title, statement in rows:
            Criterion.objects.filter(edition=edition, code=code).update(statement=statement)
        made.append(content_of(edition.pk))
    return made


def fates(source, target) -> set[tuple]:
    found = propose(source, target)
    assert problems(found, source, target) == []
    old, new = source.criterion_by_key, target.criterion_by_key
    told = {
        (arrow.fate, arrow.source and old[arrow.source].code, arrow.target and new[arrow.target].code)
        for arrow in found
    }
    return {each for each in told if "PER-08" not in each}


SECRET = "Les médiateurs connaissent et respectent le secret professionnel et la discrétion envers les habitants."
NIGHT = "Les tournées nocturnes sont préparées en binôme avec un itinéraire écrit et un téléphone de permanence."


# --- The proposal -----------------------------------------------------------------------------


def test_the_same_key_and_text_are_identical(db):
    assert fates(*contents([("DEO-01", "Secret", SECRET)], [("DEO-01", "Secret", SECRET)])) == {
        (Fate.IDENTICAL, "DEO-01", "DEO-01")
    }


def test_the_same_key_and_another_text_are_reworded(db):
    changed = SECRET.replace("connaissent", "apprennent")
    assert fates(*contents([("DEO-01", "Secret", SECRET)], [("DEO-01", "Secret", changed)])) == {
        (Fate.REWORDED, "DEO-01", "DEO-01")
    }


def test_what_changes_is_named(db):
    old, new = contents([("DEO-01", "Secret", SECRET)], [("DEO-01", "Silence", SECRET + " Et plus.")])
    pair = old.criterion_by_code["DEO-01"], new.criterion_by_code["DEO-01"]
    assert what_changes(*pair) == ["titre", "énoncé", "niveaux"]
    assert reason(Words(old, new), *pair) == (
        "Même clé. Changent\u00a0: titre, énoncé, niveaux."
    )


def test_close_texts_without_a_common_key_are_reworded(db):
    moved = SECRET.replace("habitants", "personnes")
    assert fates(*contents([("DEO-01", "Secret", SECRET)], [("QUA-01", "Secret", moved)])) == {
        (Fate.REWORDED, "DEO-01", "QUA-01")
    }


def test_distant_texts_are_dropped_and_new(db):
    assert fates(*contents([("DEO-01", "Secret", SECRET)], [("QUA-01", "Nuit", NIGHT)])) == {
        (Fate.DROPPED, "DEO-01", None),
        (Fate.NEW, None, "QUA-01"),
    }


def test_a_part_of_a_text_kept_elsewhere_is_split(db):
    whole = [("DEO-01", "Secret et nuit", f"{SECRET} {NIGHT}")]
    parts = [("DEO-01", "Secret", SECRET), ("DEO-02", "Nuit", NIGHT)]
    assert fates(*contents(whole, parts)) == {(Fate.SPLIT, "DEO-01", "DEO-01"), (Fate.SPLIT, "DEO-01", "DEO-02")}


def test_a_text_found_in_another_is_merged(db):
    parts = [("DEO-01", "Secret", SECRET), ("DEO-02", "Nuit", NIGHT)]
    whole = [("DEO-01", "Secret et nuit", f"{SECRET} {NIGHT}")]
    assert fates(*contents(parts, whole)) == {(Fate.MERGED, "DEO-01", "DEO-01"), (Fate.MERGED, "DEO-02", "DEO-01")}


def test_another_scale_makes_everything_reworded(db):
    source, target = make_edition(), make_next(criteria=CRITERIA, level_max=3)
    found = propose(content_of(source.pk), content_of(target.pk))
    assert {arrow.fate for arrow in found} == {Fate.REWORDED}


# --- The verbs --------------------------------------------------------------------------------


@pytest.fixture
def mapping(edition, ines) -> Mapping:
    return verbs.prepare(edition, make_next(), by=ines)


def key(code: str) -> str:
    return str(key_of(code))


def lines(mapping: Mapping) -> dict:
    return {(arrow.source, arrow.target): arrow.fate for arrow in verbs.arrows_of(mapping)}


def test_preparing_proposes_once(mapping, edition, ines):
    assert verbs.prepare(edition, mapping.target, by=ines) == mapping
    assert lines(mapping)[key("QUA-01"), key("QUA-01")] == Fate.REWORDED
    assert lines(mapping)[key("PER-02"), None] == Fate.DROPPED
    assert lines(mapping)[None, key("DEO-09")] == Fate.NEW
    assert sorted(line.confirmed for line in mapping.lines.all()) == [False] * 3 + [True] * 6
    assert not verbs.is_ready(mapping)


def test_what_is_corrected_is_read_and_fates_follow(mapping, ines):
    verbs.correct(mapping, by=ines, version=0, source=key("PER-02"), targets=[key("PER-01")])

    assert lines(mapping)[key("PER-02"), key("PER-01")] == Fate.MERGED
    assert lines(mapping)[key("PER-01"), key("PER-01")] == Fate.MERGED
    read = {(str(line.source_key), str(line.target_key)): line.confirmed for line in mapping.lines.all()}
    assert (read[key("PER-02"), key("PER-01")], read[key("PER-01"), key("PER-01")]) == (True, False)


def test_a_new_criterion_may_be_given_an_origin(mapping, ines):
    verbs.correct(
        mapping, by=ines, version=0, target=key("DEO-09"), origins=[key("PER-02")], targets=[], identical=True
    )
    assert lines(mapping)[key("PER-02"), key("DEO-09")] == Fate.IDENTICAL
    assert (None, key("DEO-09")) not in lines(mapping)


def test_two_admins_at_once_do_not_overwrite_each_other(mapping, ines):
    verbs.confirm(mapping, by=ines, version=0, lines=[])
    before = lines(mapping)
    with pytest.raises(verbs.StaleMapping):
        verbs.correct(mapping, by=ines, version=0, source=key("PER-02"), targets=[key("PER-01")])
    assert lines(mapping) == before


def test_a_mapping_read_to_its_end_is_ready_until_the_draft_changes(edition, ines):
    target = make_next(sealed_on=None)
    mapping = verbs.prepare(edition, target, by=ines)
    verbs.confirm(mapping, by=ines, version=0, lines=[line.pk for line in mapping.lines.all()])
    assert verbs.is_ready(mapping)

    Criterion.objects.get(edition=target, code="QUA-02").delete()
    assert not verbs.is_ready(mapping)

    verbs.propose_again(mapping, by=ines, version=1)
    assert lines(mapping)[key("QUA-02"), None] == Fate.DROPPED
    assert [line.source_key for line in mapping.lines.all() if not line.confirmed] == [key_of("QUA-02")]


def test_only_norm_admins_of_two_editions_of_one_norm(edition, ines, lea):
    with pytest.raises(PermissionDenied):
        verbs.prepare(edition, make_next(), by=lea)
    other = make_edition(sealed=False)
    other.standard = Standard.objects.create(code="AUTRE", title="Autre", publisher="Personne")
    other.save()
    with pytest.raises(verbs.Refusal, match="pas de la même norme"):
        verbs.prepare(edition, other, by=ines)


def test_a_line_said_identical_tells_when_the_text_differs(edition, ines):
    target = make_next()
    mapping = make_mapping(edition, target, NEXT_PAIRS)
    assert [row.code for row in verbs.Table(mapping).rows if row.misread] == ["QUA-01"]


def test_a_lost_key_is_a_problem(edition):
    target = make_next()
    found = [Arrow(Fate.REWORDED, key("PER-01"), key("ZZZ-99"))]
    told = problems(found, content_of(edition.pk), content_of(target.pk))
    assert told[0] == f"PER-02 Périmètre écrit{NBSP}: aucun devenir."
    assert told[-1] == "Un critère d’arrivée n’est plus dans l’édition suivante."


# --- The screens ------------------------------------------------------------------------------


def page(mapping, user, query="") -> str:
    return client_of(user).get(reverse("mapping_detail", args=[mapping.pk]) + query).content.decode()


def test_an_admin_prepares_corrects_and_reads_on_screen(edition, ines):
    target, client = make_next(), client_of(ines)
    response = client.post(reverse("mapping_list"), {"depart": edition.pk, "arrivee": target.pk})
    mapping = Mapping.objects.get()
    assert response.url == reverse("mapping_detail", args=[mapping.pk])
    assert "3 lignes restent".replace(" ", NBSP, 1) in page(mapping, ines)

    line = mapping.lines.get(source_key=key_of("PER-02"))
    form = page(mapping, ines, f"?corriger={line.pk}")
    assert f'name="source" value="{key("PER-02")}"' in form
    response = client.post(
        reverse("mapping_correct", args=[mapping.pk]),
        {"version": 0, "source": key("PER-02"), "arrivee": [key("DEO-09"), ""], "texte": "reformule"},
    )
    assert response.url == reverse("mapping_detail", args=[mapping.pk]) + f"#c-{key('PER-02')}"
    left = [line.pk for line in mapping.lines.all() if not line.confirmed]
    client.post(reverse("mapping_confirm", args=[mapping.pk]), {"version": 1, "ligne": left})

    assert verbs.is_ready(mapping)
    assert "Tout est relu" in page(mapping, ines)


def test_a_passage_given_up_frees_its_draft(edition, ines):
    draft = make_next(sealed_on=None)
    mapping, client = verbs.prepare(draft, edition, by=ines), client_of(ines)
    assert "Une correspondance part de ce brouillon" in client.post(
        reverse("draft_delete", args=[draft.code]), follow=True
    ).content.decode()
    assert client.post(reverse("mapping_delete", args=[mapping.pk]), {"version": 0}).url == reverse("mapping_list")
    client.post(reverse("draft_delete", args=[draft.code]))
    assert (Mapping.objects.count(), Edition.objects.filter(pk=draft.pk).count()) == (0, 0)


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("mapping_correct", {"version": 9, "source": key("PER-02"), "arrivee": key("PER-01")}, 409),
        ("mapping_correct", {"version": 0, "source": "²", "arrivee": key("PER-01")}, 422),
        ("mapping_correct", {"version": 0, "source": key("PER-02"), "arrivee": key("ZZZ-99")}, 422),
        ("mapping_confirm", {"version": "", "ligne": "1"}, 200),
        ("mapping_confirm", {"version": 4, "ligne": "²"}, 409),
        ("mapping_propose", {"version": 4}, 409),
        ("mapping_delete", {"version": 4}, 409),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(mapping, ines, name, body, status):
    before = lines(mapping)
    response = client_of(ines).post(reverse(name, args=[mapping.pk]), body, follow=status == 200)
    assert response.status_code == status
    assert ('role="alert"' in response.content.decode()) == (status != 200)
    assert lines(mapping) == before


def test_filters_keep_their_lines(mapping, ines):
    assert page(mapping, ines, "?filtre=nouveau").count('<tr role="row" id=') == 1
    assert page(mapping, ines, "?filtre=a-relire").count('<tr role="row" id=') == 3
    assert page(mapping, ines, "?filtre=scinde").count('<tr role="row" id=') == 0


def test_the_simulation_counts_open_dossiers_and_names_nobody(edition, ines, fabrique):
    mapping = make_mapping(edition, make_next(), NEXT_PAIRS, same=NEXT_SAME)
    for level in (3, 4):
        answer_all(make_assessment(make_structure(f"Structure {level}"), edition), level)
    answer_all(make_assessment(fabrique, edition, status="cloturee"), 3)

    response = client_of(ines).get(reverse("mapping_impact", args=[mapping.pk]))

    impact = response.context["impact"]
    assert (impact.dossiers, impact.read) == (2, 2)
    assert {(str(a), str(b)): times for (a, b), times in impact.verdicts.items()} == {("pas prêt", "incomplet"): 2}
    assert dict(impact.answers) == {"conservee": 12, "a_reconfirmer": 2, "historique": 2}
    assert "Structure" not in response.content.decode().partition("<main")[2].partition("</main>")[0].replace(
        "structure", ""
    )


def test_the_simulation_reads_drafts_too(edition, ines):
    mapping = verbs.prepare(edition, make_next(sealed_on=None), by=ines)
    make_assessment(make_structure(), edition)
    forget_contents()
    response = client_of(ines).get(reverse("mapping_impact", args=[mapping.pk]))
    assert response.context["impact"].read == 1
