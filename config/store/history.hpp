// SPDX-License-Identifier: Apache-2.0
// History: the last commits, who made them, when and why, each with its whole configuration on
// disk.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/base/clock.hpp"
#include "config/base/result.hpp"
#include "config/store/atomic_file.hpp"

namespace weir::config {

using CommitId = std::uint64_t;  // from 1, ascending over restarts; 0 = none

struct Commit {
    CommitId id = 0;
    // The first of the commits that this entry stands for: the lines of one terminal session are
    // one entry, which holds the configuration after the last of them.
    CommitId first = 0;
    WallTime at;
    std::string who;      // user name; "weir" = the program
    std::string how;      // "start", "terminal", "candidate", "replace FILE", "rollback to 7", ...
    std::string comment;  // `commit comment TEXT`; may be empty
    std::string session;  // of the terminal whose lines are joined; "" = complete
};

// Files in `directory`: history.json and ID.cfg of each entry. At every instant history.json is
// whole and names files that are whole. Thread: admin.
class History {
public:
    // "" = nothing is kept on disk; the list lives as long as the process.
    explicit History(std::string directory, FileSteps steps = nullptr)
        : directory_(std::move(directory)), steps_(std::move(steps)) {}

    // Makes the directory if it is absent. Entries whose configuration is missing are left out.
    // Errors: denied, io, invalid; the history is then kept in memory only.
    [[nodiscard]] Result<void> open();

    [[nodiscard]] const std::vector<Commit>& commits() const { return commits_; }  // oldest first
    [[nodiscard]] CommitId last_id() const { return commits_.empty() ? 0 : commits_.back().id; }

    // Takes the place of the last entry if both are of the same terminal session. At most
    // kStoreHistory are kept. Errors: io, denied; the entry is then in the list and not on disk.
    [[nodiscard]] Result<void> add(Commit commit, const std::string& text);
    // The configuration of one entry. Errors: not_found, io.
    [[nodiscard]] Result<std::string> text_of(CommitId id) const;

private:
    [[nodiscard]] std::string file_of(CommitId id) const;
    [[nodiscard]] Result<void> write_index() const;

    std::string directory_;
    FileSteps steps_;
    std::vector<Commit> commits_;
    // Without a directory: the texts, of the entries in commits_.
    std::vector<std::string> texts_;
};

}  // namespace weir::config
