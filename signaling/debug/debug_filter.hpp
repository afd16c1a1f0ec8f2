// SPDX-License-Identifier: Apache-2.0
// What an operator wants to see of `debug ccsip`, and how much of it may come. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "config/base/clock.hpp"
#include "config/base/result.hpp"
#include "config/model/config.hpp"
#include "signaling/api/call_events.hpp"

namespace weir::signaling {

class Call;

// Of a call: its numbers as they came and as they went on, its dial-peers. Nothing set: everything.
struct DebugFilter {
    std::string number;  // without a leading +
    std::optional<config::DialPeerTag> peer;
    std::optional<CallId> call;

    [[nodiscard]] bool is_set() const { return !number.empty() || peer || call; }
    [[nodiscard]] bool wants(const Call& call) const;
    // A message of no call: by the users of its Request-URI, From and To.
    [[nodiscard]] bool wants(const SipMessage& message) const;
    // The first INVITE of a call has its numbers, but no dial-peer and no id yet.
    [[nodiscard]] bool waits_for_call() const { return peer || call; }
};

// What `debug ccsip ...` switches on.
struct DebugWish {
    bool messages = false;
    bool events = false;  // what goes into a call and what it decides
    bool states = false;  // its changes of state
    DebugFilter filter;   // of each of them
};

// "messages number 4930123": the words behind `debug ccsip`. Errors: invalid, with what is
// possible.
[[nodiscard]] Result<DebugWish> parse_debug_wish(std::string_view words);

// So many a second; the next one that passes is told how many did not.
class DebugBudget {
public:
    explicit DebugBudget(std::uint32_t a_second) : a_second_(a_second) {}
    [[nodiscard]] bool take(MonoTime now);
    [[nodiscard]] std::uint64_t take_dropped() { return std::exchange(dropped_, 0); }

private:
    std::uint32_t a_second_;
    MonoTime since_;
    std::uint32_t used_ = 0;
    std::uint64_t dropped_ = 0;
};

}  // namespace weir::signaling
