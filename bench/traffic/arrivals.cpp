// SPDX-License-Identifier: Apache-2.0
// One cache line of state per flow and target: 15 million packets a second pass here.
#include "bench/traffic/arrivals.hpp"

#include <cstring>

#include "dataplane/engine/checksum.hpp"

namespace weir::bench {
namespace {

constexpr std::uint32_t kSampleEvery = 64;  // packets of a flow whose every byte is looked at
constexpr std::uint32_t kWindow = 64;

template <typename T>
T get(const std::uint8_t* at) {
    T value;
    std::memcpy(&value, at, sizeof value);
    return value;
}

}  // namespace

Arrivals::Arrivals(const std::vector<RtpFlow>& flows, std::uint64_t late_cycles, SendWindow& window)
    : late_cycles_(late_cycles), window_(window) {
    for (const auto& flow : flows)
        flows_.push_back({flow.relayed_to, flow.copied_to, {}});
}

void Arrivals::number_came(Track& track, std::uint32_t number, TargetCounts& counts) {
    if (number >= track.next) {
        const std::uint32_t step = number - track.next + 1;
        track.seen = step >= kWindow ? 1 : track.seen << step | 1U;
        track.next = number + 1;
        ++counts.received;
        return;
    }
    const std::uint32_t back = track.next - 1 - number;
    const std::uint64_t bit = back < kWindow ? std::uint64_t{1} << back : 0;
    if ((track.seen & bit) != 0) {
        ++counts.duplicated;
        return;
    }
    track.seen |= bit;
    ++counts.received;
    ++counts.reordered;
}

namespace {

// What a receiver's kernel looks at before it hands a datagram on.
bool are_headers_good(const std::uint8_t* frame) {
    constexpr std::size_t kIpBytes = kFrameBytes - kIpOffset;
    constexpr std::size_t kHeaderBytes = kUdpOffset - kIpOffset;
    return get<std::uint16_t>(frame + kIpOffset + 2) ==
               __builtin_bswap16(static_cast<std::uint16_t>(kIpBytes)) &&
           get<std::uint16_t>(frame + kUdpOffset + 4) ==
               __builtin_bswap16(static_cast<std::uint16_t>(kIpBytes - kHeaderBytes)) &&
           dataplane::checksum_fold(
               dataplane::checksum_add(0, {frame + kIpOffset, kHeaderBytes})) == 0xFFFF;
}

}  // namespace

bool Arrivals::is_intact(const std::uint8_t* frame, std::uint32_t flow) {
    if (!are_headers_good(frame)) return false;
    for (std::size_t i = kStampOffset + sizeof(Stamp); i < kFrameBytes; ++i)
        if (frame[i] != filler(flow, i)) return false;
    if (get<std::uint16_t>(frame + kUdpOffset + 6) == 0) return true;  // none, on IPv4
    constexpr std::size_t kUdpBytes = kFrameBytes - kUdpOffset;
    const std::uint64_t pseudo = dataplane::checksum_add(0, {frame + kIpOffset + 12, 8}) +
                                 __builtin_bswap16(17) +
                                 __builtin_bswap16(static_cast<std::uint16_t>(kUdpBytes));
    // A kernel sender leaves the sum of the pseudo-header for the device to finish.
    if (get<std::uint16_t>(frame + kUdpOffset + 6) == dataplane::checksum_fold(pseudo)) return true;
    return dataplane::checksum_fold(
               dataplane::checksum_add(pseudo, {frame + kUdpOffset, kUdpBytes})) == 0xFFFF;
}

bool Arrivals::add(const std::uint8_t* frame, std::size_t bytes, std::uint64_t now_tsc) {
    if (bytes < kFrameBytes) return false;
    const auto stamp = get<Stamp>(frame + kStampOffset);
    if (stamp.magic != kMagic || stamp.flow >= flows_.size()) return false;
    window_.came(stamp.sent_tsc);
    Expected& flow = flows_[stamp.flow];
    const WireEndpoint to{get<std::uint32_t>(frame + kIpOffset + 16),
                          get<std::uint16_t>(frame + kUdpOffset + 2)};
    const auto target =
        !flow.copied_to.is_any() && to == flow.copied_to ? Target::copy : Target::relay;
    if (stamp.phase != kMeasured) {
        if (target == Target::relay) ++warm_up_relayed_;
        return true;
    }
    TargetCounts& counts = counts_[static_cast<std::size_t>(target)];
    if (target == Target::relay && !flow.relayed_to.is_any() && to != flow.relayed_to) {
        ++counts.misdelivered;
        return true;
    }
    number_came(flow.tracks[static_cast<std::size_t>(target)], stamp.number, counts);
    const std::uint64_t took = now_tsc - stamp.sent_tsc;
    counts.latency.add(took);
    if (took > late_cycles_) ++counts.late;
    if (stamp.number % kSampleEvery == 0 && !is_intact(frame, stamp.flow)) ++counts.corrupt;
    return true;
}

}  // namespace weir::bench
