// SPDX-License-Identifier: Apache-2.0
// The ledger's counters: what was received, relayed, copied, sent and lost, and by whose fault.
//
// Laws, checked at run time (check_laws):
//   stream: received = relayed + sum(drops)
//   fork:   eligible = copied + sum(fork_drops) + awaiting     copied = sent + sum(send_drops) +
//   queued
// Written by the worker that owns the session, in the supervisor's shared memory; read by anyone.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "config/base/limits.hpp"
#include "dataplane/api/verdict.hpp"

namespace weir::dataplane {

// One direction of one stream: what came in from one party. All counts in packets unless said.
struct StreamAccount {
    std::uint64_t received = 0;         // RTP datagrams on the local port, before any check
    std::uint64_t received_octets = 0;  // payload octets of accepted packets
    std::uint64_t relayed = 0;
    // Sequence accounting, RFC 3550 A.1 and A.3, over all SSRCs of the stream.
    std::uint64_t expected = 0;
    std::uint64_t lost_before_us = 0;  // gaps that nothing of ours covers: the network before us
    std::uint64_t lost_ours =
        0;  // gaps covered by a socket overflow, a port's missed counter or our restart
    std::uint64_t duplicates = 0;
    std::uint64_t reordered = 0;
    std::uint32_t ssrc = 0;
    std::uint32_t ssrc_changes = 0;
    std::uint32_t jitter = 0;  // RFC 3550 A.8, timestamp units
    std::uint16_t first_sequence = 0;
    std::uint16_t last_sequence = 0;
    std::int64_t first_at_ns = 0;  // MonoTime, 0 = nothing yet
    std::int64_t last_at_ns = 0;
    // What each packet touches ends here.
    std::array<std::uint32_t, kVerdictCount> drops{};  // by verdict
    std::uint64_t rtcp_received = 0;
    std::uint64_t rtcp_relayed = 0;
    [[nodiscard]] std::uint64_t dropped() const;
};

// One fork. `eligible` are the packets of the conversation that this recorder should have: accepted
// by the relay since eligible_from, not in a paused stretch.
struct ForkAccount {
    std::uint64_t eligible = 0;
    std::uint64_t awaiting = 0;  // eligible, kept in the pre-roll, not yet copied
    std::uint64_t copied = 0;
    std::array<std::uint32_t, kForkDropCount> drops{};  // eligible but never copied, by reason
    std::uint64_t queued = 0;                           // copied, not yet handed to the network
    std::uint64_t sent = 0;
    std::uint64_t sent_octets = 0;  // RTP payload octets
    std::uint64_t send_drops = 0;   // refused by the socket or the port
    std::uint64_t paused = 0;       // accepted by the relay while the fork was paused: not eligible
    std::uint64_t skipped = 0;         // numbers left out after a restart: packets had none of them
    std::uint64_t lost_before_us = 0;  // of the source stream, since eligible_from
    std::uint64_t lost_ours = 0;       // likewise
    std::uint32_t ssrc = 0;
    std::uint16_t first_sequence = 0;  // as sent
    std::uint16_t last_sequence = 0;
    std::int64_t first_sent_ns = 0;
    std::int64_t last_sent_ns = 0;
    // What the recorder says by RTCP (RFC 3550 6.4.2); report_count 0 = it never spoke.
    std::uint32_t sender_reports = 0;       // sent by us
    std::uint32_t receiver_reports = 0;     // received
    std::uint32_t rr_highest_sequence = 0;  // extended
    std::int32_t rr_cumulative_lost = 0;
    std::uint32_t rr_jitter = 0;
    std::uint32_t rr_round_trip_us = 0;
    std::int64_t rr_at_ns = 0;
    [[nodiscard]] std::uint64_t dropped() const;
};

// Which law of an account is broken, or none. An account that is being written may be seen in the
// middle of a packet: callers ask the owner, or read twice.
enum class Law : std::uint8_t { none, stream_received, fork_eligible, fork_copied };
[[nodiscard]] Law check_laws(const StreamAccount& account);
[[nodiscard]] Law check_laws(const ForkAccount& account);
[[nodiscard]] const char* to_string(Law law);

}  // namespace weir::dataplane
