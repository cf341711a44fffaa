"""Hostile and clumsy files: refused where they go wrong, in French, and nothing is built from them."""

import copy
import re
import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from certif import limits
from referentiel import exchange
from referentiel.content import read_content
from referentiel.models import Edition
from tests.factories import make_edition
from tests.files import archive

pytestmark = pytest.mark.slow

FILE = "fichier"


def said(data: bytes, name: str = "norme.yaml") -> list[str]:
    parsed = exchange.parse(data, name)
    assert parsed.document is None
    return [str(problem) for problem in parsed.problems]


@pytest.fixture
def content(db):
    return read_content(make_edition("ESSAI-X").pk)


# --- YAML and JSON that do more than say -----------------------------------------------------------


def merge_bomb() -> bytes:
    """Each map merges nine times the one before: 10⁸ fields from a few lines."""
    lines = ["a0: &a0 {x: 1}"]
    lines += [f"a{n}: &a{n}\n  <<: [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    return "\n".join(lines).encode()


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (merge_bomb(), "ligne 1 : les ancres (&a0) ne sont pas admises."),
        (b"a: 1\nb: *a\n", "ligne 2 : les renvois (*a) ne sont pas admis."),
        (b"a:\n  b: 1\n  <<: {c: 2}\n", "ligne 3 : les fusions (<<) ne sont pas admises."),
        (b"a: &x\n  b: *x\n", "ligne 1 : les ancres (&x) ne sont pas admises."),
        (b"a: !!python/object/apply:os.system ['id']\n", None),
        (b"a: !monobjet 1\n", "ligne 1 : les étiquettes de type (!monobjet) ne sont pas admises."),
        (b"!!map\na: 1\n", "ligne 1 : les étiquettes de type (tag:yaml.org,2002:map) ne sont pas admises."),
        (b"%YAML 1.1\n---\na: 1\n", "ligne 1 : les directives (%) ne sont pas admises."),
        (b"a: 1\n---\nb: 2\n", "ligne 2 : un seul document par fichier."),
        (b"? [a, b]\n: 1\n", "ligne 1 : le nom d’un champ est un mot."),
        (b"a: 1\nb:\n  c: 2\n  d: 3\n  c: 4\n", "ligne 5 : le champ « c » est donné deux fois (déjà ligne 3)."),
        (b"a: 1\n  b: : 2\n", "ligne 2 : ce n’est pas du YAML lisible : vérifiez le retrait, les deux-points et les guillemets."),
        (b"", "ligne 1 : le fichier est vide."),
        (b"# rien\n", "ligne 1 : le fichier est vide."),
        (b"- a\n- b\n", "ligne 1 : « document » doit être un ensemble de champs."),
        (b"[" * 100_000, "ligne 1 : trop de niveaux emboîtés."),
        (b"a:\n" + b"- x\n" * 50_000, "ligne 40000 : plus de 40\u202f000 valeurs : c’est trop."),
    ],
)  # fmt: skip
def test_yaml_that_is_too_clever(text, refusal):
    expected = refusal or (
        "ligne 1 : les étiquettes de type (tag:yaml.org,2002:python/object/apply:os) ne sont pas admises."
    )
    assert said(text) == [expected]


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (b'{"a": 1,\n "b": {"c": 1,\n "c": 2}}', "ligne 3 : le champ « c » est donné deux fois (déjà ligne 2)."),
        (b'{"a": NaN}', "ligne 1 : une valeur est attendue ici."),
        (b'{"a": Infinity}', "ligne 1 : une valeur est attendue ici."),
        (b'{"a": 1,\n}', "ligne 2 : un nom de champ entre guillemets est attendu ici."),
        (b'{"a": 1\n "b": 2}', "ligne 2 : virgule ou « } » attendu ici."),
        (b'{"a":\n "b', "ligne 2 : ce texte entre guillemets est mal écrit ou n’est pas refermé."),
        (b'{"a": "x\\u0000"} {', "ligne 1 : il reste du texte après la fin du document."),
        (b'{"a": ' * 100_000, "ligne 1 : trop de niveaux emboîtés."),
        (b"{" + b'"a' * 10, "ligne 1 : deux-points attendus après le nom du champ."),
        (b'{"a": [' + b"1," * 100_000, "ligne 1 : plus de 40 000 valeurs : c’est trop."),
    ],
)  # fmt: skip
def test_json_that_is_not_right(text, refusal):
    assert said(text, "norme.json") == [refusal.replace("40 000", "40\u202f000")]


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        ("a: é".encode("utf-16"), "ligne 1 : le fichier est en UTF-16 ou n’est pas un texte : enregistrez-le en UTF-8."),
        ("a: é".encode("utf-16-be"), "ligne 1 : le fichier est en UTF-16 ou n’est pas un texte : enregistrez-le en UTF-8."),
        (
            "a: un\nb: été\n".encode("latin-1"),
            "ligne 2 : un caractère n’est pas en UTF-8 (fichier en Latin-1 ou Windows-1252 ?) : enregistrez-le en UTF-8.",
        ),
        (b"a: 1\nb: \x07\n", "ligne 2 : caractère invisible ou interdit (U+0007)."),
        ("a: 1\r\nb: \u202e\r\n".encode(), "ligne 2 : caractère invisible ou interdit (U+202E)."),
        (
            b"a: " + b"x" * limits.NORM_IMPORT_BYTES,
            "fichier : il pèse 1\u202f048\u202f579 octets : la limite est de 1\u202f048\u202f576 octets (1 Mio).",
        ),
        (b"x" * 2_000_000, "fichier : il pèse 2\u202f000\u202f000 octets : la limite est de 1\u202f048\u202f576 octets (1 Mio)."),
    ],
)  # fmt: skip
def test_bytes_that_are_not_a_readable_text(data, refusal):
    assert said(data) == [refusal]


def test_a_byte_order_mark_and_windows_line_ends_are_welcome(content):
    for kind in ("json", "yaml"):
        data = b"\xef\xbb\xbf" + exchange.export(content, kind).replace(b"\n", b"\r\n")
        parsed = exchange.parse(data, f"norme.{kind}")
        assert (parsed.problems, parsed.document) == ([], exchange.canonical(content))


# --- What a document gets wrong -------------------------------------------------------------------------


def criterion(document: dict, number: int = 0, chapter: int = 1) -> dict:
    return document["chapitres"][chapter]["criteres"][number]


CASES: list[tuple[Callable[[dict], object], str]] = [
    (lambda d: criterion(d).update(poids=7), "« poids » doit être un nombre entier, 1 ou 2 ou 3."),
    (lambda d: criterion(d).update(poids="lourd"), "« poids » doit être un nombre entier, 1 ou 2 ou 3."),
    (lambda d: criterion(d).update(poids=True), "« poids » doit être un nombre entier, 1 ou 2 ou 3."),
    (lambda d: criterion(d)["non_concerne"].update(autorise=True), "un critère bloquant n’admet pas « non concerné »."),
    (lambda d: criterion(d).update(registres=["REG-9"]), "le registre « REG-9 » n’est pas dans l’édition."),
    (lambda d: criterion(d).update(registres=["REG-1", "REG-1"]), "le registre « REG-1 » est cité deux fois."),
    (lambda d: criterion(d)["niveaux"][0].update(valeur=9), "le niveau 9 n’est pas dans l’échelle."),
    (lambda d: criterion(d)["niveaux"][0].update(valeur=1), "le niveau « 1 » est déjà pris"),
    (lambda d: criterion(d)["actions_types"][0].update(niveau_vise=9), "le niveau 9 n’est pas dans l’échelle."),
    (lambda d: criterion(d)["actions_types"][0].update(charge_jours="bientôt"), "« charge_jours » est un nombre de jours, par exemple 1.5."),
    (lambda d: criterion(d)["actions_types"][0].update(charge_jours="0"), "« charge_jours » est un nombre de jours, par exemple 1.5."),
    (lambda d: criterion(d).update(criticite="grave"), "« criticite » ne peut pas valoir « grave » : choisissez parmi bloquant, majeur, mineur."),
    (lambda d: criterion(d).update(enonce="cloche\x07"), "« enonce » contient un caractère invisible ou interdit (U+0007)."),
    (lambda d: criterion(d).update(enonce="\u202egauche"), "caractère invisible ou interdit (U+202E)."),
    (lambda d: criterion(d).update(enonce="a" + "\u0335" * 9), "« enonce » contient un caractère invisible ou interdit (U+0335)."),
    (lambda d: criterion(d).update(enonce="a" * 4_001), "« enonce » compte 4\u202f001 caractères : la limite est de 4\u202f000."),
    (lambda d: criterion(d).update(titre=""), "« titre » manque."),
    (lambda d: criterion(d).update(titre="un\ndeux"), "« titre » tient sur une seule ligne."),
    (lambda d: criterion(d).update(titre=["un"]), "« titre » doit être un texte."),
    (lambda d: criterion(d).update(code=1), "« code » n’est pas lu comme un texte (1) : mettez-le entre guillemets."),
    (lambda d: criterion(d).update(code="A 1"), "le code « A 1 » ne peut contenir ni espace ni barre oblique."),
    (lambda d: criterion(d).update(code="../x"), "le code « ../x » ne peut contenir ni espace ni barre oblique."),
    (lambda d: criterion(d).update(cle="pas une clé"), "« pas une clé » n’est pas une clé stable : reprenez celle de l’export, ou laissez vide."),
    (lambda d: criterion(d).update(questions="une"), "« questions » doit être une liste."),
    (lambda d: criterion(d).update(questions=["?"] * 31), "« questions » compte plus de 30 lignes."),
    (lambda d: criterion(d).update(pois=1), "le champ « pois » est inconnu ici (« poids » ?)."),
    (lambda d: criterion(d, 1).update(code="deo-01"), "le code de critère « deo-01 » est déjà pris"),
    (lambda d: criterion(d, 1).update(cle=criterion(d)["cle"]), "la clé de critère « {cle} » est déjà pris"),
    (lambda d: d["chapitres"][2].update(code="DEO"), "le code de chapitre « DEO » est déjà pris"),
    (lambda d: d["registres"][2].update(code="REG-1"), "le code de registre « REG-1 » est déjà pris"),
    (lambda d: d["echelle"][2].update(valeur=1), "le niveau « 1 » est déjà pris"),
    (lambda d: d["regles"]["constats"]["mineur"].update({"7": "conforme"}), "le niveau 7 n’est pas dans l’échelle."),
    (lambda d: d["regles"]["constats"]["mineur"].update({"2": "bof"}), "« mineur.2 » ne peut pas valoir « bof »"),
    (lambda d: d["regles"]["constats"]["mineur"].update({"4": "point sensible"}), "Criticité « mineur » : un niveau plus haut donne un constat plus grave."),
    (lambda d: d["regles"]["constats"].update(enorme={}), "le champ « enorme » est inconnu ici."),
    (lambda d: d["regles"]["seuils"].update(mineures_max="deux"), "« seuils.mineures_max » doit être un nombre entier, de 0 à 1000."),
    (lambda d: d["regles"]["seuils"].update(niveau_preuve_min=8), "le niveau 8 n’est pas dans l’échelle."),
    (lambda d: d["regles"]["registres"].update(critere="PER-99"), "le critère « PER-99 » n’est pas dans l’édition."),
    (lambda d: d["regles"]["chemin"].update(jours_par_preuve="tôt"), "« chemin.jours_par_preuve » est un nombre de jours, par exemple 0.5."),
    (lambda d: d["eligibilite"]["questions"].append(d["eligibilite"]["questions"][0]), "le code de question « ELI-01 » est déjà pris"),
    (lambda d: d["eligibilite"]["questions"][0].update(reponses=[]), "une question propose au moins une réponse."),
    (lambda d: d["cycle"]["ancres"].extend(anchors("a>b", "b>a")), "l’ancre « a » dépend d’elle-même."),
    (lambda d: d["cycle"]["ancres"].extend(anchors("a>c")), "l’ancre « c » n’existe pas."),
    (lambda d: d["cycle"]["ancres"].extend(anchors("a>", "b>")), "une seule ancre ne dépend d’aucune autre."),
    (lambda d: d["edition"].update(code="comparer"), "le code « comparer » est réservé : choisissez-en un autre."),
    (lambda d: d.update(format="autre/1"), "ce fichier n’est pas au format « certif-norme/1 »."),
    (lambda d: d.update(chapitres=[1]), "« chapitres, n° 1 » doit être un ensemble de champs."),
    (lambda d: d.pop("edition"), "« edition.code » manque."),
]  # fmt: skip


def anchors(*arrows: str) -> list[dict]:
    return [
        {
            "code": code,
            "libelle": code,
            "definition": "",
            "par_defaut": {"ancre": origin, "decalage": "+P1Y"} if origin else None,
        }
        for code, _arrow, origin in (arrow.partition(">") for arrow in arrows)
    ]


# Said at another line than the change: where a code comes again, where a table or a chain starts.
SAID_ELSEWHERE = {"déjà", "l’ancre", "ancre", "constat"}


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.parametrize(("spoil", "expected"), CASES)
def test_what_is_wrong_is_named_with_its_line(content, spoil, expected):
    document = copy.deepcopy(exchange.canonical(content))
    whole, key = exchange.FORMATS["json"].dump(document).decode().split("\n"), criterion(document)["cle"]
    spoil(document)
    data = exchange.FORMATS["json"].dump(document)
    spoiled = data.decode().split("\n")
    expected = plain(expected.replace("{cle}", key))
    found = [each.split(" : ", 1) for each in map(plain, said(data, "norme.json"))]
    numbers = [int(line.removeprefix("ligne ")) for line, sentence in found if sentence.startswith(expected)]
    assert numbers
    if len(spoiled) == len(whole) and not SAID_ELSEWHERE & set(expected.split()):
        first = next(place for place, (a, b) in enumerate(zip(whole, spoiled, strict=True), 1) if a != b)
        assert abs(numbers[0] - first) <= 1


def test_every_error_is_said_at_once_up_to_what_a_person_reads(content):
    document = copy.deepcopy(exchange.canonical(content))
    for chapter in document["chapitres"]:
        for each in chapter["criteres"]:
            each["poids"] = 7
    assert len(said(exchange.FORMATS["yaml"].dump(document))) == 8
    document["registres"] = [{"inconnu": 1}] * 60
    problems = said(exchange.FORMATS["yaml"].dump(document))
    assert (len(problems), problems[-1]) == (51, "suite : 139 autres erreurs après celles-ci.")


def test_html_stays_a_text(content):
    document = copy.deepcopy(exchange.canonical(content))
    criterion(document)["enonce"] = "<script>alert(1)</script> & <b>gras</b>"
    for kind in exchange.FORMATS:
        parsed = exchange.parse(exchange.FORMATS[kind].dump(document), f"norme.{kind}")
        assert criterion(parsed.document)["enonce"] == "<script>alert(1)</script> & <b>gras</b>"


def test_one_element_too_many(content):
    """Descriptors are texts of their criterion: they do not count."""
    document = copy.deepcopy(exchange.canonical(content))
    document["chapitres"][0]["criteres"][0]["niveaux"] *= 500
    document |= {"registres": [{"code": f"R{number}"} for number in range(2_001)]}
    text = exchange.FORMATS["yaml"].dump(document).decode()
    line = text[: text.index("R1991")].count("\n") + 1
    assert said(text.encode()) == [f"ligne {line} : plus de 2\u202f000 éléments : c’est trop pour une édition."]


@pytest.mark.parametrize("written", ["1.10", "110", "1.0e+3", "2026-01-01", "yes", "0x10", "1:30", "true", "1_000"])
def test_a_bare_number_is_not_a_code(content, written):
    text = exchange.export(content, "yaml").decode().replace('code: "DEO-01"', f"code: {written}")
    line = text[: text.index(f"code: {written}\n")].count("\n") + 1
    expected = f"ligne {line} : « code » doit être un texte." if written == "true" else (
        f"ligne {line} : « code » n’est pas lu comme un texte ({written}) : mettez-le entre guillemets."
    )  # fmt: skip
    assert said(text.encode()) == [expected]


# --- Workbooks ------------------------------------------------------------------------------------------


def changed(content, change: Callable[[Workbook], object]) -> bytes:
    book = load_workbook(BytesIO(exchange.export(content, "xlsx")))
    change(book)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def put(sheet: str, cell: str, value) -> Callable[[Workbook], object]:
    def change(book: Workbook) -> None:
        book[sheet][cell].value = value

    return change


def hide(book: Workbook) -> None:
    book["Critères"].row_dimensions[3].hidden = True


def hide_sheet(book: Workbook) -> None:
    book["Niveaux"].sheet_state = "hidden"


WORKBOOKS = [
    (put("Critères", "D4", "=1+1"), "Critères!D4 : cette cellule contient une formule : remplacez-la par sa valeur."),
    (put("Critères", "C4", 1.1), "Critères!C4 : « code » n’est pas lu comme un texte (1.1) : mettez la cellule au format Texte, puis retapez-la."),
    (put("Critères", "I4", 7), "Critères!I4 : « poids » doit être un nombre entier, 1 ou 2 ou 3."),
    (put("Critères", "M2", "Oui"), "Critères!M2 : un critère bloquant n’admet pas « non concerné »."),
    (put("Critères", "O2", "REG-1\nREG-9"), "Critères!O2 : le registre « REG-9 » n’est pas dans l’édition."),
    (put("Critères", "C3", "PER-01"), "Critères!C3 : le code de critère « PER-01 » est déjà pris (Critères!C2)."),
    (put("Critères", "A2", "XXX"), "Critères!A2 : chapitre inconnu : « XXX » n’est pas dans la feuille « Chapitres »."),
    (put("Descripteurs", "A3", None), "Descripteurs!A3 : critère inconnu : cette case est vide."),
    (put("Descripteurs", "B3", 9), "Descripteurs!B3 : le niveau 9 n’est pas dans l’échelle."),
    (put("Actions types", "E2", "bientôt"), "Actions types!E2 : « charge_jours » est un nombre de jours, par exemple 1.5."),
    (put("Critères", "G1", "Gravité"), "Critères!G1 : la colonne « Gravité » n’est pas attendue ici."),
    (put("Critères", "G1", None), "Critères : il manque la colonne « Criticité »."),
    (put("Critères", "G1", "Code"), "Critères!G1 : la colonne « Code » est là deux fois."),
    (put("Édition et règles", "B2", "cod[e"), "Édition et règles!B2 : ce champ n’est pas nommé comme à l’export."),
    (put("Édition et règles", "B3", "code"), "Édition et règles!D3 : le champ « code » est donné deux fois, ou contredit un autre."),
    (lambda book: book["Critères"].merge_cells("D4:E4"), "Critères!D4 : cette cellule est fusionnée avec d’autres : défusionnez-les."),
    (hide, "Critères!A3 : cette ligne est masquée : affichez-la (ou ôtez le filtre), ou supprimez-la."),
    (hide_sheet, "Niveaux : cette feuille est masquée : affichez-la ou supprimez-la."),
    (lambda book: book.remove(book["Niveaux"]), "fichier : il manque la feuille « Niveaux »."),
    (lambda book: book.create_sheet("Feuil1"), "Feuil1 : cette feuille n’est pas attendue : supprimez-la ou rendez-lui son nom."),
    (put("Critères", "D4", "#N/A"), "Critères!D4 : cette cellule contient une erreur ou une date : retapez sa valeur en texte."),
]  # fmt: skip


@pytest.mark.parametrize(("change", "refusal"), WORKBOOKS)
def test_a_workbook_is_refused_at_its_cell(content, change, refusal):
    assert refusal in said(changed(content, change), "norme.xlsx")


def rezipped(data: bytes, *more: tuple[str, bytes], **replaced: Callable[[bytes], bytes]) -> bytes:
    """The same workbook with parts added, or changed (named by the end of their path)."""
    with zipfile.ZipFile(BytesIO(data)) as book:
        parts = [(name, book.read(name)) for name in book.namelist()]
    parts = [
        (name, next((change(body) for end, change in replaced.items() if end in name.replace(".", "_")), body))
        for name, body in parts
    ]
    return archive(*parts, *more)


LAUGHS = b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("more", "replaced", "refusal"),
    [
        ([("xl/vbaProject.bin", b"x")], {}, "ce classeur contient des macros : enregistrez-le en .xlsx simple."),
        ([], {"Content_Types": lambda part: part.replace(b"sheet.main", b"sheet.macroEnabled.main")}, "ce classeur contient des macros : enregistrez-le en .xlsx simple."),
        ([("xl/externalLinks/externalLink1.xml", b"<x/>")], {}, "ce classeur contient des liens vers d’autres classeurs : enregistrez-le en .xlsx simple."),
        ([("xl/connections.xml", b"<x/>")], {}, "ce classeur contient des connexions à des données : enregistrez-le en .xlsx simple."),
        ([("xl/embeddings/oleObject1.bin", b"x")], {}, "ce classeur contient des objets incorporés : enregistrez-le en .xlsx simple."),
        ([], {"workbook_xml_rels": lambda part: part.replace(b"</Relationships>", b'<Relationship Id="x" Type="http://x/image" Target="http://exemple.fr" TargetMode="External"/></Relationships>')}, "ce classeur contient des liens vers l’extérieur."),
        ([], {"xl/workbook_xml": lambda part: LAUGHS + part}, "la partie xl/workbook.xml du classeur est abîmée ou contient ce qui n’a rien à y faire."),
        ([], {"sheet3_xml": lambda part: part[:-20]}, "la partie xl/worksheets/sheet3.xml du classeur est abîmée ou contient ce qui n’a rien à y faire."),
        ([("bombe.xml", b"0" * 5_000_000)], {}, "ce classeur est comprimé au-delà du raisonnable."),
        ([("a.xml", b"0" * 9_000_000)], {}, "ce classeur est démesuré une fois décompressé."),
        ([(f"{n}.xml", b"x") for n in range(250)], {}, "ce classeur contient trop de fichiers, ou deux fois le même."),
    ],
)  # fmt: skip
def test_a_workbook_that_is_alive_or_a_bomb(content, more, replaced, refusal):
    assert said(rezipped(exchange.export(content, "xlsx"), *more, **replaced), "norme.xlsx") == [f"{FILE} : {refusal}"]


@pytest.mark.parametrize(
    ("data", "name", "refusal"),
    [
        (b"PK\x03\x04 rien", "norme.xlsx", "ce n’est pas un classeur .xlsx lisible."),
        (b"du texte", "norme.xlsx", "ce n’est pas un classeur .xlsx lisible."),
        (archive(("mimetype", b"application/vnd.oasis.opendocument.spreadsheet")), "norme.ods", "ce n’est pas un classeur .xlsx lisible."),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "norme.xls", "classeur protégé par un mot de passe ou à l’ancien format .xls : enregistrez-le en .xlsx, sans mot de passe."),
    ],
)  # fmt: skip
def test_what_is_not_a_workbook(data, name, refusal):
    assert said(data, name) == [f"{FILE} : {refusal}"]


def test_columns_may_change_places(content):
    data = changed(content, lambda book: book["Chapitres"].move_range("C1:C4", cols=10))
    assert exchange.parse(data, "norme.xlsx").document == exchange.parse(exchange.export(content, "xlsx")).document


SHARED = """<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><r><t xml:space="preserve">Périmètre </t></r>
<r><rPr><b/></rPr><t>repris_x000A_ici</t></r><rPh sb="0" eb="1"><t>prononcé</t></rPh></si></sst>"""
SHARED_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"


def test_texts_as_spreadsheets_save_them(content):
    """Shared between cells, in several runs, with their pronunciation beside them; an address turned into a link."""
    link = b'<Relationships><Relationship Id="h" Type="http://x/hyperlink" Target="https://exemple.fr" TargetMode="External"/></Relationships>'
    shared = f'<Relationship Id="s" Type="{SHARED_KIND}" Target="sharedStrings.xml"/></Relationships>'.encode()
    data = rezipped(
        exchange.export(content, "xlsx"),
        ("xl/sharedStrings.xml", SHARED.encode()),
        ("xl/worksheets/_rels/sheet5.xml.rels", link),
        workbook_xml_rels=lambda part: part.replace(b"</Relationships>", shared),
        sheet5_xml=lambda part: re.sub(
            rb'(<c r="F2"[^>]*) t="inlineStr"><is>.*?</is>', rb'\1 t="s"><v>0</v>', part, count=1
        ),
    )
    parsed = exchange.parse(data, "norme.xlsx")
    assert parsed.problems == []
    assert parsed.document["chapitres"][0]["presentation"] == "Périmètre repris\nici"


WORST = {
    "fusions": (merge_bomb, "n.yaml"),
    "crochets": (lambda: b"[" * 1_000_000, "n.yaml"),
    "accolades": (lambda: b"{" * 1_000_000, "n.json"),
    "ancres": (lambda: b"a: &a [" + b"*a," * 300_000 + b"]", "n.yaml"),
    "tirets": (lambda: b"- " * 500_000, "n.yaml"),
    "lignes": (lambda: b"a:\n" + b"- x\n" * 250_000, "n.yaml"),
    "texte": (lambda: b'a: "' + b"x" * 1_000_000 + b'"', "n.yaml"),
    "guillemets": (lambda: b'{"a": "' + b"\\u00e9" * 170_000 + b'"}', "n.json"),
    "marques": (lambda: b"a: " + "e\u0301\u0301\u0301\u0301".encode() * 110_000, "n.yaml"),
    "noms": (lambda: b"\n".join(b"a%d: 1" % n for n in range(90_000)), "n.yaml"),
    "cellules": (lambda: archive(("[Content_Types].xml", b"<T>" + b"<c/>" * 1_900_000 + b"</T>")), "n.xlsx"),
}


@pytest.mark.parametrize("case", WORST)
def test_the_worst_files_are_refused(case):
    make, name = WORST[case]
    assert 0 < len(said(make()[: limits.NORM_IMPORT_BYTES], name)) <= limits.NORM_IMPORT_PROBLEMS


def test_reading_writes_nothing(content):
    before = list(Edition.objects.values_list("code", flat=True))
    for spoil, _expected in CASES[:3]:
        document = copy.deepcopy(exchange.canonical(content))
        spoil(document)
        said(exchange.FORMATS["yaml"].dump(document))
    assert list(Edition.objects.values_list("code", flat=True)) == before
