# SPDX-License-Identifier: Apache-2.0
"""C++ text without comments and literals, and the functions in it, by counting braces."""

import re

_TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'',
    re.DOTALL)
_DIRECTIVE = re.compile(r"^[ \t]*#(?:\\\n|[^\n])*", re.MULTILINE)
_TYPE = re.compile(r"^(?:template\s*<.*>\s*)?(?:class|struct|union|enum)\b", re.DOTALL)
_NAMESPACE = re.compile(r'\bnamespace\b|^extern\s*"?')


def without_literals(text):
    """The same lines and columns; comments and the insides of literals are blank."""
    def blank(match):
        found = match.group(0)
        inner = re.sub(r"[^\n]", " ", found)
        return inner if found.startswith("/") else found[0] + inner[1:-1] + found[-1]
    return _TOKEN.sub(blank, text)


def _blank(match):
    return re.sub(r"[^\n]", " ", match.group(0))


def functions(text):
    """(name, first line, last line) of every function body. Lambdas count within their function."""
    code = _DIRECTIVE.sub(_blank, without_literals(text))
    found = []
    scopes = []        # (kind, name, line of the brace, statement to go on with)
    statement = ""
    line = 1
    for character in code:
        if character == "\n":
            line += 1
        if character == "{":
            kind = _kind(statement.strip(), scopes)
            scopes.append((kind, _name(statement), line, statement + "{" if kind == "initializer" else ""))
            statement = ""
        elif character == "}":
            if not scopes:
                return found  # unbalanced: the compiler says more
            kind, name, first, statement = scopes.pop()
            if kind == "function":
                found.append((name, first, line))
            if kind == "initializer":
                statement += "}"
        elif character == ";" and _parentheses_closed(statement):
            statement = ""
        else:
            statement += character
    return found


def _parentheses_closed(statement):
    return statement.count("(") <= statement.count(")")


def _kind(statement, scopes):
    if scopes and scopes[-1][0] in ("function", "block"):
        return "block"
    if not _parentheses_closed(statement):
        return "initializer"  # a default argument
    statement = re.sub(r"^(?:public|private|protected)\s*:\s*", "", statement)
    if _NAMESPACE.search(statement):
        return "namespace"
    if _TYPE.match(statement):
        return "type"
    if _is_initializer(statement):
        return "initializer"
    return "function" if "(" in statement else "initializer"


def _is_initializer(statement):
    """`x = {`, `int x_{`, or a member of a constructor's list: `Foo() : a_{`."""
    if re.search(r"=\s*$", statement):
        return True
    after_parameters = re.search(r"\)[^()]*:(?!:)(?P<members>.*)$", statement, re.DOTALL)
    if after_parameters:
        # In the list, a brace behind a bare name opens a member; behind ) or } it is the body.
        return bool(re.search(r"[\w>]\s*$", after_parameters.group("members")))
    return False


def _name(statement):
    before = statement.split("(")[0].split()
    return before[-1] if before else "?"
