// SPDX-License-Identifier: Apache-2.0
// The layout of `show running-config` (spec H.1).
#include "config/language/printer.hpp"

#include "config/language/command.hpp"
#include "config/language/language.hpp"

namespace weir::config::language {

void Printer::line(const std::string& text) {
    text_ += std::string(depth_, ' ') + text + "\n";
    separated_ = false;
}

void Printer::block(const std::string& head, const Scope& scope) {
    if (depth_ == 0) separate();
    line(head);
    ++depth_;
    print_mode(scope);
    --depth_;
    if (depth_ == 0) separate();
}

void Printer::block_if_any(const std::string& head, const Scope& scope) {
    const std::size_t size_before = text_.size();
    const bool separated_before = separated_;
    if (depth_ == 0) separate();
    line(head);
    const std::size_t empty_size = text_.size();
    ++depth_;
    print_mode(scope);
    --depth_;
    if (text_.size() == empty_size) {
        text_.resize(size_before);
        separated_ = separated_before;
        return;
    }
    if (depth_ == 0) separate();
}

std::string Printer::running_config() {
    print_mode(Scope{});
    separate();
    return text_ + "end\n";
}

void Printer::print_mode(const Scope& scope) {
    for (const auto& row : mode_of(scope.mode).rows)
        row.print(config_, scope, *this);
}

void Printer::separate() {
    if (!separated_) text_ += "!\n";
    separated_ = true;
}

std::string print_running_config(const Config& config, PrintDepth depth) {
    return Printer(config, depth).running_config();
}

}  // namespace weir::config::language
