// SPDX-License-Identifier: Apache-2.0
// ShellLink: the session of the node that a shell talks to.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/base/result.hpp"

namespace weir::config {

struct ShellReply {
    enum class Kind : std::uint8_t { ok, refused, bye };  // bye: done, and the session is over
    Kind kind = Kind::ok;
    std::string text;
};

// The admin socket in `weir shell`, a script in tests. Thread: one.
class ShellLink {
public:
    virtual ~ShellLink() = default;
    // One command, or a question with @ (config/admin/README.md). Errors: unavailable: the node
    // has gone; invalid: the line cannot be sent.
    [[nodiscard]] virtual Result<ShellReply> ask(const std::string& line) = 0;
    // Readable when events() has something to say; -1 = never.
    [[nodiscard]] virtual int fd() const = 0;
    // Debug output that has come. Errors: unavailable.
    [[nodiscard]] virtual Result<std::vector<std::string>> events() = 0;
};

}  // namespace weir::config
