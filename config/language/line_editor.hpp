// SPDX-License-Identifier: Apache-2.0
// LineEditor: one typed line at a time into a configuration that is there already.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/language/language.hpp"
#include "config/language/matching.hpp"
#include "config/language/printer.hpp"
#include "config/model/config.hpp"

namespace weir::config::language {

// What an operator's session knows of configuration mode: where it is. The configuration itself
// is given with each line, because others may have changed it since the last one. A line costs
// one match in each mode around it, whatever the size of the configuration. Thread: any, one at a
// time.
class LineEditor {
public:
    enum class Kind : std::uint8_t {
        empty,    // nothing, or a comment
        changed,  // the line was carried out
        opened,   // the same, and a sub-mode is entered by it
        moved,    // `exit` out of a sub-mode
        left,     // `end`, or `exit` out of the outermost mode
        refused   // `text` says why; `config` may be half changed: throw it away
    };
    struct Outcome {
        Kind kind = Kind::empty;
        std::string text{};       // refused: the line, a caret, a sentence, a suggestion
        std::string canonical{};  // changed, opened: the command with its keywords in full
    };

    // Modes as on the router: a line is tried in its mode, then in the modes around it.
    [[nodiscard]] Outcome line(std::string_view text, Config& config);
    // Enters the modes again, after `config` was changed by somebody else: an object that was
    // removed meanwhile is made anew, as if its head had been typed. False when that is refused;
    // the editor is then in the outermost mode.
    bool enter_again(Config& config);
    void to_global() { frames_.clear(); }

    [[nodiscard]] ModeId mode() const;
    [[nodiscard]] std::size_t depth() const { return frames_.size(); }
    // Heads of the modes from the outermost: {"dial-peer voice 10 voip"}.
    [[nodiscard]] std::vector<std::string> heads() const;

private:
    struct Frame {  // a sub-mode; the outermost mode has none
        Scope scope;
        std::string head;  // the line that opened it
    };
    [[nodiscard]] Scope scope_at(std::size_t level) const;
    [[nodiscard]] Outcome statement(const Statement& statement, Config& config);
    [[nodiscard]] Outcome execute(const Statement& statement, std::size_t level, const Match& match,
                                  Config& config);
    [[nodiscard]] Outcome refuse(const Statement& statement,
                                 const std::vector<Match>& matches) const;

    std::vector<Frame> frames_;
};

}  // namespace weir::config::language
