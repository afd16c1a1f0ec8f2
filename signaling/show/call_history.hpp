// SPDX-License-Identifier: Apache-2.0
// CallHistory: the legs of the calls that ended last, for `show call history voice` (spec H.5).
#pragma once

#include <deque>
#include <vector>

#include "config/model/history_settings.hpp"
#include "signaling/api/event_loop.hpp"
#include "signaling/show/call_leg.hpp"

namespace weir::signaling {

// Thread: sip. Bounded by `dial-control-mib`: so many calls (max-size, 50) for so long
// (retain-timer, 15 minutes); of a call what its tables need, no media class, no configuration.
class CallHistory final : public CallListener {
public:
    // `clock` outlives it.
    explicit CallHistory(const Clock& clock) : clock_(clock) {}
    void configure(const config::Config& config) {
        settings_ = config::history_settings(config);
        drop_old(clock_.now());
    }

    // The newest first. `most` calls, 0 = all.
    [[nodiscard]] std::vector<CallLeg> legs(std::size_t most, LegMedia media);
    [[nodiscard]] std::size_t size();

    // CallListener
    [[nodiscard]] bool wants_media(const config::Config&, config::DialPeerTag,
                                   config::DialPeerTag) const override {
        return false;
    }
    void on_call_connected(const CallView&) override {}
    void on_call_media_changed(const CallView&, MonoTime) override {}
    void on_call_releasing(const CallView&, const CallEnd&) override {}
    void on_call_ended(const CallView& call, const CallEnd& end,
                       const dataplane::SessionState& accounts) override;

private:
    struct Ended {
        std::vector<CallLeg> voice;
        std::vector<CallLeg> video;
        MonoTime at;
    };
    void drop_old(MonoTime now);

    const Clock& clock_;
    config::HistorySettings settings_;
    std::deque<Ended> calls_;  // the newest in front
};

}  // namespace weir::signaling
