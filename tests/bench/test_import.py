"""The worst files somebody may bring as an edition: how long the product works before it refuses them."""

import time

import pytest

from certif import limits
from referentiel import exchange
from tests.bench.table import milliseconds
from tests.test_exchange_refusals import WORST

pytestmark = pytest.mark.bench


def test_the_worst_files(table):
    spent = {}
    for case, (make, name) in WORST.items():
        data = make()[: limits.NORM_IMPORT_BYTES]
        start = time.process_time()
        assert exchange.parse(data, name).problems
        spent[case] = time.process_time() - start
    case = max(spent, key=spent.get)
    longest = spent[case]
    work = f"pire fichier d’édition refusé ({case}), processeur"
    table.add("import", work, milliseconds(longest), ratio=longest * 1000, target=1000, unit="ms")
