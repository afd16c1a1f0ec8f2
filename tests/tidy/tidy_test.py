#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each check against a good and a bad sample."""

import os
import sys
import tempfile
import unittest

import cpp_text
import layering
import one_definition
import rules
import tidy

HEAD = "// SPDX-License-Identifier: Apache-2.0\n// Says what it is for.\n"

TABLE = layering.Table("""
weir_may_use(config_base)
weir_may_use(dialplan config_base
             config_model)  # a comment
weir_may_use(signaling_call dialplan)
weir_third_party(re2 HEADERS re2/ OWNERS dialplan)
weir_third_party(asio HEADERS boost/asio boost/beast OWNERS config_admin)
weir_third_party(fmt HEADERS fmt/ OWNERS *)
""")


def function_of(lines):
    return "void f() {\n" + "    g();\n" * (lines - 2) + "}\n"


class OneDefinitionTest(unittest.TestCase):
    def findings(self, *texts, folder="signaling"):
        return one_definition.defined_twice(
            {f"{folder}/{name}.hpp": one_definition.types_of(text) for name, text in zip("ab", texts)})

    def test_a_type_of_one_name_in_two_files_is_found(self):
        text = "namespace weir::signaling {\nstruct Call final : Base {\n};\n}  // namespace weir::signaling\n"
        self.assertEqual(self.findings(text, text),
                         ["signaling/b.hpp:2: weir::signaling::Call is defined in signaling/a.hpp:2, too"])

    def test_other_namespaces_nameless_ones_and_declarations_are_left_alone(self):
        call = "struct Call {\n};\n"
        self.assertEqual(self.findings(f"namespace weir::a {{\n{call}}}  // namespace\n",
                                       f"namespace weir::b {{\n{call}}}  // namespace\n"), [])
        nameless = f"namespace weir {{\nnamespace {{\n{call}}}  // namespace\n}}  // namespace weir\n"
        self.assertEqual(self.findings(nameless, nameless), [])
        self.assertEqual(self.findings("namespace weir {\nstruct Call;\n", "namespace weir {\nstruct Call;\n"), [])


class LayeringTest(unittest.TestCase):
    def findings(self, path, include):
        return layering.check_includes(path, f"#include {include}\n", TABLE)

    def test_a_listed_edge_is_allowed_and_any_other_is_not(self):
        self.assertEqual(self.findings("dialplan/x.cpp", '"config/base/y.hpp"'), [])
        self.assertEqual(self.findings("dialplan/x.cpp", '"dialplan/y.hpp"'), [])
        self.assertIn("dialplan may not use signaling_call",
                      self.findings("dialplan/x.cpp", '"signaling/call/y.hpp"')[0][1])
        self.assertTrue(self.findings("config/base/x.cpp", '"dialplan/y.hpp"'))

    def test_nothing_includes_tests_bench_or_deploy(self):
        self.assertTrue(self.findings("dialplan/x.cpp", '"tests/support/fake_clock.hpp"'))
        self.assertEqual(self.findings("tests/unit/x.cpp", '"tests/support/fake_clock.hpp"'), [])

    def test_a_folder_outside_the_table_is_refused(self):
        self.assertTrue(self.findings("dialplan/x.cpp", '"nowhere/at/all.hpp"'))
        self.assertTrue(self.findings("signaling/other/x.cpp", '"config/base/y.hpp"'))

    def test_includes_start_at_the_root(self):
        self.assertTrue(self.findings("dialplan/x.cpp", '"y.hpp"'))

    def test_a_library_belongs_to_its_owners(self):
        self.assertEqual(self.findings("dialplan/x.cpp", "<re2/re2.h>"), [])
        self.assertTrue(self.findings("config/base/x.cpp", "<re2/re2.h>"))
        self.assertTrue(self.findings("dialplan/x.cpp", "<boost/beast/core.hpp>"))
        self.assertEqual(self.findings("config/base/x.cpp", "<fmt/format.h>"), [])

    def test_a_library_that_nobody_owns_is_refused(self):
        self.assertTrue(self.findings("dialplan/x.cpp", "<openssl/ssl.h>"))
        self.assertEqual(self.findings("dialplan/x.cpp", "<sys/socket.h>"), [])
        self.assertEqual(self.findings("dialplan/x.cpp", "<vector>"), [])

    def test_test_frameworks_stay_in_tests(self):
        self.assertTrue(self.findings("dialplan/x.cpp", "<gtest/gtest.h>"))
        self.assertEqual(self.findings("tests/unit/x.cpp", "<gtest/gtest.h>"), [])


class FunctionTest(unittest.TestCase):
    def lengths(self, text):
        return [(name, last - first + 1) for name, first, last in cpp_text.functions(text)]

    def test_the_limit_is_the_last_length_that_passes(self):
        self.assertEqual(rules.check_cpp_functions(function_of(70)), [])
        self.assertEqual(len(rules.check_cpp_functions(function_of(71))), 1)

    def test_namespaces_types_and_tables_are_no_functions(self):
        self.assertEqual(self.lengths("namespace a {\nstruct B : C<int(int)> {\n enum class D { e };\n};\n"
                                      "const int t[] = {\n1, 2};\nint x{3};\n}\n"), [])

    def test_members_lambdas_and_constructors_are_measured(self):
        text = ("class A {\npublic:\n    A(int n) : a_{n}, b_(n) {\n        f();\n    }\n"
                "    void g(int x = f({1})) const noexcept {\n        auto h = [](int i) {\n  return i;\n };\n    }\n};\n")
        self.assertEqual(self.lengths(text), [("A", 3), ("g", 5)])

    def test_braces_in_literals_comments_and_macros_do_not_count(self):
        text = 'void f() {\n  a("{{{"); // {\n  /* { */ b(\'{\'); c(R"x({"{)x");\n}\n#define M(x) \\\n  do {\nvoid g() {\n}\n'
        self.assertEqual(self.lengths(text), [("f", 4), ("g", 2)])

    def test_digit_separators_are_no_character_literals(self):
        self.assertEqual(self.lengths("int a = 10'000;\nvoid f() {\n  x = 1'0;\n}\n"), [("f", 3)])

    def test_rows_of_a_table_do_not_count(self):
        self.assertEqual(rules.check_cpp_functions(function_of(70).replace("}\n", '    {"a", 1},  // why\n' * 50 + "}\n")), [])

    def test_python_functions_have_the_same_limit(self):
        self.assertEqual(rules.check_python_functions("def f():\n" + "    g()\n" * 69), [])
        self.assertEqual(len(rules.check_python_functions("def f():\n" + "    g()\n" * 70)), 1)


class RuleTest(unittest.TestCase):
    def test_length_of_a_file(self):
        self.assertEqual(rules.check_length("x\n" * 500), [])
        self.assertTrue(rules.check_length("x\n" * 501))

    def test_first_lines(self):
        self.assertEqual(rules.check_first_lines(HEAD), [])
        self.assertEqual(rules.check_first_lines("#!/bin/sh\n" + HEAD), [])
        self.assertTrue(rules.check_first_lines("// Says what it is for.\n"))
        self.assertTrue(rules.check_first_lines("// SPDX-License-Identifier: Apache-2.0\n#pragma once\n"))
        self.assertTrue(rules.check_first_lines(""))

    def test_new_and_delete(self):
        self.assertTrue(rules.check_allocation("auto x = new Foo();"))
        self.assertTrue(rules.check_allocation("std::shared_ptr<X> x(new X);"))
        self.assertEqual(rules.check_allocation("return std::unique_ptr<X>(new X(1));"), [])
        self.assertEqual(rules.check_allocation("std::unique_ptr<X> x(new X(1));"), [])
        self.assertTrue(rules.check_allocation("delete x;"))
        self.assertTrue(rules.check_allocation("delete[] x;"))
        self.assertEqual(rules.check_allocation("void* operator new (std::size_t); void operator delete (void*);"), [])
        self.assertEqual(rules.check_allocation("Foo(const Foo&) = delete; // a new one\nint new_call; s = \"new x\";"), [])

    def test_machine_paths_and_notes(self):
        self.assertTrue(rules.check_words("see /" + "work/notes"))
        self.assertTrue(rules.check_words("cd /" + "root/x"))
        self.assertTrue(rules.check_words("/" + "home/somebody/x"))
        self.assertTrue(rules.check_words("// TO" + "DO later"))
        self.assertEqual(rules.check_words("// TO" + "DO(#12) later; the framework/x is fine"), [])

    def test_limits_need_a_reason(self):
        self.assertEqual(rules.check_limits("inline constexpr int kA = 1;  // one is enough here\n"), [])
        self.assertEqual(rules.check_limits("inline constexpr int kA =\n    1;  // one is enough here\n"), [])
        self.assertEqual(rules.check_limits("// One is enough here.\ninline constexpr int kA = 1;\n"), [])
        self.assertTrue(rules.check_limits("inline constexpr int kA = 1;\n"))
        self.assertTrue(rules.check_limits("// ---- Log ------\ninline constexpr int kA = 1;\n"))

    def test_folder_pages(self):
        self.assertEqual(rules.missing_pages(["a/README.md", "a/b/x.cpp", "a/b/README.md"], ("a",)), [])
        self.assertEqual(rules.missing_pages(["a/README.md", "a/b/x.cpp"], ("a",)), ["a/b"])
        self.assertEqual(rules.missing_pages(["a/b/CMakeLists.txt"], ("a",)), ["a"])


class TreeTest(unittest.TestCase):
    def tree(self, files):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        for path, text in files.items():
            full = os.path.join(folder.name, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "w", encoding="utf-8") as file:
                file.write(text)
        return folder.name

    def test_every_rule_is_wired_to_the_files_it_is_for(self):
        root = self.tree({
            "CMakeLists.txt": "# SPDX-License-Identifier: Apache-2.0\nweir_may_use(config_base)\nweir_may_use(dialplan)\n",
            "config/README.md": "", "config/base/README.md": "",
            "config/base/limits.hpp": HEAD + "\ninline constexpr int kA = 1;\n",
            "dialplan/long.cpp": HEAD + function_of(71) + "\n" * 500,
            "dialplan/edge.cpp": HEAD + '#include "config/base/limits.hpp"\nauto x = new int;\n',
            "deploy/script": "#!/bin/sh\necho\n",
            "build/ignored.cpp": "new",
        })
        found = "\n".join(tidy.check_tree(root))
        for part in ("limits.hpp:4: kA: no reason", "long.cpp:3: function f has 71 lines", "lines; the limit is 500",
                     "edge.cpp:3: dialplan may not use config_base", "edge.cpp:4: 'new", "deploy/script:2: no 'SPDX",
                     "dialplan: no README.md", "deploy: no README.md"):
            self.assertIn(part, found)
        self.assertNotIn("ignored", found)

    def test_the_link_of_a_worktree_is_no_file_of_the_tree(self):
        root = self.tree({"CMakeLists.txt": "# SPDX-License-Identifier: Apache-2.0\n", ".git": "gitdir: " + "/ro" + "ot/x\n"})
        self.assertEqual(tidy.check_tree(root), [])


if __name__ == "__main__":
    sys.exit(unittest.main())
