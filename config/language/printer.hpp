// SPDX-License-Identifier: Apache-2.0
// Collects the lines of a running configuration, with blocks and indentation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "config/language/mode_id.hpp"
#include "config/language/print_depth.hpp"
#include "config/model/config.hpp"

namespace weir::config::language {

// A mode together with the object that is edited in it.
struct Scope {
    ModeId mode = ModeId::global;
    std::uint32_t number = 0;  // tag of a dial-peer, class or profile
    std::string name;          // of a uri class or an interface
    std::string title{};       // "dial-peer voice 10": how findings name the block
    bool leaves = false;       // not opened: the line ended its mode, as `quit` does
};

// Thread: the one that prints.
class Printer {
public:
    // The configuration is the printer's own copy; rows only read it.
    explicit Printer(Config config, PrintDepth depth = PrintDepth::changed)
        : config_(std::move(config)), print_depth_(depth) {}

    void line(const std::string& text);
    // A sub-mode: its head line, then the commands of its mode, one blank deeper.
    void block(const std::string& head, const Scope& scope);
    // The same, but nothing at all when no command of the mode prints a line.
    void block_if_any(const std::string& head, const Scope& scope);
    // Whether a command is printed although its value is the default (`show running-config all`).
    [[nodiscard]] bool all() const { return print_depth_ == PrintDepth::all; }
    [[nodiscard]] const std::string& text() const { return text_; }
    // The whole configuration, once.
    [[nodiscard]] std::string running_config();

private:
    void print_mode(const Scope& scope);
    void separate();

    Config config_;
    PrintDepth print_depth_;
    std::string text_;
    std::size_t depth_ = 0;
    bool separated_ = true;  // the last line is a `!`, or there is none
};

}  // namespace weir::config::language
