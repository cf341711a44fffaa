"""The floors of the house: each room imports only from the floors below it. The best table of contents there is."""

import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OURS = ("certif", "referentiel", "assessments")

STANDARD_LIBRARY_ONLY = 0
GROUND = 1

# (room, floor): the first name that matches a module, or a package that contains it, says its floor.
FLOORS = [
    ("certif.settings", 9),
    ("certif.urls", 9),
    ("certif.wsgi", 9),
    ("assessments.urls", 8),
    ("referentiel.urls", 8),
    ("certif.accounts.urls", 8),
    ("assessments.views", 7),
    ("assessments.templatetags", 7),
    ("referentiel.views", 7),
    ("certif.accounts.views", 7),
    ("assessments.forms", 6),
    ("referentiel.forms", 6),
    ("certif.accounts.forms", 6),
    ("assessments.admin", 6),
    ("referentiel.admin", 6),
    ("certif.accounts.admin", 6),
    ("certif.accounts.adapter", 6),
    ("assessments.management", 6),
    ("referentiel.management", 6),
    ("certif.accounts.management", 6),
    ("assessments.enums", GROUND),
    # a score is pure: it knows neither the database nor the clock
    ("assessments.scoring", STANDARD_LIBRARY_ONLY),
    ("assessments.priorities", STANDARD_LIBRARY_ONLY),
    ("assessments.canonical", STANDARD_LIBRARY_ONLY),
    ("assessments.consistency", STANDARD_LIBRARY_ONLY),
    ("assessments.merging", STANDARD_LIBRARY_ONLY),
    ("assessments.anonymity", STANDARD_LIBRARY_ONLY),
    ("assessments.chain", STANDARD_LIBRARY_ONLY),
    ("assessments.reports.charts", STANDARD_LIBRARY_ONLY),
    ("assessments.permissions", 4),
    ("assessments.models", 3),
    ("assessments.guards", GROUND),
    ("assessments.apps", GROUND),
    ("assessments", 5),  # the verbs: workflow, evidence, roadmap, exchange, reports…
    ("certif.accounts", 2),
    ("referentiel", 2),
    ("certif", GROUND),
]

# Rooms of floor 2 that must not know each other.
NEIGHBOURS = ("certif.accounts", "referentiel")

SIGNAL_WORDS = re.compile(r"\b(post_save|pre_save|post_delete|pre_delete|m2m_changed|@receiver)\b")


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def modules() -> dict[str, Path]:
    paths = [path for room in OURS for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts]
    return {module_name(path): path for path in sorted(paths)}


MODULES = modules()


def is_in(module: str, room: str) -> bool:
    return module == room or module.startswith(room + ".")


def floor_of(module: str) -> int:
    return next(floor for room, floor in FLOORS if is_in(module, room))


def imports_of(path: Path) -> set[str]:
    """Names of the modules a file imports, whatever the depth of the import."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} : relative import"
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                names.add(full if full in MODULES else node.module)
    return names


def ours(names: set[str]) -> set[str]:
    return {name for name in names if name.split(".")[0] in OURS}


@pytest.mark.parametrize("module", MODULES)
def test_imports_only_go_down(module):
    floor = floor_of(module)
    upward = {name for name in ours(imports_of(MODULES[module])) if floor_of(name) > floor}
    assert upward == set()


@pytest.mark.parametrize("module", [name for name in MODULES if floor_of(name) == STANDARD_LIBRARY_ONLY])
def test_pure_rooms_need_nothing_but_python(module):
    foreign = {
        name
        for name in imports_of(MODULES[module])
        if name.split(".")[0] not in sys.stdlib_module_names and floor_of_foreign(name) != STANDARD_LIBRARY_ONLY
    }
    assert foreign == set()


def floor_of_foreign(name: str) -> int | None:
    return floor_of(name) if name.split(".")[0] in OURS else None


def test_people_and_norm_do_not_know_each_other():
    met = {
        (module, name)
        for module, path in MODULES.items()
        for name in ours(imports_of(path))
        for room, other in (NEIGHBOURS, NEIGHBOURS[::-1])
        if is_in(module, room) and is_in(name, other)
    }
    assert met == set()


def test_the_ground_imports_no_app():
    """Except the pure rooms, which know no more than Python: a percentage is written in one place."""
    met = {
        (module, name)
        for module, path in MODULES.items()
        if is_in(module, "certif") and not is_in(module, "certif.accounts")
        for name in ours(imports_of(path))
        if floor_of(name) != STANDARD_LIBRARY_ONLY and (is_in(name, "certif.accounts") or not is_in(name, "certif"))
    }
    assert met == set()


def test_the_press_is_the_only_room_that_knows_weasyprint():
    knowing = {module for module, path in MODULES.items() if "weasyprint" in imports_of(path)}
    assert knowing <= {"certif.pdf"}


def test_there_is_no_import_cycle():
    graph = {module: ours(imports_of(path)) & set(MODULES) - {module} for module, path in MODULES.items()}
    seen: dict[str, bool] = {}
    cycles = []

    def visit(module: str, trail: tuple[str, ...]) -> None:
        if seen.get(module):
            return
        if module in trail:
            cycles.append((*trail[trail.index(module) :], module))
            return
        for name in sorted(graph[module]):
            visit(name, (*trail, module))
        seen[module] = True

    for module in graph:
        visit(module, ())
    assert cycles == []


def test_nothing_happens_behind_the_readers_back():
    """No signal, no save() or delete() of one's own."""
    found = []
    for module, path in MODULES.items():
        source = path.read_text()
        if SIGNAL_WORDS.search(source):
            found.append((module, "signal"))
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ClassDef) and "Form" not in node.name:
                found += [
                    (module, f"{node.name}.{method.name}")
                    for method in node.body
                    if isinstance(method, ast.FunctionDef) and method.name in ("save", "delete")
                ]
    assert found == []


@pytest.mark.parametrize("module", MODULES)
def test_each_module_opens_with_a_sentence(module):
    tree = ast.parse(MODULES[module].read_text())
    empty_package = MODULES[module].name == "__init__.py" and not tree.body
    assert empty_package or ast.get_docstring(tree)


def test_only_the_workflow_moves_a_dossier():
    """`status` is written by assessments.workflow and nobody else."""
    writers = set()
    for module, path in MODULES.items():
        for node in ast.walk(ast.parse(path.read_text())):
            targets = node.targets if isinstance(node, ast.Assign) else []
            if any(isinstance(target, ast.Attribute) and target.attr == "status" and is_dossier(target) for target in targets):
                writers.add(module)
    assert writers <= {"assessments.workflow"}


def is_dossier(target: ast.Attribute) -> bool:
    return isinstance(target.value, ast.Name) and target.value.id in ("assessment", "dossier")
