// SPDX-License-Identifier: Apache-2.0
// A call record with every field set.
#pragma once

#include "signaling/cdr/cdr_record.hpp"

namespace weir::tests {

inline signaling::CdrRecord example_record() {
    constexpr std::int64_t kSecond = 1'000'000'000;
    signaling::CdrRecord record;
    record.call.id = signaling::CallId{17};
    record.call.guid = Guid{{0x4F88E1C6, 0x50680FA0, 0x8EDAB394, 0xCA688D54}};
    record.call.parties[0] = {"100", "Ann", IpAddress::v4(192, 0, 2, 5), config::DialPeerTag{10},
                              "in@192.0.2.5"};
    record.call.parties[1] = {"200", "", IpAddress::v4(198, 51, 100, 7), config::DialPeerTag{20},
                              "out@192.0.2.1"};
    record.call.invited_at = MonoTime{1 * kSecond};
    record.call.connected_at = MonoTime{3 * kSecond};
    record.call.invited_wall = WallTime{1'790'000'000 * kSecond};
    record.call.connected_wall = WallTime{1'790'000'002 * kSecond};
    signaling::NegotiatedStream stream;
    stream.media = "audio";
    stream.formats = {{0, "PCMU/8000", ""}, {101, "telephone-event/8000", "0-16"}};
    record.call.streams = {stream};
    record.has_callee = true;
    record.rtp = {*Endpoint::parse("192.0.2.5:4000", 0), *Endpoint::parse("198.51.100.7:5000", 0)};
    record.attempts = {{config::DialPeerTag{19}, 503, 63}};
    record.end.q850_cause = 16;
    record.end.released_by = dataplane::Side::b;
    record.end.at = MonoTime{13 * kSecond + 500'000'000};
    record.end.wall = WallTime{1'790'000'012 * kSecond};
    record.accounts.stream_count = 1;
    record.accounts.streams[0][0].received = 501;
    record.accounts.streams[0][0].relayed = 500;
    record.accounts.streams[0][0]
        .drops[static_cast<std::size_t>(dataplane::Verdict::wrong_source)] = 1;
    return record;
}

}  // namespace weir::tests
