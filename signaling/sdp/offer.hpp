// SPDX-License-Identifier: Apache-2.0
// The offer that we make ourselves, to a recorder (spec F.3), and the reading of its answer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/base/address.hpp"
#include "config/base/result.hpp"
#include "signaling/sdp/view.hpp"

namespace weir::signaling::sdp {

struct OfferedStream {
    std::string media = "audio";
    std::uint16_t port = 0;       // our RTP port; 0 = the line is withdrawn (RFC 3264 8.2)
    std::vector<Format> formats;  // in order; Format::rtpmap is written for each
    std::uint32_t ptime_ms = 20;
    Direction direction = Direction::sendonly;
};

struct Offer {
    std::uint64_t session_id = 1;
    std::uint64_t version = 1;  // one higher for each changed offer of the dialog
    IpAddress address;          // ours: o= and every c=
    std::vector<OfferedStream> streams;
};

// o=Weir, s=SIP Call, c= at session and media level, lines ended by CRLF.
[[nodiscard]] std::string to_text(const Offer& offer);

struct AnsweredStream {
    bool accepted = false;  // false: port 0
    Endpoint rtp;           // unset if not accepted, or c=0.0.0.0
    Endpoint rtcp;
    Direction direction = Direction::recvonly;  // as the answerer says
    std::vector<Format> formats;
};

// Errors: a text that cannot be read; not one m-line for each of `streams` (RFC 3264 6).
[[nodiscard]] Result<std::vector<AnsweredStream>> read_answer(std::string_view text,
                                                              std::size_t streams);

}  // namespace weir::signaling::sdp
