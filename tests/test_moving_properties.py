"""Whatever the two editions and the passage between them: nothing is lost, undoing is the identity, the projection is true."""

from datetime import date

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments import moving
from assessments.models import (
    Answer,
    Assessment,
    Comment,
    EvidenceUse,
    Move,
    RegisterDeclaration,
    ReviewerOpinion,
    ReviewRequest,
    Thread,
)
from assessments.passage import passage, projection
from assessments.reading import canonical_json, read
from referentiel.content import content_of, forget_contents
from referentiel.mapping import arrows_of
from referentiel.matching import problems, propose
from referentiel.models import Fate, Mapping
from tests.editions import make_mapping, make_next, write_lines
from tests.factories import (
    answer,
    ask,
    declare,
    make_assessment,
    make_edition,
    make_evidence,
    make_network,
    make_service,
    make_structure,
    make_user,
    opine,
    say,
    use_evidence,
)

pytestmark = pytest.mark.slow

DAY = date(2026, 11, 21)
CODES = [f"{chapter}-{number:02}" for number in range(1, 4) for chapter in ("PER", "DEO", "QUA")]
PROVED = settings(
    max_examples=30, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@st.composite
def criteria(draw, codes):
    """Criteria of any weight, some conditional, some that admit « non concerné »; the factories’ rules want PER-08."""
    rows = [("PER-08", "Cinq registres", "bloquant", 3, {})]
    for code in codes:
        further = {"na_allowed": True, "na_condition": "Selon les cas."} if draw(st.booleans()) else {}
        if draw(st.integers(0, 4)) == 0:
            further["applicable"] = ("REG-8",)
        rows.append(
            (code, f"Critère {code}", draw(st.sampled_from(["majeur", "mineur"])), draw(st.integers(1, 3)), further)
        )
    return tuple(rows)


some_codes = st.lists(st.sampled_from(CODES), min_size=1, max_size=6, unique=True)
said = st.sampled_from(["", "Une phrase.", "Un paragraphe.\n\nUn autre.", "mot " * 990])


@st.composite
def situations(draw):
    before, after = draw(some_codes), draw(some_codes)
    pairs = draw(
        st.lists(
            st.tuples(st.sampled_from([*before, "PER-08"]), st.sampled_from([*after, "PER-08"])),
            max_size=8,
            unique=True,
        )
    )
    answers = {}
    for code in [*before, "PER-08"]:
        kind = draw(st.sampled_from(["level", "level", "na", "text", "nothing"]))
        answers[code] = (kind, draw(st.integers(0, 3)), draw(said))
    return {
        "source": draw(criteria(before)),
        "target": draw(criteria(after)),
        "pairs": pairs,
        "same": set(draw(st.lists(st.sampled_from(pairs), unique=True))) if pairs else set(),
        "answers": answers,
        "scales": draw(st.tuples(st.sampled_from([3, 4]), st.sampled_from([3, 4]))),
        "pieces": draw(
            st.lists(st.tuples(st.integers(0, 2), st.sampled_from([*before, "PER-08"])), max_size=6, unique=True)
        ),
        "registers": draw(st.sets(st.sampled_from(["REG-1", "REG-8"]))),
    }


def build(situation):
    """The dossier of a situation, its owner, and the edition it may move to."""
    owner = make_user()
    structure, network = make_structure(owner=owner), make_network()
    service = make_service(structure)
    source = make_edition(criteria=situation["source"], level_max=situation["scales"][0])
    target = make_next(criteria=situation["target"], level_max=situation["scales"][1])
    make_mapping(source, target, situation["pairs"], same=situation["same"])
    dossier = make_assessment(structure, source, services=[service])
    for code, (kind, level, text) in situation["answers"].items():
        if kind == "level":
            answer(dossier, code, level, justification=text, by=owner)
        elif kind in ("na", "text"):
            answer(dossier, code, justification=text or "Pourquoi.", not_applicable=kind == "na", by=owner)
    pieces = [make_evidence(structure, url=f"https://exemple.fr/{number}") for number in range(3)]
    for number, code in situation["pieces"]:
        use_evidence(pieces[number], dossier, code)
        row = dossier.answers.get(criterion__code=code)
        say(row, f"Sur {code}.", by=owner)
        if not row.opinions.exists():
            opine(row, network, owner, number, f"De {code}.", shown=number < 2, version=1 + number)
        ask(row, network, owner, f"Pour {code}.", sent=number > 0)
    for code in situation["registers"]:
        declare(dossier, code, services=[service], evidence=pieces[:1])
    return Assessment.objects.visible_to(owner).select_related("structure", "edition").get(pk=dossier.pk), owner, target


@pytest.fixture
def rolled_back(db):
    """Each example in a transaction of its own, taken back."""

    class Rolled:
        def __enter__(self):
            self.atomic = transaction.atomic()
            self.atomic.__enter__()

        def __exit__(self, *error):
            transaction.set_rollback(True)
            self.atomic.__exit__(*error)
            forget_contents()

    return Rolled


def rows(dossier) -> list:
    return [
        list(model.objects.filter(**of).order_by("pk").values())
        for model, of in (
            (Answer, {"assessment": dossier}),
            (EvidenceUse, {"answer__assessment": dossier}),
            (Thread, {"answer__assessment": dossier}),
            (Comment, {"thread__answer__assessment": dossier}),
            (ReviewerOpinion, {"answer__assessment": dossier}),
            (ReviewRequest, {"answer__assessment": dossier}),
            (RegisterDeclaration, {"assessment": dossier}),
        )
    ]


def text(dossier) -> str:
    return canonical_json(read(dossier, on=DAY).canonical)


@PROVED
@given(situation=situations())
def test_nothing_is_lost_and_undoing_is_the_identity(rolled_back, situation):
    with rolled_back():
        dossier, owner, target = build(situation)
        before, kept = text(dossier), rows(dossier)
        answered = set(
            Answer.objects.filter(assessment=dossier, version__gt=0)
            .order_by("pk")
            .values_list("criterion__code", flat=True)
        )
        planned = passage(
            dossier, content_of(dossier.edition_id), content_of(target.pk), arrows_of(Mapping.objects.get())
        )
        projected = canonical_json(projection(dossier, planned, on=DAY).canonical)

        done = moving.apply(dossier, target, by=owner, on=DAY)

        assert planned.mapped_said | {each.criterion.code for each in planned.left_said} == answered
        assert planned.mapped_said & {each.criterion.code for each in planned.left_said} == set()
        assert text(dossier) == projected
        carried = {
            row.criterion.code: row.justification
            for row in Answer.objects.current().filter(assessment=dossier).select_related("criterion").order_by("pk")
        }
        for arrival in planned.arrivals:
            for origin in arrival.origins:
                whole = origin.answer.justification
                assert whole in carried[arrival.criterion.code] or any("coupé" in note for note in arrival.notes)

        moving.undo(done, dossier, by=owner)

        dossier = Assessment.objects.select_related("structure", "edition").get(pk=dossier.pk)
        assert text(dossier) == before
        assert rows(dossier) == kept
        assert Move.objects.standing().count() == 0


@PROVED
@given(before=some_codes, after=some_codes, data=st.data())
def test_a_proposal_gives_everything_a_fate(rolled_back, before, after, data):
    with rolled_back():
        source = content_of(make_edition(criteria=data.draw(criteria(before))).pk)
        target = content_of(make_next(criteria=data.draw(criteria(after))).pk)

        found = propose(source, target)

        assert problems(found, source, target) == []
        assert {
            arrow.source for arrow in found if arrow.source == arrow.target
        } >= source.criterion_by_key.keys() & target.criterion_by_key.keys()
        assert len(found) == len(set(found))
        assert [arrow for arrow in found if arrow.fate == Fate.DROPPED and arrow.target] == []
        assert propose(source, target, kept=found) == found
        mapping = Mapping.objects.create(source_id=source.id, target_id=target.id)
        write_lines(mapping, found)
        assert sorted(arrows_of(mapping), key=str) == sorted(found, key=str)
