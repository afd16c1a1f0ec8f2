// SPDX-License-Identifier: Apache-2.0
// StreamInbox: the bytes of a stream, cut into messages where they stand.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "signaling/sip/guard_reason.hpp"

namespace weir::signaling {

// Pure. Bounded by whoever appends: an incomplete message is at most kSipMaxStreamMessage, else it
// is a fault. Cost: linear in the bytes, however small the messages are; nothing is moved while
// messages are taken out, and what is left only once when more comes.
class StreamInbox {
public:
    // Views are valid until append().
    struct Piece {
        std::string_view message;          // empty: only the line ends of a keep-alive
        bool is_ping = false;              // a double line end came before it (RFC 5626 4.4.1)
        std::optional<GuardReason> fault;  // the stream cannot be read on; nothing is left of it
    };

    void append(std::string_view bytes);
    // The next message or ping; none: more must come first.
    [[nodiscard]] std::optional<Piece> next();
    [[nodiscard]] bool is_empty() const { return read_ == bytes_.size(); }

private:
    std::string bytes_;
    std::size_t read_ = 0;    // bytes taken out already
    std::size_t wanted_ = 0;  // bytes behind them before it pays to look for a message
};

}  // namespace weir::signaling
