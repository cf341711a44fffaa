"""P4: what a network follows, at 500 and 5 000 members, beside the counting of their answers and the bare reading of their rows.

Answers are written by SQL; where a few dossiers stand is computed by the product itself and copied to the others; the figures
of the whole are published by the product, from the standings of every member.
"""

import time

from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments import releases, standings
from assessments.demo import stories
from assessments.models import Answer, Assessment, Release, Share, Standing
from assessments.portfolio import rows_of
from certif.accounts.models import Affiliation, Network, NetworkMembership, NetworkRole, Structure, User
from certif.dates import today
from referentiel.models import Edition
from tests.bench.measure import in_turn
from tests.bench.visitor import Visitor

SAMPLE = 20
VIEWS = {"par nom": "", "filtré": "?etape=brouillon&verdict=pas+pr%C3%AAt&q=membre", "trié": "?tri=-maturite"}


def work(sizes: tuple[int, ...] = (500, 5000), rounds: int = 9, times: int = 2) -> dict:
    coordinator = User.objects.get(email=f"helene@{stories.DOMAIN}")
    visitor = Visitor(coordinator)
    measured = {}
    for size in sizes:
        network, built = _network(size, coordinator)
        pages = {"ensemble": f"/reseaux/{network.pk}/ensemble/"}
        pages |= {f"portefeuille {name}": f"/reseaux/{network.pk}/portefeuille/{query}" for name, query in VIEWS.items()}
        asked = {name: _questions(visitor, path) for name, path in pages.items()}
        count = (
            f"SELECT COUNT(*) FROM {Answer._meta.db_table} WHERE assessment_id IN "
            f"(SELECT assessment_id FROM {Share._meta.db_table} WHERE network_id = {network.pk} AND revoked_at IS NULL)"
        )
        times_taken = in_turn(
            {
                "compter les réponses": lambda count=count: _run([count]),
                **{name: lambda path=path: visitor.get(path) for name, path in pages.items()},
                **{f"{name}, base": lambda asked=questions: _run(asked) for name, questions in asked.items()},
                "lignes nues": lambda questions=asked["portefeuille par nom"]: _run([max(questions, key=len)]),
                "lignes par l’ORM": lambda network=network: rows_of(network),
            },
            rounds=rounds,
            times=times,
            clock=time.perf_counter,
        )
        measured[str(size)] = {
            "temps": times_taken,
            "sql": {name: len(questions) for name, questions in asked.items()},
            "réponses": _run([count])[0][0],
            "construction": built,
        }
    return measured


def _questions(visitor: Visitor, path: str) -> list[str]:
    visitor.get(path)
    with CaptureQueriesContext(connection) as captured:
        status, _body = visitor.get(path)
    if status != 200:
        raise AssertionError(f"{path} : {status}")
    return [query["sql"] for query in captured]


def _run(questions: list[str]) -> list[tuple]:
    rows = []
    with connection.cursor() as cursor:
        for sql in questions:
            cursor.execute(sql)
            if cursor.description:
                rows = cursor.fetchall()
    return rows


# --- Building ---------------------------------------------------------------------------------


def _network(size: int, coordinator: User) -> tuple[Network, dict[str, float]]:
    edition = Edition.objects.published().get(code=stories.EDITION)
    network = Network.objects.create(name=f"Réseau de {size} membres")
    NetworkMembership.objects.create(user=coordinator, network=network, role=NetworkRole.COORDINATOR)
    structures = _stored(Structure, [Structure(name=f"Membre {n:05} de {size}", kind="association") for n in range(size)])
    Affiliation.objects.bulk_create(Affiliation(network=network, structure=each) for each in structures)
    dossiers = _stored(
        Assessment, [Assessment(structure=each, edition=edition, title="Auto-évaluation 2027", audit_on=today()) for each in structures]
    )
    Share.objects.bulk_create(Share(assessment=each, network=network) for each in dossiers)
    _answer(dossiers[0].pk, edition.pk)
    began = time.perf_counter()
    for dossier in dossiers[:SAMPLE]:
        standings.refresh(dossier.pk)
    per_dossier = (time.perf_counter() - began) / SAMPLE
    known = list(Standing.objects.filter(assessment__in=dossiers[:SAMPLE]).order_by("pk"))
    same = [name for name in standings._FIELDS if name != "of_state"]
    Standing.objects.bulk_create(
        [
            Standing(assessment=each, of_state=each.updated_at, **{name: getattr(known[n % SAMPLE], name) for name in same})
            for n, each in enumerate(dossiers)
            if n >= SAMPLE
        ],
        batch_size=500,
    )
    began = time.perf_counter()
    releases.publish_due(network)
    published = time.perf_counter() - began
    _run(["ANALYZE"])
    if Release.objects.get(network=network).structures != size:
        raise AssertionError("Every member counts.")
    return network, {"situation": per_dossier, "publication": published}


def _stored(model, rows: list) -> list:
    """The rows as the database has them, in the order given."""
    last = model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    model.objects.bulk_create(rows, batch_size=500)
    return list(model.objects.filter(pk__gt=last).order_by("pk"))


def _answer(first: int, edition: int) -> None:
    """Every criterion answered in every dossier from `first` on, all levels about as often."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO {Answer._meta.db_table}
                (assessment_id, criterion_id, level, not_applicable, justification, to_confirm, version, updated_at)
            SELECT a.id, c.id, (a.id * 7 + c.id * 3) %% 5, %s, %s, %s, 1, a.updated_at
            FROM {Assessment._meta.db_table} a JOIN referentiel_chapter h ON h.edition_id = a.edition_id
            JOIN referentiel_criterion c ON c.chapter_id = h.id
            WHERE a.id >= %s AND a.edition_id = %s""",
            [False, "Ce que nous faisons, en une phrase ou deux.", False, first, edition],
        )
