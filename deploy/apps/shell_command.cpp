// SPDX-License-Identifier: Apache-2.0
// weir shell: the operator's terminal, also as ForceCommand of sshd.
#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>
#include <unistd.h>

#include "config/admin/client.hpp"
#include "config/shell/shell.hpp"
#include "deploy/apps/commands.hpp"
#include "deploy/apps/operator_socket.hpp"

namespace weir::apps {
namespace {

class SocketLink final : public config::ShellLink {
public:
    explicit SocketLink(config::OperatorConnection connection)
        : connection_(std::move(connection)) {
        // What comes while a command is worked on is printed before its answer.
        connection_.set_on_event([](const std::string& text) { std::fputs(text.c_str(), stdout); });
    }

    Result<config::ShellReply> ask(const std::string& line) override {
        auto reply = connection_.ask(line);
        if (!reply) return fail(reply.error());
        using From = config::OperatorConnection::Reply::Kind;
        using To = config::ShellReply::Kind;
        const To kind = reply->kind == From::ok    ? To::ok
                        : reply->kind == From::bye ? To::bye
                                                   : To::refused;
        return config::ShellReply{kind, std::move(reply->text)};
    }
    int fd() const override { return connection_.fd(); }
    Result<std::vector<std::string>> events() override { return connection_.events(); }

private:
    config::OperatorConnection connection_;
};

// Of the user; sshd and login set HOME.
std::string history_file() {
    const char* home = std::getenv("HOME");
    return home == nullptr || *home == '\0' ? "" : std::string(home) + "/.weir_history";
}

}  // namespace

int shell_command(const Options& options) {
    // `ssh node "show calls"` with `ForceCommand weir shell`.
    if (const char* command = std::getenv("SSH_ORIGINAL_COMMAND");
        command != nullptr && *command != '\0')
        return exec_command({command}, options);
    const auto socket = operator_socket(options);
    auto connection = socket ? config::OperatorConnection::connect(*socket) : fail(socket.error());
    if (!connection) {
        fmt::print(stderr, "weir shell: {}\n", connection.error().context);
        return 2;
    }
    SocketLink link(std::move(*connection));
    if (::isatty(STDIN_FILENO) == 0 || ::isatty(STDOUT_FILENO) == 0)
        return config::run_lines(link, stdin, stdout, stderr);
    return config::run_terminal(link, history_file());
}

}  // namespace weir::apps
