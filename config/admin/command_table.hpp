// SPDX-License-Identifier: Apache-2.0
// CommandTable: the operator's commands by their words, with abbreviation and help as on IOS.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/base/result.hpp"

namespace weir::config {

// What an operator sees. `ok` false: the command was refused or does not exist; the text says why.
struct Answer {
    bool ok = true;
    std::string text;
    // Makes the text from what was copied out: a large table is printed, and filtered, by the admin
    // thread and not by the thread that has the data. Empty: the text is there.
    std::function<std::string()> print = nullptr;

    // The text; once. Thread: admin.
    [[nodiscard]] std::string take() { return print ? print() : std::move(text); }
};

// Called exactly once, from any thread. After kAdminTimeout the operator is told that no answer
// came, and a later one is dropped.
using Respond = std::function<void(Answer)>;

// `arguments`: what stands in the place of the <words>. Thread: admin; must not block.
using CommandHandler =
    std::function<void(const std::vector<std::string>& arguments, Respond respond)>;

enum class Access : std::uint8_t { all, admin };

struct OperatorCommand {
    // "show dial-peer voice summary"; "<tag>" stands for any one word, "<line>" at the end for the
    // rest of the line.
    std::string words;
    std::string help;  // one line for `?`
    CommandHandler handler;
    Access access = Access::all;
    CommandHandler json = nullptr;  // the same as JSON; none: {"text": ...} is made of the text
};

struct CommandMatch {
    const OperatorCommand* command = nullptr;
    std::vector<std::string> arguments;
};

// Filled at start, then only read. Thread: any.
class CommandTable {
public:
    void add(OperatorCommand command);
    // What `?` says of a word that others follow: describe("show dial-peer", "...").
    void describe(const std::string& words, std::string help);

    // Each word may be any prefix that is unique at its place; keywords are case-insensitive. The
    // error is the text for the operator, in the words of IOS.
    [[nodiscard]] Result<CommandMatch> find(std::string_view line) const;

    // The words that may follow `line` (without its question mark), one per line with help.
    [[nodiscard]] std::string help(std::string_view line) const;

    // The keywords that the last word of `line` can become; after a blank, those that may follow.
    [[nodiscard]] std::vector<std::string> complete(std::string_view line) const;

private:
    struct Entry {
        OperatorCommand command;
        std::vector<std::string> words;
        // The word at a place; the last one of "<line>" for all behind it. Null: there is none.
        [[nodiscard]] const std::string* at(std::size_t place) const;
    };
    struct Walk {
        std::vector<const Entry*> candidates;  // that match all words so far
        std::vector<std::string> arguments;
    };
    [[nodiscard]] Result<Walk> walk(std::string_view line,
                                    const std::vector<std::string_view>& typed) const;

    std::vector<Entry> entries_;
    std::map<std::string, std::string> described_;  // by the words in full
};

}  // namespace weir::config
