// SPDX-License-Identifier: Apache-2.0
// Reads the lines of a capture into a Config, each for itself: what one line says wrong does not
// stop the others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/import/capture.hpp"
#include "config/language/command.hpp"
#include "config/language/matching.hpp"
#include "config/model/config.hpp"
#include "config/model/validate.hpp"

namespace weir::config {

// What became of one line.
struct LineOutcome {
    enum class Kind : std::uint8_t {
        read,     // it is in the configuration
        moved,    // exit or end
        unknown,  // the language has no such command in this mode
        wrong,    // the language knows it and refuses it
        below,    // it stands in the block of a line that was not read
        dropped,  // asked for by the caller
    };
    Kind kind = Kind::read;
    std::string block{};        // head of the block around it: "dial-peer voice 10", "" = global
    std::string outer_block{};  // the outermost of the blocks around it
    std::string canonical{};    // read: with its keywords in full, and `no`
    std::string reason{};       // unknown, wrong: what the language says
    std::string no_effect{};    // read: why it changes nothing, or empty
    std::uint32_t head = 0;     // below: the number of the line that was not read
    bool is_negative = false;   // begins with `no`
};

// The language has modes by order; a router's print shows them by indentation, too, and that is
// what counts here, unless the text has no indentation at all (a copy out of a web page). Thread:
// the one that imports, one reader per pass.
class LineReader {
public:
    // `indented`: whether the text shows its blocks by blanks in front.
    explicit LineReader(bool indented) : indented_(indented) { frames_.push_back({}); }

    // The outcome of a line; `drop`: do not execute it.
    [[nodiscard]] LineOutcome line(const CaptureLine& source, bool drop);

    [[nodiscard]] Config& config() { return config_; }
    // The line that a finding is about: the last one of its block that says this; with `whole`, the
    // head of the block. 0 = none.
    [[nodiscard]] std::uint32_t line_of(const Finding& finding, bool whole) const;

private:
    struct Frame {
        language::Scope scope;
        std::size_t indent = 0;         // of the line that opened it
        std::uint32_t unread_head = 0;  // the line of a block that is not read; 0 = a mode
    };
    struct Written {
        std::string canonical;
        std::uint32_t number = 0;
    };
    struct Last {  // the line before
        std::uint32_t number = 0;
        std::size_t indent = 0;
        bool opened = false;  // a mode, or it was itself not read
    };
    struct Found {
        std::size_t level = 0;
        language::Match match;
    };

    [[nodiscard]] bool is_flat(const CaptureLine& source) const;
    void leave_or_enter_below(const CaptureLine& source, std::size_t indent);
    [[nodiscard]] LineOutcome not_found(const CaptureLine& source, LineOutcome outcome,
                                        const language::Mismatch& mismatch);
    void leave_blocks(const CaptureLine& source, std::size_t indent);
    [[nodiscard]] Found find(const language::Statement& statement, bool flat) const;
    [[nodiscard]] LineOutcome execute(const CaptureLine& source,
                                      const language::Statement& statement, Found& found);
    [[nodiscard]] std::string block_of_top() const;
    void open_unread(const CaptureLine& source, std::size_t indent);

    bool indented_;
    Config config_;
    Last last_;
    std::vector<Frame> frames_;                            // the first is the global mode
    std::map<std::string, std::vector<Written>> written_;  // by the title of the block
    std::map<std::string, std::uint32_t> heads_;           // title of a block -> its last head
};

}  // namespace weir::config
