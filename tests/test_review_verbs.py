"""Two advisors of a network never overwrite each other; nothing is written once the dossier is sent back or no longer shared."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection, connections
from django.utils import timezone

from assessments import reviews, workflow
from assessments.enums import Status
from assessments.models import Answer, Assessment, Event, OpinionVersion, Outcome, ReviewerOpinion, ReviewRequest, Share
from assessments.reviews import Conflict, NotShared, Refused, RequestRefused, ReviewClosed, Saved
from certif.accounts.models import NetworkMembership, NetworkRole
from certif.limits import REQUESTS_PER_ANSWER, TEXT_MAX
from tests.factories import affiliate, make_network, make_user


def row(dossier, code="PER-01") -> Answer:
    return Answer.objects.select_related("assessment").get(assessment=dossier, criterion__code=code)


def opinion(dossier, network, code="PER-01") -> ReviewerOpinion:
    return ReviewerOpinion.objects.get(answer__assessment=dossier, answer__criterion__code=code, network=network)


def save(dossier, network, by, *, based_on=0, level=2, remark="Une remarque.", note="", code="PER-01", **more):
    return reviews.save_opinion(
        row(dossier, code), network, by=by, based_on=based_on, level=level, remark=remark, private_note=note, **more
    )


def texts(outcome: str) -> list[tuple[int, int | None, str]]:
    found = OpinionVersion.objects.filter(outcome=outcome).order_by("pk")
    return list(found.values_list("number", "level", "remark"))


# --- Saving -----------------------------------------------------------------------------------


def test_an_opinion_is_stored_with_each_of_its_versions(transmis, reseau, adele):
    assert save(transmis, reseau, adele).version == 1
    assert save(transmis, reseau, adele, based_on=1, level=1, remark="Plus bas.").version == 2
    stored = opinion(transmis, reseau)
    assert (stored.level, stored.remark, stored.version, stored.advisor) == (1, "Plus bas.", 2, adele)
    assert texts(Outcome.SAVED) == [(1, 2, "Une remarque."), (2, 1, "Plus bas.")]
    assert (stored.shown_at, stored.shown_level, stored.shown_remark) == (None, None, "")


def test_the_same_opinion_again_changes_nothing(transmis, reseau, adele):
    first = save(transmis, reseau, adele)
    again = save(transmis, reseau, adele)
    assert again == Saved(1, first.saved_at, changed=False)
    assert save(transmis, reseau, adele, code="PER-02", level=None, remark="  ") == Saved(0, None, changed=False)
    assert OpinionVersion.objects.count() == 1


def test_a_colleague_who_saved_first_is_not_overwritten_and_the_other_text_is_kept_once(transmis, reseau, adele, thomas):
    save(transmis, reseau, adele, remark="De Claire.")
    outcomes = [save(transmis, reseau, thomas, level=1, remark="De Thomas.") for _ in range(2)]
    assert [type(each) for each in outcomes] == [Conflict, Conflict]
    assert outcomes[0].kept == outcomes[1].kept
    assert (opinion(transmis, reseau).remark, opinion(transmis, reseau).advisor) == ("De Claire.", adele)
    assert texts(Outcome.CONFLICT) == [(0, 1, "De Thomas.")]


def test_two_networks_have_each_their_own_opinion(transmis, fabrique, reseau, adele):
    paule = make_user("paule@ailleurs.fr", "Paule Remy")
    other = make_network("Autre réseau", advisor=paule)
    affiliate(fabrique, other)
    Share.objects.create(assessment=transmis, network=other)
    save(transmis, reseau, adele, level=1, remark="De l’un.")
    save(transmis, other, paule, level=4, remark="De l’autre.")
    assert [(opinion(transmis, each).level, opinion(transmis, each).remark) for each in (reseau, other)] == [
        (1, "De l’un."),
        (4, "De l’autre."),
    ]
    with pytest.raises(NotShared):
        save(transmis, other, adele, based_on=1)


def test_what_is_wrong_is_said_by_field_and_nothing_is_written(transmis, reseau, adele):
    outcome = save(transmis, reseau, adele, level=9, remark="x" * (TEXT_MAX + 1), note="y" * (TEXT_MAX + 1))
    assert isinstance(outcome, Refused)
    assert set(outcome.errors) == {"niveau", "remarque", "note"}
    assert ReviewerOpinion.objects.count() == 0


def test_texts_are_cleaned(transmis, reseau, adele):
    save(transmis, reseau, adele, remark="  Un\u202e texte\r\nsur deux lignes\x00 ", note="\u2066Note\n")
    stored = opinion(transmis, reseau)
    assert (stored.remark, stored.private_note) == ("Un texte\nsur deux lignes", "Note")


@pytest.mark.parametrize("status", [status for status in Status if status != Status.SUBMITTED])
def test_only_a_transmitted_dossier_is_written_on(transmis, reseau, adele, status):
    Assessment.objects.filter(pk=transmis.pk).update(status=status)
    stale = row(transmis)
    asked = ReviewRequest.objects.create(answer=stale, network=reseau, kind="preuve", text="Les statuts.")
    for attempt in (
        lambda: save(transmis, reseau, adele),
        lambda: reviews.mark_read(stale, reseau, by=adele, read=True),
        lambda: reviews.add_request(stale, reseau, by=adele, kind="preuve", text="Une pièce."),
        lambda: reviews.change_request(asked, by=adele, before=reviews.fingerprint(asked), kind="preuve", text="Autre."),
        lambda: reviews.withdraw_request(asked, by=adele),
        lambda: reviews.accept_request(asked, by=adele),
    ):
        with pytest.raises(ReviewClosed):
            attempt()
    assert ReviewerOpinion.objects.count() == 0
    assert list(ReviewRequest.objects.values_list("text", "settled_at")) == [("Les statuts.", None)]


def test_a_withdrawn_share_a_left_network_an_advisor_who_left_stop_the_very_next_save(transmis, reseau, adele, fabrique):
    share = Share.objects.filter(assessment=transmis)
    for end, back in (
        (lambda: share.update(revoked_at=timezone.now()), lambda: share.update(revoked_at=None)),
        (lambda: fabrique.affiliations.all().delete(), lambda: affiliate(fabrique, reseau)),
        (lambda: adele.network_memberships.all().delete(), lambda: None),
    ):
        end()
        with pytest.raises(NotShared):
            save(transmis, reseau, adele)
        back()
    assert ReviewerOpinion.objects.count() == 0


def test_a_page_of_another_edition_is_not_saved(transmis, reseau, adele):
    with pytest.raises(ReviewClosed):
        save(transmis, reseau, adele, edition=transmis.edition_id + 1)


# --- Read -------------------------------------------------------------------------------------


def test_reading_needs_no_opinion_and_does_not_make_a_colleague_s_page_stale(transmis, reseau, adele, thomas):
    reviews.mark_read(row(transmis), reseau, by=adele, read=True)
    assert opinion(transmis, reseau).read_at is not None
    assert save(transmis, reseau, thomas, based_on=0).version == 1
    reviews.mark_read(row(transmis), reseau, by=adele, read=False)
    stored = opinion(transmis, reseau)
    assert (stored.read_at, stored.version, stored.remark) == (None, 1, "Une remarque.")


# --- Requests ---------------------------------------------------------------------------------


def ask(dossier, network, by, text="Les statuts signés.", **more) -> ReviewRequest:
    made = reviews.add_request(row(dossier), network, by=by, kind="preuve", text=text, **more)
    return ReviewRequest.objects.select_related("answer__assessment", "network").get(pk=made.pk)


def test_a_request_sent_twice_counts_once_and_their_number_is_limited(transmis, reseau, adele):
    first = ask(transmis, reseau, adele)
    assert ask(transmis, reseau, adele) == first
    for number in range(REQUESTS_PER_ANSWER - 1):
        ask(transmis, reseau, adele, text=f"Pièce {number}.")
    with pytest.raises(RequestRefused):
        ask(transmis, reseau, adele, text="Une de trop.")
    assert ReviewRequest.objects.count() == REQUESTS_PER_ANSWER


def test_a_request_changes_until_the_structure_knows_it(transmis, reseau, adele, thomas):
    asked = ask(transmis, reseau, adele)
    seen = reviews.fingerprint(asked)
    assert reviews.change_request(asked, by=thomas, before=seen, kind="precision", text="De Thomas.") is True
    assert reviews.change_request(asked, by=adele, before=seen, kind="preuve", text="D’Adèle.") is False
    asked.refresh_from_db()
    assert (asked.text, asked.kind, asked.asked_by) == ("De Thomas.", "precision", thomas)
    ReviewRequest.objects.update(sent_at=timezone.now())
    with pytest.raises(RequestRefused):
        reviews.change_request(asked, by=adele, before=reviews.fingerprint(asked), kind="preuve", text="Trop tard.")


def test_withdrawing_an_unsent_request_leaves_no_trace_for_the_structure(transmis, reseau, adele):
    asked = ask(transmis, reseau, adele)
    reviews.withdraw_request(asked, by=adele)
    reviews.withdraw_request(asked, by=adele)
    assert (ReviewRequest.objects.count(), Event.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("verb", "event"), [(reviews.withdraw_request, "demande_retiree"), (reviews.accept_request, "demande_acceptee")]
)
def test_a_request_the_structure_knows_is_settled_once(transmis, reseau, adele, verb, event):
    asked = ask(transmis, reseau, adele)
    ReviewRequest.objects.update(sent_at=timezone.now())
    verb(asked, by=adele)
    verb(asked, by=adele)
    asked.refresh_from_db()
    assert (asked.settled_by, asked.settled_at is not None) == (adele, True)
    assert list(Event.objects.values_list("verb", flat=True)) == [event]


def test_an_unsent_request_is_not_accepted(transmis, reseau, adele):
    asked = ask(transmis, reseau, adele)
    reviews.accept_request(asked, by=adele)
    asked.refresh_from_db()
    assert (asked.settled_at, Event.objects.count()) == (None, 0)


def test_nothing_drafted_goes_to_the_journal(transmis, reseau, adele):
    save(transmis, reseau, adele, note="Entre nous.")
    reviews.mark_read(row(transmis), reseau, by=adele, read=True)
    ask(transmis, reseau, adele)
    assert Event.objects.count() == 0


# --- A small storm ----------------------------------------------------------------------------

WRITERS, SAVES = 12, 10


def storm(work) -> list:
    together = threading.Barrier(WRITERS)

    def run(writer: int):
        try:
            connection.ensure_connection()
            together.wait()
            return work(writer)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WRITERS) as pool:
        return [done for each in pool.map(run, range(WRITERS)) for done in each]


@pytest.fixture
def advisors(reseau):
    people = [make_user(name=f"Personne {number}") for number in range(WRITERS)]
    NetworkMembership.objects.bulk_create(
        NetworkMembership(network=reseau, user=person, role=NetworkRole.ADVISOR) for person in people
    )
    return people


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_no_acknowledged_opinion_is_lost(transmis, reseau, advisors):
    codes = ("PER-01", "DEO-01")

    def work(writer: int) -> list:
        acknowledged = []
        for number in range(SAVES):
            code = codes[(writer + number) % 2]
            text = f"Personne {writer}, texte {number}."
            outcome, based_on = None, 0
            while not isinstance(outcome, Saved):
                try:
                    outcome = save(transmis, reseau, advisors[writer], code=code, based_on=based_on, level=number % 5, remark=text)
                except OperationalError:  # waited too long for its turn: told so, and tried again
                    continue
                based_on = outcome.current.version if isinstance(outcome, Conflict) else based_on
            acknowledged.append((code, outcome.version, text))
        return acknowledged

    acknowledged = storm(work)
    kept = OpinionVersion.objects.filter(outcome=Outcome.SAVED)
    assert sorted(kept.values_list("opinion__answer__criterion__code", "number", "remark")) == sorted(acknowledged)
    for code in codes:
        last = kept.filter(opinion__answer__criterion__code=code).order_by("number").last()
        stored = opinion(transmis, reseau, code)
        assert (stored.version, stored.remark) == (last.number, last.remark)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_same_storm_without_the_guard_loses_opinions(transmis, reseau, advisors):
    """The negative control: read, change, save, as a plain form would."""
    ReviewerOpinion.objects.create(answer=row(transmis), network=reseau, version=0)

    def work(writer: int) -> list[int]:
        acknowledged = []
        for number in range(SAVES):
            stored = opinion(transmis, reseau)
            stored.version, stored.remark = stored.version + 1, f"Personne {writer}, texte {number}."
            try:
                stored.save()
            except OperationalError:
                continue
            acknowledged.append(number)
        return acknowledged

    acknowledged = storm(work)
    assert opinion(transmis, reseau).version < len(acknowledged)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_dossier_sent_back_in_the_storm_holds_what_was_acknowledged_and_nothing_after(transmis, reseau, adele, advisors):
    def work(writer: int) -> list:
        if writer == 0:
            dossier = Assessment.objects.visible_to(adele).get(pk=transmis.pk)
            workflow.send_back(dossier, by=adele, reason="À compléter.")
            return []
        done, version = [], 0
        for number in range(SAVES):
            try:
                outcome = save(transmis, reseau, advisors[writer], based_on=version, remark=f"{writer}-{number}", level=1)
            except ReviewClosed:
                break
            except OperationalError:
                continue
            version = outcome.version if isinstance(outcome, Saved) else outcome.current.version
            if isinstance(outcome, Saved):
                done.append(outcome.version)
        return done

    acknowledged = storm(work)
    assert Assessment.objects.get(pk=transmis.pk).status == Status.RETURNED
    assert ReviewerOpinion.objects.count() == (1 if acknowledged else 0)
    assert OpinionVersion.objects.filter(outcome=Outcome.SAVED).count() == len(acknowledged)
    with pytest.raises(ReviewClosed):
        save(transmis, reseau, adele, based_on=max(acknowledged, default=0))
