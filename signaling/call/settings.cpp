// SPDX-License-Identifier: Apache-2.0
// Call: what the configuration says at each of its legs, and its random values.
#include "signaling/call/call.hpp"

namespace weir::signaling {
namespace {

// Of sip-ua without a line (spec B.12); the words are ours, so nothing else is ever asked.
constexpr std::uint32_t kDefaultTimerMs = 500;
constexpr std::uint32_t kDefaultRetries = 6;

}  // namespace

// The outbound one is that of the candidate being tried.
const config::DialPeer& Call::peer(Side side) const {
    const bool known = side == Side::a || !setup_.routes.empty();
    const auto tag = known ? party(side).dial_peer : config::DialPeerTag{};
    const config::DialPeer* found = setup_.config->find_peer(tag);
    return found == nullptr ? config::default_dial_peer() : *found;
}

// timers WORDS of the leg's tenant or of sip-ua (spec B.12): those whose unit is the millisecond.
std::chrono::milliseconds Call::timer(Side side, std::string_view words) const {
    const auto found = config::resolve_timer(*setup_.config, peer(side), words);
    return std::chrono::milliseconds(found ? found->value : kDefaultTimerMs);
}

std::uint8_t Call::retries(Side side, std::string_view words) const {
    const auto found = config::resolve_retry(*setup_.config, peer(side), words);
    return static_cast<std::uint8_t>(found ? found->value : kDefaultRetries);
}

// splitmix64 of the seed and a running number: even, and the same in a replay.
std::uint64_t Call::draw(std::uint64_t below) {
    std::uint64_t mixed = setup_.seed + ++drawn_ * 0x9e3779b97f4a7c15U;
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
    mixed ^= mixed >> 31U;
    return below == 0 ? 0 : mixed % below;
}

}  // namespace weir::signaling
