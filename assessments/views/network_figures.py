"""What a network looks like as a whole, and where a structure stands in it: published figures only, anonymous."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from assessments.anonymity import Held
from assessments.models import Release, Share
from assessments.overall import RELEASES_SHOWN, Overall, overall
from assessments.reports.charts import Reading as Point
from assessments.reports.charts import Svg, bar, columns, trend
from assessments.scoring import NBSP, percent_text
from assessments.snapshots import as_shown
from assessments.views.lookup import get_assessment
from certif.accounts.models import Network, NetworkRole
from certif.dates import in_paris, long_date
from certif.fields import whole_number
from referentiel.content import Content, content_of

WAITING = {
    Held.FEW: "Moins de cinq structures partagent un dossier de cette édition.",
    Held.SAME: "Rien n’a changé depuis la dernière publication.",
    Held.CLOSE: "Moins de cinq structures ont changé depuis une publication : la suivante attend, pour qu’aucune ne se devine.",
    Held.KEY: "La clé de l’installation a changé : les publications ne peuvent plus être comparées entre elles.",
}


@login_required
@require_safe
def network_figures(request: HttpRequest, pk: int) -> HttpResponse:
    """The latest release of one edition; `?edition=` chooses among those that have some."""
    network = get_object_or_404(Network.objects.visible_to(request.user).select_related("upkeep"), pk=pk)
    editions = list(
        Release.objects.filter(network=network).order_by("-edition").values_list("edition", "edition__label").distinct()
    )
    asked = whole_number(request.GET.get("edition", ""))
    if asked and asked not in dict(editions):
        raise Http404
    chosen = asked or next((edition for edition, _ in editions), None)
    upkeep = getattr(network, "upkeep", None)
    waiting = upkeep.waiting if upkeep and network.member_role == NetworkRole.COORDINATOR else {}
    context = {
        "network": network,
        "editions": editions,
        "chosen": chosen,
        "waiting": [(content_of(int(edition)).label, WAITING[why]) for edition, why in sorted(waiting.items())],
    }
    if editions:
        content = content_of(chosen)
        context |= _figures(overall(_latest(network.pk, chosen), content), content)
    return render(request, "assessments/network_figures.html", context)


@login_required
@require_safe
def landmarks(request: HttpRequest, pk: int) -> HttpResponse:
    """The same figures with the structure’s own dossier marked, for a network it is shared with; `?reseau=` chooses one."""
    assessment = get_assessment(request, pk, member=True)
    shares = Share.objects.active().filter(assessment=assessment).select_related("network").order_by("network__name")
    networks = {share.network_id: share.network for share in shares}
    asked = whole_number(request.GET.get("reseau", ""))
    if asked and asked not in networks:
        raise Http404
    chosen = asked or next(iter(networks), None)
    context = {"assessment": assessment, "networks": networks.values(), "network": networks.get(chosen)}
    releases = _latest(chosen, assessment.edition_id) if chosen else []
    if releases:
        reading, content = as_shown(assessment), content_of(assessment.edition_id)
        levels = {each.key: each.level for each in reading.dossier.criteria if each.rated}
        covered = {
            content.register_by_code[code].key: coverage.covered for code, coverage in reading.result.coverage.items()
        }
        context |= _figures(overall(releases, content, levels=levels, covered=covered), content)
    return render(request, "assessments/landmarks.html", context)


def _latest(network: int, edition: int) -> list[Release]:
    rows = Release.objects.filter(network=network, edition=edition).defer("contributions")
    return list(rows[:RELEASES_SHOWN])


def _figures(found: Overall, content: Content) -> dict:
    places = {level.value: place for place, level in enumerate(content.levels)}
    return {
        "overall": found,
        "content": content,
        "chapters": [
            (
                chapter,
                chapter.levels and columns(chapter.levels.counts),
                [
                    (line, line.levels and columns(line.levels.counts, mark=places.get(line.mine)))
                    for line in chapter.lines
                ],
            )
            for chapter in found.chapters
        ],
        "registers": [
            (held, bar(held.share, title=f"{held.label}{NBSP}: {held.count} sur {held.structures}"))
            for held in found.registers
        ],
        "trend": _trend(found),
    }


def _trend(found: Overall) -> Svg | None:
    """The average level from release to release, once there are two."""
    if len(found.progress) < 2:
        return None
    points = [Point(in_paris(at).date(), value) for at, value in found.progress]
    first, last = points[0], points[-1]
    title = (
        f"Niveau moyen{NBSP}: {percent_text(first.value)} de l’échelle le {long_date(first.on)}, "
        f"{percent_text(last.value)} le {long_date(last.on)}. Les valeurs sont dans le tableau qui suit."
    )
    return trend(points, title=title)
