// SPDX-License-Identifier: Apache-2.0
// CommandTable: the operator's commands by their words, with abbreviation and help as on IOS.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "config/base/result.hpp"

namespace weir::config {

// What an operator sees. `ok` false: the command was refused or does not exist; the text says why.
struct Answer {
    bool ok = true;
    std::string text;
};

// Called exactly once, from any thread. After kAdminTimeout the operator is told that no answer
// came, and a later one is dropped.
using Respond = std::function<void(Answer)>;

// `arguments`: what stands in the place of the <words>. Thread: admin; must not block.
using CommandHandler =
    std::function<void(const std::vector<std::string>& arguments, Respond respond)>;

struct OperatorCommand {
    std::string words;  // "show dial-peer voice summary"; "<tag>" stands for any one word
    std::string help;   // one line for `?`
    CommandHandler handler;
};

struct CommandMatch {
    const OperatorCommand* command = nullptr;
    std::vector<std::string> arguments;
};

// Filled at start, then only read. Thread: any.
class CommandTable {
public:
    void add(OperatorCommand command);

    // Each word may be any prefix that is unique at its place; keywords are case-insensitive. The
    // error is the text for the operator, in the words of IOS.
    [[nodiscard]] Result<CommandMatch> find(std::string_view line) const;

    // The words that may follow `line` (without its question mark), one per line with help.
    [[nodiscard]] std::string help(std::string_view line) const;

private:
    struct Entry {
        OperatorCommand command;
        std::vector<std::string> words;
    };
    struct Walk {
        std::vector<const Entry*> candidates;  // that match all words so far
        std::vector<std::string> arguments;
    };
    [[nodiscard]] Result<Walk> walk(std::string_view line,
                                    const std::vector<std::string_view>& typed) const;

    std::vector<Entry> entries_;
};

}  // namespace weir::config
