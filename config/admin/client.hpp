// SPDX-License-Identifier: Apache-2.0
// The operator's side of the admin socket: one command, one answer; or a session of many.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "config/admin/admin_limits.hpp"
#include "config/admin/command_table.hpp"
#include "config/base/limits.hpp"
#include "config/base/result.hpp"
#include "config/base/unique_fd.hpp"

namespace weir::config {

// A session: commands one after the other, with what the server remembers between them (mode,
// privilege, debugs). For programs, not for servers: asking blocks. Thread: one.
class OperatorConnection {
public:
    struct Reply {
        enum class Kind : std::uint8_t { ok, refused, bye };  // bye: done, and the session is over
        Kind kind = Kind::ok;
        std::string text;
    };
    // Errors: unavailable (nobody listens), denied, io; the text says what to do.
    [[nodiscard]] static Result<OperatorConnection> connect(const std::string& socket_path);

    // Sends the line and waits for its answer; what `debug` writes meanwhile goes to `event`.
    // Errors: invalid (a line that is too long), unavailable: the server has gone, or gave no
    // answer in `patience`; the connection is of no use then.
    [[nodiscard]] Result<Reply> ask(const std::string& line,
                                    std::chrono::milliseconds patience = kSessionPatience);
    // Readable when events() has something, or when the server has gone.
    [[nodiscard]] int fd() const { return fd_.get(); }
    // The debug texts that have come; never blocks. Errors: unavailable: the server has gone.
    [[nodiscard]] Result<std::vector<std::string>> events();
    void set_on_event(std::function<void(const std::string&)> event) { event_ = std::move(event); }

private:
    OperatorConnection(UniqueFd fd, std::string path)
        : fd_(std::move(fd)), path_(std::move(path)) {}
    struct Frame {
        std::string head;
        std::string text;
    };
    // The next whole frame of what was received; none: more must come. Errors: invalid.
    [[nodiscard]] Result<std::optional<Frame>> take_frame();
    [[nodiscard]] tl::unexpected<Error> gone() const;

    UniqueFd fd_;
    std::string path_;
    std::string received_;
    std::function<void(const std::string&)> event_;
};

// Sends `command` and waits for the answer. Blocks; for programs, not for servers. Errors:
// unavailable (nobody listens), denied, io; the text says what to do.
[[nodiscard]] Result<Answer> ask_operator_socket(
    const std::string& socket_path, const std::string& command,
    std::chrono::milliseconds patience = 2 * kAdminTimeout);

}  // namespace weir::config
