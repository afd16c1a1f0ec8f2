// SPDX-License-Identifier: Apache-2.0
// AdminServer: the thread that serves operators (Unix socket) and scrapers (HTTP).
//
// Its thread does nothing for calls: a slow or hostile client costs time here and a bounded piece
// of memory, never a call. What it wants to know it asks through hooks that must not block.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/admin/command_table.hpp"
#include "config/admin/session.hpp"
#include "config/base/address.hpp"
#include "config/base/limits.hpp"
#include "config/base/log.hpp"
#include "config/base/metrics.hpp"
#include "config/base/result.hpp"

namespace weir::config {

struct Readiness {
    bool ready = false;
    std::string text;  // one line per condition, for people
};

struct AdminSettings {
    std::string socket_path;                            // "" = no operator socket
    std::size_t sessions = kAdminMaxSessions;           // operators at once
    std::optional<Endpoint> http;                       // port 0 = the kernel chooses
    std::chrono::milliseconds timeout = kAdminTimeout;  // for the answer of a hook or handler
    // What a user of this machine may do, by its name; root and our own user are administrators
    // and are not asked about. Empty = nobody else may connect.
    std::function<Privilege(const std::string& user)> privilege_of;
};

// Each hook is called on the admin thread and answers once, from any thread.
struct AdminHooks {
    std::function<void(std::function<void(std::vector<Metric>)>)> metrics;
    std::function<void(std::function<void(Readiness)>)> readiness;
    // What each session has beside the commands of the table; may be empty.
    SessionPartFactory session = nullptr;
    // Called on the admin thread about once a second (kAdminTick), between the lines of operators;
    // may be empty. Answers nothing.
    std::function<void()> tick = nullptr;
};

class AdminServer {
public:
    // Binds and starts the thread. Errors: exists (address or socket in use), denied, io.
    [[nodiscard]] static Result<std::unique_ptr<AdminServer>> start(const AdminSettings& settings,
                                                                    CommandTable commands,
                                                                    AdminHooks hooks,
                                                                    Logger& logger);
    ~AdminServer();  // closes everything and joins the thread; late answers are dropped
    AdminServer(const AdminServer&) = delete;
    AdminServer& operator=(const AdminServer&) = delete;

    [[nodiscard]] std::optional<Endpoint> http() const;  // with the real port
    // Sessions, requests and refusals. Thread: any.
    [[nodiscard]] std::vector<Metric> metrics() const;

private:
    struct Implementation;
    explicit AdminServer(std::unique_ptr<Implementation> implementation);
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace weir::config
