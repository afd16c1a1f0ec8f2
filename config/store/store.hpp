// SPDX-License-Identifier: Apache-2.0
// Store: the running, startup and candidate configuration of a node, and every way to change them.
//
// A change is prepared first (validation, the program's own compilation; may fail, changes
// nothing) and then applied (cannot fail). The store knows files and texts; what a configuration
// means to the program stands in the Prepare function that it is given.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "config/base/clock.hpp"
#include "config/base/result.hpp"
#include "config/model/config.hpp"
#include "config/store/history.hpp"
#include "config/store/store_limits.hpp"

namespace weir::config {

// A configuration that the program has accepted and has not taken yet.
struct Prepared {
    std::vector<std::string> notes;       // for the operator: "takes effect after a restart: ..."
    std::function<void(CommitId)> apply;  // cannot fail; called at most once
};
// Errors: the text, a line each, says what is wrong and where.
using Prepare = std::function<Result<Prepared>(const ConfigPtr&)>;

struct StoreSettings {
    std::string startup;    // the file of `write memory`
    std::string directory;  // history; "" = none on disk
    // Holds the running configuration for a process that is started again; "" = none. While a
    // `commit confirmed` waits it holds the one before, so that a crash rolls back, too.
    std::string running;
    // The text of `configure replace FILE`: the program says which files an operator may name, and
    // bounds them. None: no file can be named.
    std::function<Result<std::string>(const std::string& file)> read_file{};
};

struct CommitRequest {
    std::string who;
    std::string how;
    std::string comment{};
    std::string session{};                          // see Commit
    std::optional<std::chrono::minutes> confirm{};  // roll back after this time
};

struct Committed {
    CommitId id = 0;
    bool changed = true;  // false: it was the running configuration already
    // Each a sentence: warnings that the configuration before did not have, what takes effect
    // later, what could not be kept on the disk.
    std::vector<std::string> notes;
};

// Thread: admin. Blocks on the disk and while it compiles.
class Store {
public:
    Store(StoreSettings settings, ConfigPtr running, Prepare prepare, const Clock& clock,
          FileSteps steps = nullptr);

    // Reads the history and enters the configuration that the program was started with. Errors: of
    // the history's files; the store works without them.
    [[nodiscard]] Result<void> open();

    [[nodiscard]] const ConfigPtr& running() const { return running_; }
    [[nodiscard]] const std::string& running_text() const { return running_text_; }
    [[nodiscard]] CommitId running_id() const { return running_id_; }
    // The file as it is now. Errors: its diagnostics.
    [[nodiscard]] Result<ConfigPtr> startup() const;
    [[nodiscard]] const std::string& startup_file() const { return settings_.startup; }
    [[nodiscard]] const std::vector<Commit>& history() const { return history_.commits(); }

    // All or nothing: after an error the running configuration is what it was.
    [[nodiscard]] Result<Committed> commit(Config config, const CommitRequest& request);
    // `commit` after `commit confirmed`. Errors: not_found, when nothing waits.
    [[nodiscard]] Result<void> confirm();
    struct Waiting {
        CommitId id = 0;
        std::string who;
        MonoTime until;
        std::string session{};  // `revert timer`: it may change more meanwhile; "" = nobody may
    };
    [[nodiscard]] const std::optional<Waiting>& waiting() const { return waiting_; }
    // `configure terminal revert timer N`: what runs now comes back after this time unless it is
    // confirmed; only this session changes anything meanwhile. Called again it sets the time anew.
    // Errors: denied, as of may_change().
    [[nodiscard]] Result<void> revert_after(std::chrono::minutes time, const std::string& session,
                                            const std::string& who);
    // `configure revert now`: back at once. Errors: not_found, when nothing waits; as of commit().
    [[nodiscard]] Result<Committed> revert_now(const std::string& who);
    // Back to before the last `count` entries of the history. Errors: not_found, and as commit().
    [[nodiscard]] Result<Committed> roll_back(std::size_t count, const std::string& who);
    // The configuration of a file takes the place of the running one. Errors: as of
    // StoreSettings::read_file and commit(); the text of the file is never in them.
    [[nodiscard]] Result<Committed> replace(const std::string& file, const std::string& who);
    // write memory. Errors: denied, io; the file is then what it was.
    [[nodiscard]] Result<void> write_startup();

    // To be called about once a second: the rollback of an unconfirmed commit. Its text when one
    // took place.
    [[nodiscard]] std::optional<std::string> on_time();

    // `configure exclusive`: one owner at a time; nobody else can change anything meanwhile.
    [[nodiscard]] Result<void> lock(const std::string& session, const std::string& who);
    void unlock(const std::string& session);
    struct Lock {
        std::string session;
        std::string who;
        WallTime since;
    };
    [[nodiscard]] const std::optional<Lock>& lock_state() const { return lock_; }
    // Errors: denied, naming the owner, while another session holds the lock or somebody's
    // confirmed commit waits.
    [[nodiscard]] Result<void> may_change(const std::string& session) const;

    // What the owner of the lock has collected, for `show` and `explain`; null = none.
    void set_candidate(ConfigPtr candidate) { candidate_ = std::move(candidate); }
    [[nodiscard]] const ConfigPtr& candidate() const { return candidate_; }

private:
    [[nodiscard]] Result<Committed> take(ConfigPtr config, const CommitRequest& request);
    void keep_running(std::vector<std::string>& notes);

    StoreSettings settings_;
    ConfigPtr running_;
    std::string running_text_;
    std::set<std::string> running_warnings_;
    CommitId running_id_ = 0;
    Prepare prepare_;
    const Clock& clock_;
    FileSteps steps_;
    History history_;
    std::optional<Lock> lock_;
    ConfigPtr candidate_;
    std::optional<Waiting> waiting_;
    ConfigPtr before_waiting_;  // what an unconfirmed commit goes back to
};

// The findings of a configuration as lines of a refusal; "" when none is an error.
[[nodiscard]] std::string errors_of(const Config& config);

}  // namespace weir::config
