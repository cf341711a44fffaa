"""The houses that are measured and the table they fill; `./test bench` prints it once everything is measured."""

from collections.abc import Iterator

import pytest

from tests.bench.house import House, built
from tests.bench.table import Table
from tests.postgres import cluster

TABLE = pytest.StashKey[Table]()


def pytest_configure(config):
    config.stash[TABLE] = Table()


def pytest_terminal_summary(terminalreporter, config):
    table = config.stash[TABLE]
    if table.rows:
        terminalreporter.section("Mesures")
        for line in table.lines():
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def table(request) -> Table:
    return request.config.stash[TABLE]


@pytest.fixture(scope="session")
def house() -> Iterator[House]:
    """The product on SQLite, as `./run` leaves it."""
    with built() as house:
        yield house


@pytest.fixture(scope="session")
def house_on_postgres() -> Iterator[House]:
    with cluster() as url, built(url) as house:
        yield house
