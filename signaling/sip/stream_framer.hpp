// SPDX-License-Identifier: Apache-2.0
// Where a SIP message ends in a byte stream (RFC 3261 18.3). Pure, total.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "signaling/sip/guard_reason.hpp"

namespace weir::signaling {

struct Frame {
    std::size_t skip = 0;     // bytes of line ends before the message (keep-alives, RFC 5626 4.4.1)
    std::size_t message = 0;  // bytes of the whole message behind them; 0 = not there yet
    std::size_t wanted =
        0;  // without a message: how many bytes must be there before it pays to look again
    std::optional<GuardReason>
        fault;  // the stream cannot be read on: answer what is there, then close
};

// The first message in `bytes`, of which kSipMaxStreamMessage at most are looked at.
[[nodiscard]] Frame frame_message(std::string_view bytes);

}  // namespace weir::signaling
