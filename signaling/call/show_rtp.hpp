// SPDX-License-Identifier: Apache-2.0
// `show voip rtp connections` and `show voip rtp forking` (spec H.7, H.8). Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/base/address.hpp"

namespace weir::signaling {

// The pool of rtp-port range, over all realms; counts of RTP ports (each has an RTCP port beside
// it).
struct RtpPortUsage {
    std::uint16_t min = 0;
    std::uint16_t max = 0;
    std::uint32_t available = 0;
    std::uint32_t reserved = 0;  // in quarantine after a call
    std::uint32_t in_use = 0;
};

// One leg of a connection, for `detail`.
struct RtpLeg {
    bool incoming = false;  // the party called us
    std::string called{};
    std::string calling{};
};

struct RtpConnection {
    std::uint64_t leg = 0;        // 0: of no call here, printed as "-"
    std::uint64_t other_leg = 0;  // of a forked leg: its anchor
    Endpoint local;
    Endpoint remote;  // unset before its SDP
    RtpLeg own{};
    RtpLeg other{};
};

[[nodiscard]] std::string show_voip_rtp_connections(const RtpPortUsage& usage,
                                                    const std::vector<RtpConnection>& connections,
                                                    bool detail = false);

// What a fork copies: one of the kinds that IOS lists, in its order.
enum class ForkStream : std::uint8_t {
    voice_only,
    voice_dtmf,
    dtmf_only,
    voice_nearend,
    voice_dtmf_nearend,
    voice_farend,
    voice_dtmf_farend,
    video,
    video_nearend,
    video_farend,
    application,
};

struct ForkRow {
    ForkStream stream = ForkStream::voice_nearend;
    Endpoint remote;  // the recorder; unset before it answered
    std::uint16_t local_port = 0;
    std::string codec;
    std::uint32_t ssrc = 0;
    std::uint64_t packets_sent = 0;
};

// One recording: all its copies.
struct ForkGroup {
    std::vector<ForkRow> rows;
};

[[nodiscard]] std::string show_voip_rtp_forking(const std::vector<ForkGroup>& groups);

}  // namespace weir::signaling
