// SPDX-License-Identifier: Apache-2.0
// AddressHealth: which addresses of names calls had better leave alone for now (RFC 3263 4.3).
// Pure.
//
//   what                                   out of service
//   OPTIONS keepalive finds it busy        until keepalive finds it active
//   503 with Retry-After to an INVITE      for so long, at most kLongestRest (RFC 3261 21.5.4)
//   no answer to an INVITE, no connection  kSilentRest
//   any other answer to an INVITE          not: it is back at once
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "config/base/clock.hpp"
#include "signaling/api/message.hpp"
#include "signaling/api/sip_stack.hpp"

namespace weir::signaling {

// A peer may not put itself out of service for a day by one header.
inline constexpr std::chrono::minutes kLongestRest{10};
// Another call tries a silent address again after so long: one call in half a minute pays for it.
inline constexpr std::chrono::seconds kSilentRest{30};
// Addresses that are remembered; the one that is back first makes place.
inline constexpr std::size_t kRestingAddresses = 1'000;

// Thread: sip; no clock of its own.
class AddressHealth {
public:
    using Address = std::pair<SipTransport, Endpoint>;

    // All that keepalive finds busy now.
    void set_busy(std::set<Address> busy) { busy_ = std::move(busy); }
    // A response to an INVITE that went there.
    void answered(const Address& address, const SipMessage& response, MonoTime now);
    void silent(const Address& address, MonoTime now) { rest(address, now + kSilentRest); }
    [[nodiscard]] bool is_down(const Address& address, MonoTime now) const;
    // By whatever transport and port; without those that keepalive finds busy.
    [[nodiscard]] bool is_resting(const IpAddress& address, MonoTime now) const;
    [[nodiscard]] std::size_t resting() const { return resting_.size(); }

private:
    void rest(const Address& address, MonoTime until);

    std::set<Address> busy_;
    std::map<Address, MonoTime> resting_;
};

// Seconds of a Retry-After, without its comment and parameters (RFC 3261 20.33).
[[nodiscard]] std::optional<std::chrono::seconds> retry_after_of(const SipMessage& response);

}  // namespace weir::signaling
