// SPDX-License-Identifier: Apache-2.0
// PrackAlarm: when a peer that does not PRACK is worth a line of log (spec E.4, product additions).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "config/base/clock.hpp"
#include "config/model/config.hpp"

namespace weir::signaling {

// Thread: the owner's. Bound: kMaxPrackAlarms peers.
class PrackAlarm {
public:
    // A call of that peer waits in vain. The calls since its last line, this one included, when a
    // line is due (kPrackAlarmInterval).
    [[nodiscard]] std::optional<std::uint64_t> note(config::DialPeerTag peer, MonoTime now);

private:
    struct Peer {
        MonoTime last;
        std::uint64_t calls = 0;  // since then
    };
    std::map<config::DialPeerTag, Peer> peers_;
};

// "peer 20 does not PRACK; consider rel1xx disable"
[[nodiscard]] std::string prack_alarm_text(config::DialPeerTag peer);

}  // namespace weir::signaling
