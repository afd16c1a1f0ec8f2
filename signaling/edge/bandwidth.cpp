// SPDX-License-Identifier: Apache-2.0
// The table of spec J.2, and the counts.
#include "signaling/edge/bandwidth.hpp"

#include <algorithm>
#include <array>

#include "config/base/result.hpp"
#include "config/base/text.hpp"

namespace weir::signaling {
namespace {

constexpr std::uint32_t kDefaultPtime = 20;

// Bits of payload per second. iLBC is 15,200 at 20 ms and 13,333 at 30; iSAC and AMR change theirs
// with every packet: the table has their usual sum with IPv4 headers.
struct Rate {
    std::string_view encoding;
    std::uint32_t bits_per_second;
};
constexpr std::array<Rate, 12> kRates{{
    {"PCMU", 64'000},
    {"PCMA", 64'000},
    {"G722", 64'000},
    {"CLEARMODE", 64'000},
    {"X-CCD", 64'000},
    {"G729", 8'000},
    {"G726-32", 32'000},
    {"G726-24", 24'000},
    {"G726-16", 16'000},
    {"G723", 6'400},
    {"G728", 16'000},
    {"GSM", 13'200},
}};
struct Whole {
    std::string_view encoding;
    std::uint32_t v4;
};
constexpr std::array<Whole, 2> kWholes{{{"iSAC", 37}, {"AMR", 15}}};

std::uint32_t on_the_wire(std::uint64_t payload_bits_per_second, std::uint32_t ptime_ms,
                          bool ipv6) {
    const std::uint64_t headers = 12 + 8 + (ipv6 ? 40 : 20);
    const std::uint64_t header_bits = headers * 8 * 1000 / ptime_ms;
    return static_cast<std::uint32_t>((payload_bits_per_second + header_bits + 500) / 1000);
}

std::uint64_t payload_rate(std::string_view encoding, std::uint32_t ptime_ms) {
    if (text::iequals(encoding, "iLBC"))
        return ptime_ms == 30 ? 50 * 8 * 1000 / 30 : 38 * 8 * 1000 / 20;
    for (const Rate& rate : kRates)
        if (text::iequals(encoding, rate.encoding)) return rate.bits_per_second;
    return kRates.front().bits_per_second;
}

}  // namespace

std::uint32_t audio_kbps(std::string_view encoding, std::uint32_t ptime_ms, bool ipv6) {
    const bool is_g723 = text::iequals(encoding, "G723");
    std::uint32_t ptime = ptime_ms == 0 ? kDefaultPtime : ptime_ms;
    if (is_g723) ptime = std::max(ptime, 30U);  // a frame is 30 ms
    for (const Whole& whole : kWholes)
        if (text::iequals(encoding, whole.encoding)) return whole.v4 + (ipv6 ? 8 : 0);
    return on_the_wire(payload_rate(encoding, ptime), ptime, ipv6);
}

std::uint32_t declared_kbps(std::uint32_t kbps, std::uint32_t ptime_ms, bool ipv6) {
    return on_the_wire(std::uint64_t{kbps} * 1000, ptime_ms == 0 ? kDefaultPtime : ptime_ms, ipv6);
}

bool BandwidthCounts::try_take(const config::DialPeer& peer, std::uint32_t kbps) {
    if (peer.max_bandwidth && used(peer.tag) + kbps > *peer.max_bandwidth) {
        ++refused_;
        return false;
    }
    take(peer.tag, kbps);
    return true;
}

void BandwidthCounts::take(config::DialPeerTag peer, std::uint32_t kbps) {
    if (kbps != 0) used_[peer] += kbps;
}

void BandwidthCounts::release(config::DialPeerTag peer, std::uint32_t kbps) {
    if (kbps == 0) return;
    const auto found = used_.find(peer);
    WEIR_ASSERT(found != used_.end() && found->second >= kbps);
    found->second -= kbps;
    if (found->second == 0) used_.erase(found);
}

std::uint64_t BandwidthCounts::used(config::DialPeerTag peer) const {
    const auto found = used_.find(peer);
    return found == used_.end() ? 0 : found->second;
}

}  // namespace weir::signaling
