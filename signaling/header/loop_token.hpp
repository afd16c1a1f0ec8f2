// SPDX-License-Identifier: Apache-2.0
// The private header by which a box knows its own calls again (spec G.3): X-Loop: BOX;n=COUNT.
//
// A B2BUA has no other way: each pass has a new Call-ID and a new Via (RFC 3261 16.3 is for
// proxies). Thread: any; values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "signaling/api/message.hpp"

namespace weir::signaling {

// Spec G.3: a call may pass three times (a TDM loop is two); with a higher count it gets 482.
inline constexpr std::uint32_t kMaxPasses = 2;

class LoopTokens {
public:
    // `box` names us; what the INVITE says of other boxes is kept for them.
    LoopTokens(std::string box, const SipMessage& invite);

    [[nodiscard]] std::uint32_t passes() const { return passes_; }  // through us, before this one
    [[nodiscard]] bool is_loop() const { return passes_ > kMaxPasses; }
    // The value for the INVITE that goes on: our count one higher, the others as they were.
    [[nodiscard]] std::string next() const;

private:
    std::string box_;
    std::uint32_t passes_ = 0;
    std::vector<std::string> others_;
};

}  // namespace weir::signaling
