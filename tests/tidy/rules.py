# SPDX-License-Identifier: Apache-2.0
"""The house rules about one file each; findings are (line, what)."""

import ast
import re

import cpp_text

MAX_FILE_LINES = 500
MAX_FUNCTION_LINES = 70
MIN_PURPOSE_WORDS = 3

# Written in pieces, so that this file does not break its own rule.
_MACHINE_PATHS = re.compile("|".join("/" + name + "/" for name in ("work", "root", "home/[a-z]+", "Users")))
# `unique_ptr<X>(new X(` and `unique_ptr<X> x(new X(` hand over at once: the only way to a private constructor.
_HANDED_OVER = re.compile(r"unique_ptr<[\w:]+>(?:\s+\w+)?[({]\s*new\b")
_ALLOCATION = re.compile(r"(?<!operator )\bnew\s+[A-Za-z_:(]|(?<!operator )\bdelete\b(?:\[\])?\s+[A-Za-z_:(*]|(?<!operator )\bdelete\s*\[\]")
_TODO = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b(?!\s*\(#\d+\))")
_TABLE_ROW = re.compile(r"\s*\{.*\},?\s*(?://.*)?$")
_SPDX = "SPDX-License-Identifier: Apache-2.0"


def check_length(text):
    lines = text.count("\n")
    return [(lines, f"{lines} lines; the limit is {MAX_FILE_LINES}")] if lines > MAX_FILE_LINES else []


def check_first_lines(text, has_purpose=True):
    """The licence first (a shebang may stand before it), then a sentence on the file's job."""
    lines = text.splitlines()
    at = 1 if lines and lines[0].startswith("#!") else 0
    if len(lines) > at and lines[at].startswith(("<?xml", '"""')):
        at += 1
    if len(lines) <= at or _SPDX not in lines[at]:
        return [(at + 1, f"no '{_SPDX}'")]
    purpose = lines[at + 1] if len(lines) > at + 1 else ""
    if has_purpose and len(re.findall(r"[A-Za-z]{2,}", purpose)) < MIN_PURPOSE_WORDS:
        return [(at + 2, "no sentence that says what the file is for")]
    return []


def check_cpp_functions(text):
    """Rows of a table, `{...},` on one line, are data and do not count."""
    lines = text.splitlines()
    findings = []
    for name, first, last in cpp_text.functions(text):
        rows = sum(bool(_TABLE_ROW.match(line)) for line in lines[first - 1:last])
        if last - first + 1 - rows > MAX_FUNCTION_LINES:
            findings.append((first, f"function {name} has {last - first + 1 - rows} lines; "
                                    f"the limit is {MAX_FUNCTION_LINES}"))
    return findings


def check_python_functions(text):
    return [(node.lineno, f"function {node.name} has {node.end_lineno - node.lineno + 1} lines; "
                          f"the limit is {MAX_FUNCTION_LINES}")
            for node in ast.walk(ast.parse(text))
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
            and node.end_lineno - node.lineno + 1 > MAX_FUNCTION_LINES]


def check_allocation(text):
    code = _HANDED_OVER.sub(lambda match: match.group(0).replace("new", "   "), cpp_text.without_literals(text))
    return [(code.count("\n", 0, match.start()) + 1, f"'{match.group(0).strip()}': ownership is a value or a unique_ptr")
            for match in _ALLOCATION.finditer(code)]


def check_words(text):
    findings = []
    for number, line in enumerate(text.splitlines(), start=1):
        if path := _MACHINE_PATHS.search(line):
            findings.append((number, f"'{path.group(0)}' is a path of one machine"))
        if _TODO.search(line):
            findings.append((number, "a note to do something later carries the number of its issue: (#N)"))
    return findings


def check_limits(text):
    """Every constant of limits.hpp has its reason: a comment on its lines, or above its paragraph."""
    findings = []
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if not line.startswith("inline constexpr"):
            continue
        last = number
        while last + 1 < len(lines) and ";" not in lines[last].split("//")[0]:
            last += 1
        own = " ".join(part.split("//", 1)[1] for part in lines[number:last + 1] if "//" in part)
        if len((own or _comment_above(lines, number)).split()) < MIN_PURPOSE_WORDS:
            name = re.search(r"\bk\w+", line)
            findings.append((number + 1, f"{name.group(0) if name else line}: no reason beside it"))
    return findings


def _comment_above(lines, number):
    """The nearest whole-line comment of this paragraph above the line; headings of sections are none."""
    while number and lines[number - 1].strip():
        number -= 1
        if lines[number].startswith("// "):
            return "" if lines[number].startswith("// ----") else lines[number][2:]
    return ""


def missing_pages(files, tops):
    """Second-level folders with files of their own and without a README.md."""
    folders = {"/".join(path.split("/")[:2]) for path in files
               if path.split("/")[0] in tops and path.count("/") >= 2 and not path.endswith("CMakeLists.txt")}
    folders |= {top for top in tops if any(path.startswith(top + "/") for path in files)}
    return sorted(folder for folder in folders if folder + "/README.md" not in files)
