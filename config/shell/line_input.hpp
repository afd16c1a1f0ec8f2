// SPDX-License-Identifier: Apache-2.0
// LineInput: an edited line from a terminal (libedit), with `?`, Tab, Ctrl-Z and history.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace weir::config {

// What the line being typed asks for; called while it is being edited.
struct LineHooks {
    std::function<std::string(const std::string& before_cursor)> help;
    std::function<std::vector<std::string>(const std::string& before_cursor)> complete;
    // Called when `fd` is readable: the text to print above the line; none: the input ends.
    int fd = -1;
    std::function<std::optional<std::string>()> event;
};

struct TypedLine {
    std::string text;
    bool then_end = false;  // Ctrl-Z: after the line, out of configuration mode
};

// One at a time in a process. Thread: one.
class LineInput {
public:
    // `history_file` "" = none.
    LineInput(const std::string& history_file, LineHooks hooks);
    ~LineInput();
    LineInput(const LineInput&) = delete;
    LineInput& operator=(const LineInput&) = delete;

    // None: Ctrl-D on an empty line, the terminal has gone, or the hook said so.
    [[nodiscard]] std::optional<TypedLine> read(const std::string& prompt);
    // One key without echo; -1: none comes any more.
    [[nodiscard]] int read_key();

private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace weir::config
