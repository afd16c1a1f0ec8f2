// SPDX-License-Identifier: Apache-2.0
// weir exec: commands to a running node, in one session.
#include <cstdio>

#include <fmt/format.h>

#include "config/admin/client.hpp"
#include "config/platform/platform.hpp"
#include "deploy/apps/commands.hpp"
#include "deploy/apps/operator_socket.hpp"

namespace weir::apps {

Result<std::string> operator_runtime(const Options& options) {
    if (const std::string* runtime = options.find("--runtime")) return *runtime;
    const std::string* platform = options.find("--platform");
    if (platform == nullptr) return config::Paths{}.runtime;
    const auto reading = config::read_platform(*platform);
    if (!reading.ok())
        return fail(ErrorCode::invalid, config::to_string(*platform, reading.errors.front()));
    return reading.platform.paths.runtime;
}

Result<std::string> operator_socket(const Options& options) {
    const auto runtime = operator_runtime(options);
    if (!runtime) return fail(runtime.error());
    config::Paths paths;
    paths.runtime = *runtime;
    return paths.admin_socket();
}

// The first command that is refused ends it: those behind it may have been meant for a mode that
// was not entered.
int exec_command(const std::vector<std::string>& commands, const Options& options) {
    using Reply = config::OperatorConnection::Reply;
    const auto unavailable = [](const Error& error) {
        fmt::print(stderr, "weir exec: {}\n", error.context);
        return 2;
    };
    const auto socket = operator_socket(options);
    if (!socket) return unavailable(socket.error());
    auto connection = config::OperatorConnection::connect(*socket);
    if (!connection) return unavailable(connection.error());
    const std::string form = options.find("--json") == nullptr ? "" : "@json ";
    for (const std::string& command : commands) {
        const auto reply = connection->ask(form + command);
        if (!reply) return unavailable(reply.error());
        const bool is_refused = reply->kind == Reply::Kind::refused;
        std::fputs(reply->text.c_str(), is_refused ? stderr : stdout);
        if (is_refused) return 1;
        if (reply->kind == Reply::Kind::bye) break;
    }
    return 0;
}

}  // namespace weir::apps
