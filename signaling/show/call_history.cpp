// SPDX-License-Identifier: Apache-2.0
// A ring by number and age.
#include "signaling/show/call_history.hpp"

namespace weir::signaling {

void CallHistory::on_call_ended(const CallView& call, const CallEnd& end,
                                const dataplane::SessionState& accounts) {
    if (settings_.calls > 0) {
        const LegFacts facts{call, CallState::finished, nullptr, &accounts, &end};
        calls_.push_front({legs_of(facts, end.at, LegMedia::voice),
                           legs_of(facts, end.at, LegMedia::video), end.at});
    }
    drop_old(end.at);
}

void CallHistory::drop_old(MonoTime now) {
    while (!calls_.empty() &&
           (calls_.size() > settings_.calls || now - calls_.back().at > settings_.time))
        calls_.pop_back();
}

std::vector<CallLeg> CallHistory::legs(std::size_t most, LegMedia media) {
    drop_old(clock_.now());
    std::vector<CallLeg> all;
    std::size_t left = most == 0 ? calls_.size() : most;
    for (const Ended& ended : calls_) {
        if (left-- == 0) break;
        const auto& legs = media == LegMedia::voice ? ended.voice : ended.video;
        all.insert(all.end(), legs.begin(), legs.end());
    }
    return all;
}

std::size_t CallHistory::size() {
    drop_old(clock_.now());
    return calls_.size();
}

}  // namespace weir::signaling
