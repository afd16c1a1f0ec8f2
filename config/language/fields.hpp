// SPDX-License-Identifier: Apache-2.0
// Rows made from one field of the model: syntax, help and the field; the default is the model's
// own.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "config/base/result.hpp"
#include "config/language/command.hpp"

namespace weir::config::language {

// "preference 3"; "no timers buffer-invite" for a default outside of the range, which means off.
[[nodiscard]] inline std::string number_line(const std::string& fixed, const Token& range,
                                             std::uint64_t value) {
    if (value < range.min || value > range.max) return "no " + fixed;
    return fixed + " " + std::to_string(value);
}

// "huntstop": true when written; `no` writes false, which is printed where the default is true.
template <typename Object>
Command<Object> flag(const std::string& syntax, const std::string& help, bool Object::*field) {
    return {syntax,
            help,
            [field](const Words&, Object& object) -> Result<void> {
                object.*field = true;
                return {};
            },
            [field](const Words&, Object& object) { object.*field = false; },
            [field, syntax](const Object& object, Printer& out) {
                if (out.all() || object.*field != Object{}.*field)
                    out.line(object.*field ? syntax : "no " + syntax);
            },
            [field](const Words&, Object& object) { object.*field = Object{}.*field; }};
}

// "preference <0-10>": one number; the range of the syntax fits the field.
template <typename Object, typename Number>
Command<Object> number(const std::string& syntax, const std::string& help, Number Object::*field) {
    return {syntax, help,
            [field](const Words& words, Object& object) -> Result<void> {
                object.*field = static_cast<Number>(words.number());
                return {};
            },
            [field](const Words&, Object& object) { object.*field = Object{}.*field; },
            [field, fixed = grammar_of_row(syntax).fixed_text(),
             range = grammar_of_row(syntax).tokens.back()](const Object& object, Printer& out) {
                if (out.all() || object.*field != Object{}.*field)
                    out.line(number_line(fixed, range, static_cast<std::uint64_t>(object.*field)));
            }};
}

// "max-conn <1-100>": one number that may be absent.
template <typename Object, typename Number>
Command<Object> optional_number(const std::string& syntax, const std::string& help,
                                std::optional<Number> Object::*field) {
    return {
        syntax, help,
        [field](const Words& words, Object& object) -> Result<void> {
            object.*field = static_cast<Number>(words.number());
            return {};
        },
        [field](const Words&, Object& object) { (object.*field).reset(); },
        [field, fixed = grammar_of_row(syntax).fixed_text()](const Object& object, Printer& out) {
            if (object.*field) out.line(fixed + " " + std::to_string(*(object.*field)));
        }};
}

// "timers trying <100-1000>": one number in the unit of the field.
template <typename Object, typename Unit>
Command<Object> duration(const std::string& syntax, const std::string& help,
                         std::chrono::duration<std::int64_t, Unit> Object::*field) {
    using Duration = std::chrono::duration<std::int64_t, Unit>;
    return {syntax, help,
            [field](const Words& words, Object& object) -> Result<void> {
                object.*field = Duration(static_cast<std::int64_t>(words.number()));
                return {};
            },
            [field](const Words&, Object& object) { object.*field = Object{}.*field; },
            [field, fixed = grammar_of_row(syntax).fixed_text(),
             range = grammar_of_row(syntax).tokens.back()](const Object& object, Printer& out) {
                if (out.all() || object.*field != Object{}.*field)
                    out.line(number_line(fixed, range,
                                         static_cast<std::uint64_t>((object.*field).count())));
            }};
}

// "description <line>": one text; empty = absent. The argument is the only one of the row.
template <typename Object>
Command<Object> text_field(const std::string& syntax, const std::string& help,
                           std::string Object::*field) {
    const Grammar grammar = grammar_of_row(syntax);
    return {syntax, help,
            [field, name = grammar.tokens.back().name](const Words& words,
                                                       Object& object) -> Result<void> {
                object.*field = words.text(name);
                return {};
            },
            [field](const Words&, Object& object) { object.*field = Object{}.*field; },
            [field, fixed = grammar.fixed_text()](const Object& object, Printer& out) {
                if (object.*field != Object{}.*field) out.line(fixed + " " + object.*field);
            }};
}

}  // namespace weir::config::language
