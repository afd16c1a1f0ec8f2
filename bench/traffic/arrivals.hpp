// SPDX-License-Identifier: Apache-2.0
// Arrivals: what came back of the numbered packets, per target: lost, doubled, out of order, late.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "bench/traffic/latency_histogram.hpp"
#include "bench/traffic/rtp_flow.hpp"
#include "bench/traffic/send_window.hpp"

namespace weir::bench {

enum class Target : std::uint8_t { relay = 0, copy = 1 };

struct TargetCounts {
    std::uint64_t received = 0;      // measured packets, each once
    std::uint64_t duplicated = 0;    // that had come before
    std::uint64_t reordered = 0;     // that came behind a later one of their flow
    std::uint64_t late = 0;          // that took longer than the limit
    std::uint64_t misdelivered = 0;  // to an address or port that is not the one of their flow
    std::uint64_t corrupt = 0;       // sampled: another payload, or a wrong UDP checksum
    LatencyHistogram latency;        // cycles
};

// Thread: one.
class Arrivals {
public:
    // `late_cycles`: from here on a packet is late. `window` outlives it and is told of all that
    // comes, of both phases and targets.
    Arrivals(const std::vector<RtpFlow>& flows, std::uint64_t late_cycles, SendWindow& window);

    // A received frame. False: it is none of ours.
    bool add(const std::uint8_t* frame, std::size_t bytes, std::uint64_t now_tsc);

    [[nodiscard]] const TargetCounts& counts(Target target) const {
        return counts_[static_cast<std::size_t>(target)];
    }
    [[nodiscard]] std::uint64_t warm_up_relayed() const { return warm_up_relayed_; }

private:
    // Numbers below `next` - 64 are forgotten: a packet that late counts as out of order.
    struct Track {
        std::uint32_t next = 0;
        std::uint64_t seen = 0;  // bit i: number next - 1 - i has come
    };
    struct Expected {
        WireEndpoint relayed_to;
        WireEndpoint copied_to;
        std::array<Track, 2> tracks;
    };
    static void number_came(Track& track, std::uint32_t number, TargetCounts& counts);
    [[nodiscard]] static bool is_intact(const std::uint8_t* frame, std::uint32_t flow);

    std::vector<Expected> flows_;
    std::array<TargetCounts, 2> counts_;
    std::uint64_t late_cycles_ = 0;
    SendWindow& window_;
    std::uint64_t warm_up_relayed_ = 0;
};

}  // namespace weir::bench
