"""The demonstration: made once, right whatever the day, its verdicts computed and its texts worth reading."""

import hashlib
import json
import re
from collections import Counter
from datetime import date, datetime, timedelta
from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction
from django.db.models import F
from django.test import override_settings
from django.utils import timezone

from assessments import snapshots
from assessments.demo import build, prose, stories
from assessments.demo.files import one_page_pdf
from assessments.enums import ActionStatus, SnapshotKind, Status
from assessments.models import (
    Action,
    Answer,
    AnswerVersion,
    Assessment,
    Campaign,
    Comment,
    Event,
    Evidence,
    EvidenceUse,
    Outcome,
    Release,
    ReviewerOpinion,
    ReviewRequest,
    Snapshot,
    Standing,
    StockRemark,
    Thread,
)
from assessments.overall import overall
from assessments.planning import missing_from_path
from assessments.reading import read
from assessments.scoring import Finding, Verdict
from certif.accounts.models import Membership, Network, Role, Structure, User
from certif.dates import PARIS, today
from referentiel.content import content_of
from referentiel.models import Edition
from tests.factories import make_structure, make_user

HERE = "http://127.0.0.1:8000"
OPENED, HALFWAY, NOT_READY, READY, TO_READ = (house.name for house in stories.HOUSES)
NEIGHBOURS = tuple(house.name for house in stories.NEIGHBOURS)
HALF = "brouillon, à mi-parcours"


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker, tmp_path_factory):
    """The demonstration, made once for the tests that only read it."""
    media = tmp_path_factory.mktemp("media")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=media, SITE_URL=HERE), transaction.atomic():
        yield json.loads(run("--json"))
        transaction.set_rollback(True)


@pytest.fixture
def own_demo(db, settings, tmp_path):
    """The norm, a folder and an address of its own, for the tests that make, remake or remove the demonstration."""
    settings.MEDIA_ROOT, settings.SITE_URL = tmp_path, HERE
    call_command("charger_norme", stdout=StringIO())
    return tmp_path


def run(*options) -> str:
    out = StringIO()
    call_command("demo", *options, stdout=out, stderr=StringIO())
    return out.getvalue()


def dossier_of(structure: str) -> Assessment:
    return Assessment.objects.select_related("structure").get(structure__name=structure)


def result_of(structure: str):
    return read(dossier_of(structure)).result


# --- Its five dossiers ------------------------------------------------------------------------


def test_json_says_who_may_sign_in_and_what_there_is_to_see(demo):
    assert set(demo) == {"comptes", "dossiers"}
    assert {tuple(account)[:4] for account in demo["comptes"]} == {("email", "mot_de_passe", "role", "structure")}
    asked_for_a_code = {account["email"].partition("@")[0] for account in demo["comptes"] if "secret_totp" in account}
    assert asked_for_a_code == {"helene", "claire", "thomas", "irene", "antoine"}
    assert {tuple(dossier) for dossier in demo["dossiers"]} == {("id", "structure", "etat")}
    assert [(dossier["structure"], dossier["etat"]) for dossier in demo["dossiers"]] == [
        (OPENED, "brouillon, presque vide"),
        (HALFWAY, HALF),
        (NOT_READY, "à compléter, complet, pas prêt"),
        (READY, "clôturée, complet, prêt"),
        (TO_READ, "transmise, complet, pas prêt"),
        *zip(NEIGHBOURS, (HALF, "brouillon, complet, pas prêt", HALF, HALF), strict=True),
    ]
    houses = (OPENED, HALFWAY, NOT_READY, READY, TO_READ, *NEIGHBOURS)
    assert [dossier["id"] for dossier in demo["dossiers"]] == [dossier_of(name).pk for name in houses]


def test_a_dossier_just_opened(demo):
    result = result_of(OPENED)
    assert (result.verdict, result.progress.done) == (Verdict.INCOMPLETE, 3)


def test_a_dossier_half_way(demo):
    result = result_of(HALFWAY)
    assert result.verdict == Verdict.NOT_READY
    assert (result.progress.done, result.progress.total, result.registers_covered) == (84, 107, 5)
    assert result.criteria_with(Finding.MAJOR) == ("GOU-06", "MAN-05", "TRA-04")
    assert result.criteria_with(Finding.MINOR) == ("DEO-03", "TRA-07", "UTS-03", "QUA-04")
    assert {reason.code for reason in result.reasons} == {
        "non_conformite_majeure",
        "sans_reponse",
        "mineures_trop_nombreuses",
        "preuve_manquante",
        "preuve_expiree",
    }
    assert {code: coverage.reason for code, coverage in result.coverage.items() if not coverage.covered} == {
        "REG-5": "preuve_ancienne",
        "REG-6": "sans_dispositif",
        "REG-8": "non_declare",
    }
    assert result.advisor is None


def test_a_complete_dossier_that_is_not_ready(demo):
    result = result_of(NOT_READY)
    assert result.verdict == Verdict.NOT_READY
    assert (result.progress.done, result.progress.total, result.registers_covered) == (107, 107, 6)
    assert result.criteria_with(Finding.MAJOR) == ("COM-05", "TRA-08", "UTS-09")
    assert len(result.criteria_with(Finding.MINOR)) == 9
    assert result.advisor is not None


def test_a_complete_dossier_that_is_ready_and_closed(demo):
    result, dossier = result_of(READY), dossier_of(READY)
    assert (result.verdict, result.reasons, result.gaps) == (Verdict.READY, (), {})
    assert (result.progress.done, result.progress.total, result.registers_covered) == (107, 107, 8)
    assert result.criteria_with(Finding.MINOR) == ("UTS-04",)
    assert dossier.status == Status.CLOSED
    snapshot = Snapshot.objects.get(assessment=dossier)
    assert (snapshot.kind, snapshots.differences(snapshot)) == (SnapshotKind.CLOSED, [])


@pytest.mark.parametrize("structure", [HALFWAY, NOT_READY, READY, TO_READ])
def test_every_level_is_the_one_its_text_was_written_for(demo, structure):
    texts = prose.texts()
    house = next(house for house in stories.HOUSES if house.name == structure)
    words = {"mediateurs": str(house.mediators), "projet": house.project}
    begun = dict(AnswerVersion.objects.filter(number=1, outcome=Outcome.SAVED).values_list("answer", "saved_at"))
    for answer in Answer.objects.filter(assessment=dossier_of(structure), version__gt=0).select_related("criterion"):
        day = begun[answer.pk].astimezone(PARIS).date()
        each = texts[answer.criterion.code]
        written = each["non_concerne"] if answer.not_applicable else each["faible" if answer.level <= 2 else "solide"]
        assert answer.level == written.get("niveau")
        assert answer.justification == prose.filled(written["texte"], day, words)


def test_the_network_has_a_whole_to_look_at_and_a_campaign(demo):
    release = Release.objects.get()
    assert release.structures == 7
    shown = overall([release], content_of(release.edition_id))
    assert (sum(line.levels is not None for chapter in shown.chapters for line in chapter.lines), len(shown.registers)) == (106, 8)
    assert Standing.objects.count() == 7
    assert Assessment.objects.followed().due(today()).count() == 0
    campaign = Campaign.objects.get()
    assert campaign.is_open(today())
    taking_part = campaign.places.filter(assessment__isnull=False).values_list("structure__name", flat=True)
    assert (campaign.places.count(), set(taking_part)) == (9, set(stories.ANSWERING))


# --- A life behind them -----------------------------------------------------------------------


def test_answers_have_a_history_by_several_people_over_weeks(demo):
    for dossier in Assessment.objects.exclude(structure__name=OPENED):
        saved = AnswerVersion.objects.filter(answer__assessment=dossier, outcome=Outcome.SAVED)
        assert saved.values("author").distinct().count() > 1
        first, last = (saved.order_by(order).values_list("saved_at", flat=True).first() for order in ("saved_at", "-saved_at"))
        assert last - first > timedelta(weeks=6)


def test_history_agrees_with_the_answers(demo):
    by_answer = {}
    for version in AnswerVersion.objects.filter(outcome=Outcome.SAVED).order_by("answer", "number"):
        by_answer.setdefault(version.answer_id, []).append(version)
    for answer in Answer.objects.all():
        versions = by_answer.get(answer.pk, [])
        assert [version.number for version in versions] == list(range(1, answer.version + 1))
        assert sorted(version.saved_at for version in versions) == [version.saved_at for version in versions]
        if versions:
            last = versions[-1]
            assert (last.level, last.not_applicable, last.justification) == (answer.level, answer.not_applicable, answer.justification)
            assert (last.author_id, last.saved_at) == (answer.updated_by_id, answer.updated_at)


def test_what_lost_a_conflict_is_kept(demo):
    lost = AnswerVersion.objects.filter(outcome=Outcome.CONFLICT).order_by("answer__criterion__code")
    assert list(lost.values_list("answer__criterion__code", flat=True)) == ["DEO-03", "MAN-05"]


def test_nothing_happens_in_the_future_nor_at_the_week_end(demo):
    now = timezone.now()
    for model, name in (
        (AnswerVersion, "saved_at"),
        (Comment, "created_at"),
        (Evidence, "added_at"),
        (EvidenceUse, "added_at"),
        (ReviewerOpinion, "updated_at"),
        (Action, "created_at"),
    ):
        moments = model.objects.values_list(name, flat=True)
        assert max(moments) <= now
        assert {moment.astimezone(PARIS).weekday() for moment in moments} <= {0, 1, 2, 3, 4}
    assert Event.objects.filter(at__gt=now).count() == 0


def test_the_complete_dossier_was_transmitted_read_and_sent_back_with_a_list(demo):
    dossier = dossier_of(NOT_READY)
    submitted = Snapshot.objects.get(assessment=dossier)
    assert (dossier.status, submitted.kind, snapshots.differences(submitted)) == (Status.RETURNED, SnapshotKind.SUBMITTED, [])
    opinions = ReviewerOpinion.objects.filter(answer__assessment=dossier)
    assert (opinions.count(), opinions.exclude(private_note="").count()) == (22, 2)
    assert opinions.exclude(level=F("answer__level")).count() == 3
    assert list(opinions.exclude(shown_level=F("level"), shown_remark=F("remark"), shown_by=F("advisor"))) == []
    requests = ReviewRequest.objects.filter(answer__assessment=dossier)
    assert (requests.sent().open().count(), requests.waiting().count()) == (6, 4)
    answered = AnswerVersion.objects.filter(answer__assessment=dossier).latest("saved_at").saved_at
    steps = {event.verb: event.at for event in Event.objects.filter(assessment=dossier, verb__startswith="dossier_")}
    told = [answered, steps["dossier_transmis"], opinions.earliest("updated_at").updated_at,
            opinions.latest("updated_at").updated_at, steps["dossier_renvoye"], requests.filter(answered_at__isnull=False).latest("answered_at").answered_at]  # fmt: skip
    assert told == sorted(told)
    assert set(opinions.values_list("shown_at", flat=True)) == set(requests.values_list("sent_at", flat=True)) == {steps["dossier_renvoye"]}
    assert requests.filter(due_on__lt=today()).count() == 0


def test_a_dossier_waits_for_the_network_which_has_begun_to_read_it(demo):
    dossier = dossier_of(TO_READ)
    submitted = Snapshot.objects.get(assessment=dossier)
    assert (dossier.status, snapshots.differences(submitted)) == (Status.SUBMITTED, [])
    opinions = ReviewerOpinion.objects.filter(answer__assessment=dossier)
    assert (opinions.exclude(read_at=None).count(), opinions.filter(read_at=None).count()) == (25, 2)
    assert opinions.exclude(level=F("answer__level")).filter(read_at__isnull=False).count() == 4
    assert (opinions.shown().count(), opinions.exclude(private_note="").count()) == (0, 4)
    requests = ReviewRequest.objects.filter(answer__assessment=dossier)
    assert (requests.count(), requests.sent().count(), requests.exclude(expected=None).count()) == (8, 0, 1)
    assert result_of(TO_READ).advisor is None
    assert StockRemark.objects.count() == len(stories.STOCK)


def test_the_dossier_half_way_is_talked_about(demo):
    dossier = dossier_of(HALFWAY)
    assert Comment.objects.filter(thread__answer__assessment=dossier).values("author").distinct().count() == 4
    assert set(Thread.objects.filter(answer__assessment=dossier).values_list("network__is_demo", flat=True)) == {None, True}
    claire = User.objects.get(name="Claire Morel")
    assert set(Assessment.objects.visible_to(claire).values_list("structure__name", flat=True)) == {HALFWAY, NOT_READY, TO_READ, *NEIGHBOURS}
    assert Answer.objects.filter(assessment=dossier, assigned_to=None).exists()
    assert Answer.objects.filter(assessment=dossier).values("assigned_to").distinct().count() == 4


def test_roadmaps_are_lived_in(demo):
    halfway, not_ready = (Action.objects.filter(assessment=dossier_of(name)) for name in (HALFWAY, NOT_READY))
    assert halfway.late(today()).count() == 3
    assert Counter(halfway.values_list("status", flat=True)) == {
        ActionStatus.TODO: 8,
        ActionStatus.DOING: 6,
        ActionStatus.DONE: 2,
    }
    assert not_ready.count() == 33
    for action in Action.objects.prefetch_related("criteria"):
        assert action.cause
        assert action.owner
        assert action.effort_days
        assert action.starts_on <= action.due_on
        assert len(action.criteria.all()) == 1
        assert (action.done_at is not None) == (action.status == ActionStatus.DONE)
    assert not_ready.filter(cost_euros__gt=0).count() > 4
    assert not_ready.values("owner").distinct().count() == 3
    reading = read(dossier_of(NOT_READY))
    assert len(missing_from_path(reading, not_ready)) < len(reading.path.steps) / 3


# --- Evidence ---------------------------------------------------------------------------------


def test_files_are_there_and_are_what_their_rows_say(demo):
    for piece in Evidence.objects.exclude(file=""):
        with default_storage.open(piece.file.name) as file:
            content = file.read()
        assert content.startswith(b"%PDF-1.4\n")
        assert (len(content), hashlib.sha256(content).hexdigest()) == (piece.size, piece.sha256)
    for structure in Structure.objects.all():
        prints = structure.evidence.exclude(sha256="").values_list("sha256", flat=True)
        assert len(set(prints)) == len(prints)


def test_a_piece_serves_several_criteria_and_links_lead_nowhere(demo):
    uses = Counter(EvidenceUse.objects.values_list("evidence", flat=True))
    assert max(uses.values()) >= 3
    links = Evidence.objects.exclude(url="").values_list("url", flat=True)
    assert links
    assert all(link.startswith("https://exemple.invalid/") for link in links)


def test_some_pieces_of_the_dossier_half_way_expire_before_its_audit(demo):
    dossier = dossier_of(HALFWAY)
    dated = dossier.structure.evidence.exclude(expires_on=None)
    assert dated.filter(expires_on__lt=today()).count() == 1
    assert dated.filter(expires_on__gte=today(), expires_on__lt=dossier.audit_on).count() == 3


def test_pieces_are_young_enough_for_what_they_prove(demo):
    content = content_of(Edition.objects.get(code=stories.EDITION).pk)
    targets = [(piece, *target.split(".")) for piece in prose.read_json("pieces.json") for target in piece["prouve"]]
    too_old = [
        (piece["nom"], code, number)
        for piece, code, number in targets
        if piece["age"] + 1 >= (content.criterion_by_code[code].expected_evidence[int(number) - 1].validity_months or 999)
    ]
    assert too_old == []


def test_stories_name_pieces_that_exist():
    known = {piece["nom"] for piece in prose.read_json("pieces.json")}
    for house in (*stories.HOUSES, *stories.NEIGHBOURS):
        named = {*house.story.missing_pieces, *house.story.expiries}
        named.update(name for register in house.story.registers.values() for name in register.pieces)
        assert named - known == set()


def test_a_page_keeps_accents_and_brackets():
    page = one_page_pdf(["Été « à l’écart » (brouillon) \\ œuvre"])
    assert "Été « à l’écart » \\(brouillon\\) \\\\ œuvre".encode("cp1252") in page
    assert int(re.search(rb"startxref\n(\d+)", page)[1]) == page.index(b"xref\n")


# --- Nobody real ------------------------------------------------------------------------------


def test_everything_says_it_is_invented(demo):
    assert set(Structure.objects.values_list("is_demo", flat=True)) == {True}
    assert set(Network.objects.values_list("is_demo", flat=True)) == {True}
    names = [*Structure.objects.values_list("name", flat=True), *Network.objects.values_list("name", flat=True)]
    assert [name for name in names if not name.endswith("(démonstration)")] == []
    assert [email for email in User.objects.values_list("email", flat=True) if not email.endswith(".invalid")] == []


def test_every_account_signs_in(demo):
    assert len(demo["comptes"]) == User.objects.count() == 29
    for account in demo["comptes"]:
        assert len(account["mot_de_passe"]) >= 15
    first = demo["comptes"][0]
    assert authenticate(None, email=first["email"], password=first["mot_de_passe"]).email == first["email"]
    assert set(User.objects.values_list("password", flat=True)) == {User.objects.first().password}
    assert User.objects.filter(emailaddress__verified=True, emailaddress__primary=True).count() == 29


def test_each_structure_has_an_owner_and_a_contributor(demo):
    for name in (OPENED, HALFWAY, NOT_READY, READY):
        roles = set(Membership.objects.filter(structure__name=name).values_list("role", flat=True))
        assert {Role.OWNER, Role.CONTRIBUTOR} <= roles
        assert (Role.READER in roles) == (name != OPENED)


# --- Its texts --------------------------------------------------------------------------------

JUSTIFICATIONS = {
    (code, register): each["texte"] for code, texts in prose.texts().items() for register, each in texts.items()
}
ENGLISH = re.compile(r"\b(the|and|with|this|that|level|team|of|is|are not)\b", re.IGNORECASE)
ASIDE = [
    *(each["texte"] for said in prose.read_json("commentaires.json").values() for each in said),
    *(each["texte"] for lost in prose.read_json("conflits.json").values() for each in lost),
    *(each["cause"] for actions in prose.read_json("actions.json").values() for each in actions),
    *(text for given in prose.read_json("avis.json").values() for each in given.values() for key, text in each.items() if key not in ("niveau", "conseiller", "lu", "attendue")),
    *(piece["nom"] for piece in prose.read_json("pieces.json")),
]


def test_every_criterion_has_a_weak_text_and_a_solid_one(demo):
    content = content_of(Edition.objects.get(code=stories.EDITION).pk)
    assert set(prose.texts()) == set(content.criterion_by_code)
    for code, texts in prose.texts().items():
        assert texts["faible"]["niveau"] in (1, 2), code
        assert texts["solide"]["niveau"] in (3, 4), code
    aside = {code for code, texts in prose.texts().items() if "non_concerne" in texts}
    assert aside == {"QUA-11"}
    assert content.criterion_by_code["QUA-11"].na_allowed


def test_no_two_texts_are_the_same():
    texts = [*JUSTIFICATIONS.values(), *ASIDE]
    assert [text for text, times in Counter(texts).items() if times > 1] == []
    sentences = Counter(sentence for text in JUSTIFICATIONS.values() for sentence in re.split(r"(?<=[.!?]) ", text))
    assert [sentence for sentence, times in sentences.items() if times > 1] == []


def test_a_justification_is_concrete_and_speaks_for_the_team():
    names = {word for house in stories.HOUSES for person in house.people for word in person.name.split()}
    for where, text in JUSTIFICATIONS.items():
        shown = filled(text)
        if where[1] != "non_concerne":
            assert 280 <= len(shown) <= 520, where
            assert 3 <= len(re.split(r"(?<=[.!?]) ", shown)) <= 6, where
        assert re.findall(r"(?<!-)\b(vous|votre|vos)\b", shown, re.IGNORECASE) == [], where
        assert names & set(re.findall(r"\w+", shown)) == set(), where


def test_french_is_typeset():
    for text in [*JUSTIFICATIONS.values(), *ASIDE]:
        shown = filled(text)
        assert re.findall(r"['\"{}]", shown) == [], text
        assert ENGLISH.findall(shown) == [], text
        assert re.findall(r"[;!?:%»]|«[^\u202f\u00a0]", re.sub(r"[\u00a0\u202f][;!?:%»]", "", shown)) == [], text
        assert re.findall(r"\d [a-z%€]", text) == [], text
        assert re.findall(r"  |\.\.|\s$|^\s", shown) == [], text
        assert re.findall(r"(?:\b(?:de|que|le|ce)|[dlqc]’) ?\{mois", text, re.IGNORECASE) == [], text


def filled(text: str) -> str:
    return prose.filled(text, date(2026, 10, 30), {"mediateurs": "14", "projet": "projet associatif"})


def test_blanks_are_counted_from_the_day_it_is_made():
    text = "En {mois-3}, puis en {annee-1}, enfin le {jour+2}."
    assert prose.filled(text, date(2027, 1, 31), {}) == "En octobre\u00a02026, puis en 2026, enfin le 2\u00a0février\u00a02027."


# --- The command ------------------------------------------------------------------------------


def rows() -> dict:
    models = (User, Structure, Network, Assessment, Answer, AnswerVersion, Evidence, EvidenceUse, Comment, Action, Event, Snapshot)
    return {model.__name__: sorted(model.objects.values_list("pk", flat=True)) for model in models}


def files(folder) -> set:
    return {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_a_second_time_changes_nothing(own_demo):
    said, before, stored = run("--json"), rows(), files(own_demo)
    assert (run("--json"), rows(), files(own_demo)) == (said, before, stored)


@pytest.mark.slow
def test_starting_over_replaces_the_demonstration_and_nothing_else(own_demo, django_capture_on_commit_callbacks):
    lea = make_user("lea@fabrique.fr", "Léa Martin")
    fabrique = make_structure("La Fabrique", owner=lea)
    before = json.loads(run("--json"))
    nadia = User.objects.get(email="nadia@demonstration.invalid")
    make_structure("Essai de Nadia", owner=nadia)
    Membership.objects.create(user=nadia, structure=fabrique, role=Role.READER)
    events = Event.objects.count()
    with django_capture_on_commit_callbacks(execute=True):
        after = json.loads(run("--json", "--recommencer"))
    assert [dossier["etat"] for dossier in after["dossiers"]] == [dossier["etat"] for dossier in before["dossiers"]]
    assert after["comptes"] == before["comptes"]
    assert {dossier["id"] for dossier in after["dossiers"]} & {dossier["id"] for dossier in before["dossiers"]} == set()
    assert set(Structure.objects.filter(is_demo=False).values_list("name", flat=True)) == {"La Fabrique"}
    assert list(Membership.objects.filter(structure=fabrique).values_list("user", flat=True)) == [lea.pk]
    assert len(files(own_demo)) == Evidence.objects.exclude(file="").count()
    assert Event.objects.count() == events * 2


def test_in_french_for_a_reader(demo):
    told = run()
    assert f"{stories.HOUSES[1].owner.email} · {stories.PASSWORD} · responsable" in told
    assert f"· {READY} · clôturée, complet, prêt" in told


def test_elsewhere_than_on_this_machine_it_refuses(own_demo, settings):
    settings.SITE_URL = "https://certif.exemple.fr"
    with pytest.raises(CommandError, match="elle ne se crée que sur une installation locale"):
        run("--json")
    assert User.objects.count() == 0


@pytest.mark.slow
def test_forced_elsewhere_it_makes_no_administrator(own_demo, settings):
    settings.SITE_URL = "https://certif.exemple.fr"
    said = json.loads(run("--json", "--force"))
    assert len(said["comptes"]) == 27
    assert User.objects.filter(is_staff=True).count() + User.objects.filter(is_norm_admin=True).count() == 0


@pytest.mark.slow
@pytest.mark.parametrize("day", [date(2028, 2, 29), date(2027, 1, 1), date(2026, 8, 31)], ids=str)
def test_it_is_right_whatever_the_day_it_is_made(own_demo, day):
    build.make(on=day)
    verdicts = [read(dossier_of(name), on=day).result.verdict for name in (OPENED, HALFWAY, NOT_READY, READY)]
    assert verdicts == [Verdict.INCOMPLETE, Verdict.NOT_READY, Verdict.NOT_READY, Verdict.READY]
    assert read(dossier_of(HALFWAY), on=day).result.registers_covered == 5
    assert 114 <= (dossier_of(HALFWAY).audit_on - day).days <= 117
    saved = AnswerVersion.objects.order_by("-saved_at").values_list("saved_at", flat=True).first()
    assert saved < datetime.combine(day, datetime.min.time(), PARIS)
