"""What is said beside a criterion: the page of its threads, and the gestures made in the margin of the screens around it.

With htmx each gesture gives back the threads alone, which take their place in the page; without, it leads back to the page
it was made from, or here when what was typed is refused.
"""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from assessments import permissions, talk
from assessments.forms.talk import TalkForm
from assessments.models import Answer, Assessment, Comment, Thread
from assessments.talk import TalkClosed
from assessments.threads import Circle, Talk, ThreadLine, Typed, read_talk
from assessments.views.lookup import get_assessment
from assessments.views.rail import find_criterion
from certif.dates import moment_of
from certif.fields import whole_number
from referentiel.content import CriterionContent

CLOSED = "Ce fil vient d’être fermé : rien n’a été ajouté. Votre texte est toujours là."


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def criterion_threads(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Everything said on a criterion; POST opens a thread."""
    place = _Place(request, pk, code)
    if request.method != "POST":
        return place.page(place.talk)
    circle = place.circle(whole_number(request.POST.get("reseau") or "0"))
    return _write(place, circle)


@login_required
@require_POST
def thread_reply(request: HttpRequest, pk: int, code: str, thread: int) -> HttpResponse:
    place = _Place(request, pk, code)
    return _write(place, *place.thread(thread))


@login_required
@require_POST
def thread_settle(request: HttpRequest, pk: int, code: str, thread: int) -> HttpResponse:
    return _turn(request, pk, code, thread, talk.settle)


@login_required
@require_POST
def thread_reopen(request: HttpRequest, pk: int, code: str, thread: int) -> HttpResponse:
    return _turn(request, pk, code, thread, talk.reopen)


@login_required
@require_POST
def threads_read(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """The person has read everything up to the remark the page showed last."""
    place = _Place(request, pk, code)
    until = moment_of(whole_number(request.POST.get("vu", "")))
    if until:
        fresh = [line.id for circle in place.talk.circles for line in circle.threads if line.is_new]
        talk.mark_read(fresh, by=request.user, until=until)
    return HttpResponse() if request.htmx else place.back("fils")


def threads_context(said: Talk, page: str, *, focus: str = "", whole: bool = False) -> dict:
    """What a screen gives to show `assessments/_threads.html`, beside `assessment`, `criterion` and `is_member`: what was
    read (`read_talk`), its own address, where the reader is led after a gesture, and whether long threads are shown whole."""
    return {"talk": said, "suite": page, "focus": focus, "whole": whole}


# --- Where one talks --------------------------------------------------------------------------


class _Place:
    """A criterion of a dossier, as the person of the request reads what is said there."""

    def __init__(self, request: HttpRequest, pk: int, code: str):
        self.request = request
        self.assessment: Assessment = get_assessment(request, pk)
        self.criterion: CriterionContent = find_criterion(self.assessment, code)
        self.talk: Talk = read_talk(self.assessment, self.criterion, request.user)

    def circle(self, network: int | None) -> Circle:
        """404 for a network the person does not talk with here, 403 for one who only reads."""
        return self._writable(self.talk.circle(network) if network is not None else None)

    def thread(self, pk: int) -> tuple[Circle, ThreadLine]:
        for circle in self.talk.circles:
            for line in circle.threads:
                if line.id == pk:
                    return self._writable(circle), line
        raise Http404

    def _writable(self, circle: Circle | None) -> Circle:
        if circle is None:
            raise Http404
        if not circle.may_write:
            raise PermissionDenied
        return circle

    def say(self, circle: Circle, line: ThreadLine | None, **said) -> Comment:
        if line:
            return talk.reply(self.row(line), **said)
        return talk.open_thread(self._answer(), network=circle.network or None, **said)

    def row(self, line: ThreadLine) -> Thread:
        thread = Thread.objects.get(pk=line.id)
        thread.answer = Answer(pk=thread.answer_id, assessment=self.assessment, criterion_id=self.criterion.id)
        return thread

    def _answer(self) -> Answer:
        answer = Answer.objects.get(assessment=self.assessment, criterion=self.criterion.id)
        answer.assessment = self.assessment
        return answer

    @property
    def home(self) -> str:
        """The page the gesture was made from."""
        given = self.request.POST.get("suite", "")
        if given.startswith("/") and url_has_allowed_host_and_scheme(given, allowed_hosts=None):
            return given
        return self.address

    @property
    def address(self) -> str:
        return reverse("criterion_threads", args=[self.assessment.pk, self.criterion.code])

    def back(self, anchor: str) -> HttpResponse:
        return redirect(f"{self.home}#{anchor}")

    def page(self, said: Talk, *, status: int = 200, focus: str = "") -> HttpResponse:
        """The threads alone for htmx (`focus` is where the reader is led), else the whole page."""
        context = {
            "assessment": self.assessment,
            "criterion": self.criterion,
            "is_member": permissions.is_member(self.assessment),
            **threads_context(said, self.home, focus=focus, whole=self.home == self.address),
        }
        template = "_threads" if self.request.htmx else "criterion_threads"
        return render(self.request, f"assessments/{template}.html", context, status=status)

    def fresh(self, anchor: str) -> HttpResponse:
        """After a gesture: the threads as they are now."""
        if not self.request.htmx:
            return self.back(anchor)
        return self.page(read_talk(self.assessment, self.criterion, self.request.user), focus=anchor)


def _write(place: _Place, circle: Circle, line: ThreadLine | None = None) -> HttpResponse:
    """Opens a thread in the circle, or adds to one; a refused text stays in its field."""
    post = place.request.POST
    form = TalkForm(post, circle=circle, talk=place.talk)

    def refuse(errors: dict[str, str], status: int) -> HttpResponse:
        typed = Typed(post.get("body", ""), post.get("personne", ""), errors)
        return place.page(place.talk.with_typed(typed, network=circle.network, thread=line and line.id), status=status)

    if circle.closed:
        return refuse({"body": circle.closed}, 409)
    if not form.is_valid():
        return refuse({name: errors[0] for name, errors in form.errors.items()}, 422)
    said = {"by": place.request.user, "body": form.cleaned_data["body"], "mentions": form.called}
    try:
        comment = place.say(circle, line, **said)
    except TalkClosed:
        return refuse({"body": CLOSED}, 409)
    except talk.CannotSee:
        return refuse({"personne": "Cette personne ne voit plus ce fil : choisissez-en une autre."}, 422)
    return place.fresh(f"fil-{comment.thread_id}")


def _turn(request: HttpRequest, pk: int, code: str, thread: int, verb) -> HttpResponse:
    """Settles or reopens a thread."""
    place = _Place(request, pk, code)
    circle, line = place.thread(thread)
    try:
        if circle.closed:
            raise TalkClosed
        verb(place.row(line), by=request.user)
    except TalkClosed:
        messages.error(request, circle.closed or "Ce fil vient d’être fermé : rien n’a changé.")
        return place.page(place.talk, status=409)
    return place.fresh(f"fil-{line.id}")
