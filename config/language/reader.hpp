// SPDX-License-Identifier: Apache-2.0
// Reads a configuration line by line: modes, errors, and where each command stood.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/base/result.hpp"
#include "config/language/language.hpp"
#include "config/language/lines.hpp"
#include "config/language/matching.hpp"
#include "config/model/validate.hpp"

namespace weir::config::language {

// Thread: any, one reader per text. The text must outlive the reader.
class Reader {
public:
    // A command that was carried out: its mode, its canonical form with `no `, its line.
    struct Accepted {
        ModeId mode;
        std::string canonical;
        std::uint32_t line;
    };
    using Watch = std::function<void(const Accepted&)>;

    explicit Reader(std::string file_name, Watch watch = nullptr)
        : file_(std::move(file_name)), watch_(std::move(watch)) {
        stack_.push_back({});
    }

    // The text has no line that begins with a blank: modes are told by the words alone.
    void without_indentation() { flat_text_ = true; }
    void line(const SourceLine& source);
    [[nodiscard]] ReadResult finish();
    // The finding with the place of its line among those that were read; line 0 without one.
    [[nodiscard]] Diagnostic located(const Finding& finding) const;

private:
    struct Frame {
        Scope scope;
        std::size_t indent = 0;  // of the line that opened it
        bool has_commands = false;
        bool flat = false;  // its commands are not indented deeper than its head
    };
    struct Written {  // a command that was accepted
        std::string canonical;
        SourceLine source;
    };
    struct Skip {  // below a wrong line that may have been the head of a block
        std::size_t indent = 0;
        std::size_t lines = 0;
        std::optional<std::size_t> diagnostic;  // index, if it was kept
    };

    void statement(const SourceLine& source);
    [[nodiscard]] bool belongs_outside(const SourceLine& source, const Statement& statement);
    [[nodiscard]] bool control_word(const Statement& statement);
    void execute(const SourceLine& source, const Statement& statement, std::size_t level,
                 const Match& match);
    struct Attempts {  // by level of the stack
        const std::vector<Match>& matches;
        const std::vector<std::size_t>& judges;  // the level whose mode speaks for it
    };
    void refuse(const SourceLine& source, const Statement& statement, const Attempts& attempts);
    [[nodiscard]] std::size_t owning_level(const SourceLine& source) const;
    [[nodiscard]] std::size_t blamed_level(std::size_t owner,
                                           const std::vector<Match>& matches) const;
    [[nodiscard]] bool skipped(const SourceLine& source);
    void end_skip();
    void error(const SourceLine& source, std::size_t column, std::string text,
               std::string suggestion = "");
    void report(Diagnostic diagnostic);
    [[nodiscard]] const Written* written(const Finding& finding) const;

    [[nodiscard]] static const Written* last_line(const std::vector<Written>& lines,
                                                  const std::string& command);

    std::string file_;
    Watch watch_;
    Config config_;
    std::vector<Frame> stack_;
    std::map<std::string, std::vector<Written>> written_;  // by the title of the block
    std::map<std::string, Written> heads_;                 // title of a block -> its last head
    std::optional<Skip> skip_;
    bool flat_text_ = false;  // as the last sub-mode was written
    bool ended_ = false;
    bool skip_after_end_ = false;  // the first line behind `end` was reported
    bool failed_ = false;
    ReadResult result_;
};

// read_text, with an eye on each command that is carried out.
[[nodiscard]] ReadResult read_watched(std::string_view text, const std::string& file_name,
                                      Reader::Watch watch);
// The text of a regular file, at most one byte more than kConfigMaxBytes. Errors: io, invalid.
[[nodiscard]] Result<std::string> text_of_file(const std::string& path);

}  // namespace weir::config::language
