# SPDX-License-Identifier: Apache-2.0
"""A type has one definition in the program: two of one name link without a word, and destroy each other's objects."""

import collections
import re

NAMESPACE = re.compile(r"^(?:inline )?namespace ([\w:]*)\s*\{")
END = re.compile(r"^\}\s*// namespace")
TYPE = re.compile(r"^(?:struct|class|enum class|enum)\s+(?:\[\[\w+\]\]\s+)?(\w+)\s*(?:final\s*)?(?::[^:;][^;]*)?\{")


def types_of(text):
    """(line, qualified name) of each type that is defined in a named namespace."""
    found, spaces = [], []
    for number, line in enumerate(text.splitlines(), 1):
        opened, defined = NAMESPACE.match(line), TYPE.match(line)
        if opened:
            spaces.append(opened.group(1))
        elif END.match(line) and spaces:
            spaces.pop()
        elif defined and spaces and "" not in spaces:
            found.append((number, "::".join([*spaces, defined.group(1)])))
    return found


def defined_twice(types_by_path):
    """Findings as text lines, from {path: types_of(its text)}. Tests are programs of their own and not looked at."""
    places = collections.defaultdict(list)
    for path, types in types_by_path.items():
        if not path.startswith("tests/"):
            for line, name in types:
                places[name].append(f"{path}:{line}")
    return [f"{where[1]}: {name} is defined in {where[0]}, too" for name, where in sorted(places.items())
            if len(where) > 1]
