# SPDX-License-Identifier: Apache-2.0
"""#include lines against the layering table of the root CMakeLists.txt."""

import re

_CALL = re.compile(r"^(weir_may_use|weir_third_party)\(([^)]*)\)", re.MULTILINE)
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.MULTILINE)

# Of the operating system and the C library: no library to own.
_SYSTEM = ("sys/", "arpa/", "net/", "netinet/", "linux/", "bits/", "asm/")
# Of the test and benchmark frameworks: only where tests and benchmarks are.
_TEST_HEADERS = ("gtest/", "gmock/", "benchmark/")
# These may include everything; nothing may include them.
_OUTSIDE = ("tests", "bench", "deploy")


class Table:
    """The edges and the owners of libraries, as the configure step has them."""

    def __init__(self, cmake_text):
        self.edges = {}
        self.libraries = []  # (name, header prefixes, owners)
        for kind, arguments in _CALL.findall(re.sub(r"#[^\n]*", "", cmake_text)):
            words = arguments.split()
            if kind == "weir_may_use":
                self.edges[words[0]] = set(words[1:])
            else:
                headers, owners = words.index("HEADERS"), words.index("OWNERS")
                self.libraries.append((words[0], tuple(words[headers + 1:owners]), set(words[owners + 1:])))

    def layer_of(self, path):
        """The target of the folder that holds the file, or None."""
        parts = path.split("/")
        for length in (2, 1):
            name = "_".join(parts[:length])
            if len(parts) > length and name in self.edges:
                return name
        return None

    def library_of(self, header):
        for name, prefixes, owners in self.libraries:
            if header.startswith(prefixes):
                return name, owners
        return None


def check_includes(path, text, table):
    """Findings as (line, what) of one C++ file."""
    findings = []
    for match in _INCLUDE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        if match.group(1) == '"':
            what = _wrong_edge(path, match.group(2), table)
        else:
            what = _wrong_library(path, match.group(2), table)
        if what:
            findings.append((line, what))
    return findings


def _wrong_edge(path, header, table):
    top, header_top = path.split("/")[0], header.split("/")[0]
    if "/" not in header:
        return f'"{header}": include from the root of the repository'
    if header_top in _OUTSIDE:
        return None if top in _OUTSIDE else f"nothing may include {header_top}/, and {path} includes {header}"
    if top in _OUTSIDE:
        return None
    layer, used = table.layer_of(path), table.layer_of(header)
    if layer is None:
        return f"{path} belongs to no target of the layering table"
    if used is None:
        return f'"{header}" belongs to no target of the layering table'
    if used == layer or used in table.edges[layer] or "*" in table.edges[layer]:
        return None
    return f"{layer} may not use {used}: \"{header}\" (layering table in the root CMakeLists.txt)"


def _wrong_library(path, header, table):
    outside = path.split("/")[0] in _OUTSIDE
    found = table.library_of(header)
    if found:
        name, owners = found
        if outside or "*" in owners or table.layer_of(path) in owners:
            return None
        return f"<{header}> is of the library {name}, which belongs to {', '.join(sorted(owners))}"
    if header.startswith(_TEST_HEADERS):
        return None if outside else f"<{header}> is for tests and benchmarks"
    if "/" in header and not header.startswith(_SYSTEM):
        return f"<{header}> is of a library that is not in the table: add a weir_third_party line"
    return None
