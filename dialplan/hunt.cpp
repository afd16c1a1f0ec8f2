// SPDX-License-Identifier: Apache-2.0
// Orders candidates by the keys of a hunt scheme, and says when hunting goes on.
#include "dialplan/hunt.hpp"

#include <algorithm>
#include <array>

#include "config/base/limits.hpp"
#include "dialplan/cause.hpp"

namespace weir::dialplan {

namespace {

enum class Key : std::uint8_t { longest, preference, random, least_recent, none };

// Spec A.8, the table of `dial-peer hunt N`.
constexpr std::array<std::array<Key, 3>, 8> kOrders{{
    {Key::longest, Key::preference, Key::random},
    {Key::longest, Key::preference, Key::least_recent},
    {Key::preference, Key::longest, Key::random},
    {Key::preference, Key::longest, Key::least_recent},
    {Key::least_recent, Key::longest, Key::preference},
    {Key::least_recent, Key::preference, Key::longest},
    {Key::random, Key::none, Key::none},
    {Key::least_recent, Key::none, Key::none},
}};

// Every key as a number of which the smaller goes first.
struct Ranked {
    std::array<std::uint64_t, 3> keys{};
    OutboundCandidate candidate;
};

std::uint64_t rank(Key key, const OutboundCandidate& candidate, std::uint64_t drawn,
                   const UsageMap& usage) {
    switch (key) {
        case Key::longest:
            return kNumberMaxBytes - candidate.length;
        case Key::preference:
            return candidate.preference;
        case Key::random:
            return drawn;
        case Key::least_recent:
            return usage.last_use(candidate.peer);
        case Key::none:
            return 0;
    }
    return 0;
}

}  // namespace

void order_candidates(std::vector<OutboundCandidate>& candidates, std::uint8_t hunt, Random& random,
                      const UsageMap& usage) {
    const auto& order = kOrders[hunt < kOrders.size() ? hunt : 0];
    std::vector<Ranked> ranked;
    ranked.reserve(candidates.size());
    for (auto& candidate : candidates) {
        // One draw per candidate and call keeps the comparison consistent while sorting.
        const std::uint64_t drawn = random.next();
        Ranked entry;
        for (std::size_t i = 0; i < order.size(); ++i) {
            entry.keys[i] = rank(order[i], candidate, drawn, usage);
        }
        entry.candidate = std::move(candidate);
        ranked.push_back(std::move(entry));
    }
    std::sort(ranked.begin(), ranked.end(), [](const Ranked& a, const Ranked& b) {
        return a.keys != b.keys ? a.keys < b.keys : a.candidate.peer < b.candidate.peer;
    });
    for (std::size_t i = 0; i < ranked.size(); ++i)
        candidates[i] = std::move(ranked[i].candidate);
}

bool hunting_continues(int q850_cause, const config::DialPeer& failed,
                       const config::VoiceHunt& hunt) {
    if (failed.huntstop) return false;
    const auto cause = static_cast<std::uint8_t>(q850_cause);
    if (hunt.stop.contains(cause)) return false;
    if (hunt.all || hunt.go_on.contains(cause)) return true;
    return q850_cause != kCauseUserBusy && q850_cause != kCauseNoAnswer;
}

}  // namespace weir::dialplan
