"""The remarks a network uses again: its advisors add, change and delete them; nobody else knows of them."""

import pytest
from django.urls import reverse

from assessments.models import Event, StockRemark
from certif.limits import STOCK_REMARKS
from tests.factories import make_network, make_user
from tests.people import client_of

HTMX = {"HX-Request": "true"}


def url(network, name="stock_remarks", *more) -> str:
    return reverse(name, args=[network.pk, *more])


def keep(network, title="Accord", body="Notez l’accord.") -> StockRemark:
    return StockRemark.objects.create(network=network, title=title, body=body)


def kept() -> list[tuple[str, str]]:
    return list(StockRemark.objects.order_by("title").values_list("title", "body"))


def test_a_remark_is_added_changed_and_deleted(reseau, adele):
    client = client_of(adele)
    assert client.post(url(reseau), {"titre": " Accord ", "texte": "Notez\u202e l’accord."}).status_code == 302
    assert kept() == [("Accord", "Notez l’accord.")]
    found = StockRemark.objects.get()
    page = client.get(url(reseau, "stock_remark", found.pk))
    given = {"avant": page.context["before"], "titre": "Accord", "texte": "Demandez-le."}
    assert client.post(url(reseau, "stock_remark", found.pk), given).status_code == 302
    assert kept() == [("Accord", "Demandez-le.")]
    assert client.post(url(reseau, "stock_remark_delete", found.pk)).status_code == 302
    assert kept() == []
    assert list(Event.objects.order_by("pk").values_list("verb", "network", "actor")) == [
        (verb, reseau.pk, adele.pk) for verb in ("remarque_gardee", "remarque_modifiee", "remarque_supprimee")
    ]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"titre": "", "texte": "Un texte."}, "titre"),
        ({"titre": "x" * 301, "texte": "Un texte."}, "titre"),
        ({"titre": "Un titre", "texte": " \n"}, "texte"),
        ({"titre": "Un titre", "texte": "x" * 4_001}, "texte"),
        ({"titre": "Accord", "texte": "Le même titre."}, "titre"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_kept_on_the_page(reseau, adele, given, field):
    keep(reseau)
    response = client_of(adele).post(url(reseau), given)
    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert given["texte"][:50] in response.content.decode()
    assert kept() == [("Accord", "Notez l’accord.")]


def test_their_number_is_limited(reseau, adele):
    StockRemark.objects.bulk_create(StockRemark(network=reseau, title=f"Titre {n}", body="Texte.") for n in range(STOCK_REMARKS))
    response = client_of(adele).post(url(reseau), {"titre": "Une de trop", "texte": "Un texte."})
    assert (response.status_code, StockRemark.objects.count()) == (422, STOCK_REMARKS)


def test_a_colleague_who_changed_it_first_is_not_overwritten(reseau, adele, thomas):
    found = keep(reseau)
    before = client_of(adele).get(url(reseau, "stock_remark", found.pk)).context["before"]
    his = {"avant": before, "titre": "Accord", "texte": "De Thomas."}
    assert client_of(thomas).post(url(reseau, "stock_remark", found.pk), his).status_code == 302
    response = client_of(adele).post(url(reseau, "stock_remark", found.pk), his | {"texte": "D’Adèle."})
    assert (response.status_code, kept()) == (409, [("Accord", "De Thomas.")])
    body = response.content.decode()
    assert ("De Thomas." in body, "D’Adèle." in body) == (True, True)


def test_the_review_screen_asks_for_the_text_alone(reseau, adele):
    found = keep(reseau, body="<b>Notez</b>")
    response = client_of(adele).get(url(reseau, "stock_remark", found.pk), headers=HTMX)
    assert (response.content.decode(), response.headers["Content-Type"]) == ("<b>Notez</b>", "text/plain; charset=utf-8")


def test_a_remark_of_another_network_is_not_found(reseau, adele, lea):
    foreign = keep(make_network("Ailleurs", advisor=make_user("paule@ailleurs.fr")))
    client = client_of(adele)
    for name in ("stock_remark", "stock_remark_delete"):
        assert client.post(url(reseau, name, foreign.pk), {"titre": "x", "texte": "y"}).status_code == 404
    assert client_of(lea).get(url(reseau)).status_code == 404
    assert kept() == [("Accord", "Notez l’accord.")]
