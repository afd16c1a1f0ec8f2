#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the whole tree to the house rules; one line per finding, exit code 1 if there is any."""

import os
import sys

import layering
import one_definition
import rules

TOPS = ("config", "dialplan", "dataplane", "signaling", "forking", "bench", "tests", "deploy")
SKIPPED = {".git", "__pycache__", ".cache"}  # in a worktree of git, .git is a file
CPP = (".cpp", ".hpp")
SCRIPTS = (".py", ".sh")


def is_skipped(folder, top):
    return folder in SKIPPED or (top and folder.startswith("build"))


def files_of(root):
    """Every file of the tree, relative to it, without build folders."""
    found = []
    for folder, folders, names in os.walk(root):
        top = os.path.samefile(folder, root)
        folders[:] = sorted(name for name in folders if not is_skipped(name, top))
        found += [os.path.relpath(os.path.join(folder, name), root).replace(os.sep, "/") for name in sorted(names)
                  if name not in SKIPPED]
    return found


def read(root, path):
    """The text, or None for what is no text."""
    try:
        with open(os.path.join(root, path), encoding="utf-8") as file:
            return file.read()
    except (UnicodeDecodeError, OSError):
        return None


def is_script(path, text):
    return path.endswith(SCRIPTS) or text.startswith("#!")


def check_file(path, text, table):
    """Findings as (line, what)."""
    findings = rules.check_words(text)
    is_cmake = path.endswith((".cmake", "CMakeLists.txt"))
    if path.endswith(CPP):
        findings += layering.check_includes(path, text, table)
        findings += rules.check_cpp_functions(text)
        findings += rules.check_allocation(text)
    if path.endswith(".py"):
        findings += rules.check_python_functions(text)
    if path.endswith(CPP) or is_cmake or is_script(path, text):
        findings += rules.check_length(text)
        findings += rules.check_first_lines(text, has_purpose=not path.endswith("CMakeLists.txt"))
    if path == "config/base/limits.hpp":
        findings += rules.check_limits(text)
    return findings


def check_tree(root):
    """Findings as text lines."""
    lines, types = [], {}
    files = files_of(root)
    table = layering.Table(read(root, "CMakeLists.txt") or "")
    for path in files:
        text = read(root, path)
        if text is None:
            continue
        lines += [f"{path}:{line}: {what}" for line, what in check_file(path, text, table)]
        if path.endswith(CPP):
            types[path] = one_definition.types_of(text)
    lines += one_definition.defined_twice(types)
    lines += [f"{folder}: no README.md" for folder in rules.missing_pages(files, TOPS)]
    return lines


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else "."
    findings = check_tree(root)
    for finding in findings:
        print(finding)
    print(f"tidy: {len(findings)} finding{'' if len(findings) == 1 else 's'}")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
