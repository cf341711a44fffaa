"""Makes a template of ours fail on an undefined variable, and leaves the templates of others alone."""

import inspect
from pathlib import Path

from django.template.base import FilterExpression, Node

TEMPLATES = str(Path(__file__).resolve().parent.parent / "templates")


class UndefinedVariable(Exception):
    pass


class FailIfOurs(str):
    """The engine's `string_if_invalid`: true only while a template of ours resolves an undefined variable.

    Django reads it as `if string_if_invalid: … "%s" in string_if_invalid … string_if_invalid % variable`.
    """

    def __new__(cls):
        return super().__new__(cls, "")

    def __bool__(self) -> bool:
        caller = inspect.currentframe().f_back
        return isinstance(caller.f_locals.get("self"), FilterExpression) and _template_in(caller).startswith(TEMPLATES)

    def __contains__(self, text: str) -> bool:
        return text == "%s"

    def __mod__(self, variable: object) -> str:
        raise UndefinedVariable(f"{variable} in {_template_in(inspect.currentframe().f_back)}")


def _template_in(frame) -> str:
    """Path of the template whose node is being rendered above `frame`."""
    while frame is not None:
        node = frame.f_locals.get("self")
        if isinstance(node, Node) and getattr(node, "origin", None) is not None:
            return str(node.origin.name)
        frame = frame.f_back
    return ""
