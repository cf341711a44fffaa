"""`python -m tests.bench.works NAME JSON`: runs the work of that name with those arguments, prints its figures as JSON."""

import json
import sys
from importlib import import_module

import django

django.setup()
print(json.dumps(import_module(f"tests.bench.works.{sys.argv[1]}").work(**json.loads(sys.argv[2]))))
