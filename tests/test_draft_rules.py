"""The scale and the rules on screen: the effect is shown before anything is saved, and saved as it was shown."""

import pytest
from django.urls import reverse

from referentiel.content import read_content
from referentiel.forms.rules import flat
from referentiel.sample import effects
from tests.drafts import sent
from tests.people import client_of


def rules_form(draft, client, **changes):
    data = flat(read_content(draft.pk))
    data["version"] = client.get(address(draft)).context["version"]
    for name, value in changes.items():
        data[name.replace("__", "-")] = value
    return sent(data)


def address(draft) -> str:
    return reverse("draft_rules", args=[draft.code])


def test_nothing_is_saved_before_the_effect_is_seen(draft, ines):
    client = client_of(ines)
    form = rules_form(draft, client, mineures_max="0")
    seen = client.post(address(draft), form)
    assert read_content(draft.pk).rules["seuils"]["mineures_max"] == 2
    assert [effect.name for effect in seen.context["effects"]] == [
        "Une équipe qui commence", "Une équipe en chemin", "Une équipe presque prête",
    ]  # fmt: skip
    saved = client.post(address(draft), form | {"vu": seen.context["seen"]})
    assert saved.url == reverse("draft", args=[draft.code])
    assert read_content(draft.pk).rules["seuils"]["mineures_max"] == 0


def test_what_changed_since_it_was_seen_is_shown_again(draft, ines):
    client = client_of(ines)
    seen = client.post(address(draft), rules_form(draft, client, mineures_max="0")).context["seen"]
    response = client.post(address(draft), rules_form(draft, client, mineures_max="9") | {"vu": seen})
    assert (response.status_code, response.context["seen"] != seen) == (200, True)
    assert read_content(draft.pk).rules["seuils"]["mineures_max"] == 2


def test_saved_unchanged_the_rules_are_the_same(draft, ines):
    client, before = client_of(ines), read_content(draft.pk)
    form = rules_form(draft, client)
    client.post(address(draft), form | {"vu": client.post(address(draft), form).context["seen"]})
    after = read_content(draft.pk)
    assert (after.rules, after.levels) == (before.rules, before.levels)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"constat__bloquant__3": "non-conformité majeure"}, "constat-bloquant-3"),
        ({"registres_min": "9"}, "registres_min"),
        ({"mineures_max": "beaucoup"}, "mineures_max"),
        ({"jours_par_preuve": "0"}, "jours_par_preuve"),
        ({"niveau__2__libelle": ""}, "niveau-2-libelle"),
    ],
)
def test_rules_that_make_no_sense_are_refused_beside_their_field(draft, ines, changes, field):
    client = client_of(ines)
    response = client.post(address(draft), rules_form(draft, client, **changes))
    assert (response.status_code, set(response.context["form"].errors)) == (422, {field})


def test_two_people_at_once(draft, ines):
    client = client_of(ines)
    form = rules_form(draft, client, mineures_max="0")
    late = rules_form(draft, client, mineures_max="5")
    client.post(address(draft), form | {"vu": client.post(address(draft), form).context["seen"]})
    seen = client.post(address(draft), late).context["seen"]
    response = client.post(address(draft), late | {"vu": seen})
    assert response.status_code == 409
    assert read_content(draft.pk).rules["seuils"]["mineures_max"] == 0
    again = client.post(address(draft), late | {"vu": seen, "version": response.context["current_version"]})
    assert (again.status_code, read_content(draft.pk).rules["seuils"]["mineures_max"]) == (302, 5)


def test_a_level_more_and_a_level_less(draft, ines):
    client = client_of(ines)
    more = client.post(address(draft), rules_form(draft, client, geste="ajouter:niveau")).context["form"]
    assert more.values_of_scale == [0, 1, 2, 3, 4, 5]
    form = rules_form(draft, client, geste="retirer:niveau")
    less = client.post(address(draft), form)
    assert less.context["form"].values_of_scale == [0, 1, 2, 3]
    kept = sent(less.context["form"].data) | {"geste": ""}
    seen = client.post(address(draft), kept)
    assert seen.context["lost"] == 8
    client.post(address(draft), kept | {"vu": seen.context["seen"]})
    content = read_content(draft.pk)
    assert [level.value for level in content.levels] == [0, 1, 2, 3]
    assert content.rules["constats"]["mineur"].keys() == {"0", "1", "2", "3"}


def test_a_stricter_threshold_changes_a_verdict(draft):
    content = read_content(draft.pk)
    rules = content.rules | {"registres": content.rules["registres"] | {"minimum": 8}}
    found = effects(content, range(5), rules)
    assert {each.after.result.verdict for each in found} == {"pas prêt"}
    assert found[2].before.result.verdict != "pas prêt"
