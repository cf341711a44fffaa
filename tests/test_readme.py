"""What the README and the documentation say exists: commands, settings, pictures, links, tests, names of the code."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from assessments.demo import stories

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
OURS = {"assessments", "referentiel", "certif.accounts"}
CAPTURE_BYTES = 200_000


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def section(title: str, text: str = README) -> str:
    return text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def first_cells(table: str) -> str:
    return "\n".join(re.findall(r"^\| (.+?) \|", table, re.MULTILINE))


def test_the_two_commands_come_first():
    top = README.splitlines()[:20]
    assert [line.split()[0] for line in top if line.startswith("./")] == ["./run", "./test"]
    assert (ROOT / "run").stat().st_mode & 0o111
    assert (ROOT / "test").stat().st_mode & 0o111


def test_the_commands_are_those_of_the_product():
    told = re.findall(r"`([a-z_]+)[ `]", first_cells(section("Commandes")))
    assert sorted(told) == sorted(name for name, room in get_commands().items() if room in OURS)


def test_the_settings_are_those_of_the_example():
    told = re.findall(r"`([A-Z_]+)`", first_cells(section("Réglages")))
    offered = re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert sorted(told) == sorted(offered)


def test_every_option_named_exists():
    """`--recommencer`, `--nettoyer`…: each belongs to the command of its line."""
    missing = []
    for line in section("Commandes").splitlines():
        if command := re.match(r"\| `([a-z_]+)", line):
            room = get_commands()[command[1]].replace(".", "/")
            source = (ROOT / room / "management" / "commands" / f"{command[1]}.py").read_text()
            missing += [
                (command[1], option) for option in re.findall(r"--[a-z-]+", line) if f'"{option}"' not in source
            ]
    assert missing == []


def test_every_capture_is_used_and_light():
    taken = {named(path) for path in (ROOT / "docs" / "captures").iterdir()}
    shown = set(re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README))
    assert shown == taken
    assert [name for name in taken if (ROOT / name).stat().st_size > CAPTURE_BYTES] == []


@pytest.mark.parametrize("document", PAGES, ids=named)
def test_links_lead_somewhere(document):
    targets = re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text())
    inside = [target for target in targets if "://" not in target]
    assert [target for target in inside if not (document.parent / target).exists()] == []


@pytest.mark.parametrize("document", PAGES, ids=named)
def test_files_named_exist(document):
    names = re.findall(r"`((?:certif|assessments|referentiel|tests|docs|templates|static)/[\w./-]*)`", document.read_text())
    assert [name for name in names if not (ROOT / name).exists()] == []


def test_the_tree_is_the_one_on_disk():
    """Each line of the tree names a folder or a file, two spaces in for what the line above holds."""
    missing, parent = [], ""
    for line in section("Où sont les choses").split("```")[1].strip().splitlines():
        name = line.split()[0]
        if not line.startswith(" "):
            parent = name
        elif not (ROOT / parent / name).exists():
            missing.append(parent + name)
        if not (ROOT / parent).exists():
            missing.append(parent)
    assert missing == []


def test_the_tour_uses_accounts_of_the_demonstration():
    tour = section("Le tour en cinq minutes")
    source = (ROOT / "assessments" / "demo" / "stories.py").read_text()
    people = {f"{name}@{stories.DOMAIN}" for name in re.findall(r'Person\(\s*"(\w+)"', source)}
    assert set(re.findall(r"`([\w.]+@[\w.]+)`", tour)) - people == set()
    assert f"`{stories.PASSWORD}`" in tour


def test_every_decision_is_in_the_index():
    folder = ROOT / "docs" / "decisions"
    index = re.findall(r"\| \[(\d{4})\]\(([^)]+)\) \| (.+) \|", (folder / "README.md").read_text())
    records = [(path.name[:4], path.name, path.read_text().splitlines()[0]) for path in sorted(folder.glob("0*.md"))]
    assert [(number, name, f"# {number} – {title}") for number, name, title in index] == records


def test_every_word_of_the_glossary_is_a_name_of_the_code():
    unknown = []
    for names, places in re.findall(
        r"^\| [^|]+ \| ([^|]+) \| ([^|]+) \|", (ROOT / "docs" / "glossaire.md").read_text(), re.MULTILINE
    ):
        source = "\n".join((ROOT / place).read_text() for place in re.findall(r"`([^`]+)`", places))
        unknown += [
            name
            for name in re.findall(r"`([^`]+)`", names)
            if not re.search(rf"^\s*(?:class |def )?{name}\b\s*[(:=]", source, re.MULTILINE)
        ]
    assert unknown == []
