// SPDX-License-Identifier: Apache-2.0
// SIP profiles at the edge of one call: the first thing that happens to what arrives, the last to
// what leaves (spec D.3). The machine inside never sees a profile.
//
// Thread: sip. Copied variables and the headers that copy lists name live as long as the call.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "config/model/config.hpp"
#include "dataplane/api/session.hpp"
#include "dialplan/dial_plan.hpp"
#include "signaling/api/sip_stack.hpp"
#include "signaling/call/boxed.hpp"
#include "signaling/header/sip_profile.hpp"

namespace weir::signaling {

// The dial-peer that an INVITE matches before any profile has been applied (spec D.3); dial-peer 0,
// so the global profile, when the message is too malformed to be matched.
[[nodiscard]] const config::DialPeer& preliminary_peer(const IncomingRequest& invite,
                                                       const dialplan::DialPlan& plan);

class HeaderEdge {
public:
    using Side = dataplane::Side;

    HeaderEdge() = default;  // without profiles
    HeaderEdge(std::shared_ptr<const ProfileSet> profiles, config::ConfigPtr config)
        : profiles_(std::move(profiles)), config_(std::move(config)) {
        if (config_ != nullptr && !profiles_->empty()) kept_ = State{};
    }

    // A message of the leg of `peer` on `side`; `later_invite`: see ProfileSubject::reinvite.
    void arriving(SipMessage& message, const config::DialPeer& peer, Side side, bool later_invite);
    // The same of a request: its response will have From and To as they came.
    void arriving(IncomingRequest& request, const config::DialPeer& peer, Side side,
                  bool later_invite);
    void leaving(SipMessage& message, const config::DialPeer& peer, Side side, bool later_invite);
    void leaving(ServerTxn txn, SipMessage& response, const config::DialPeer& peer, Side side,
                 bool later_invite);
    // A CANCEL, or the ACK of a failure: what it shares with its INVITE stays (RFC 3261 9.1).
    void leaving_hop(SipMessage& request, const config::DialPeer& peer, Side side);
    // Messages that a profile was not applied to, for its limits (spec D.2).
    [[nodiscard]] std::uint64_t refused() const { return refused_; }

private:
    struct Addresses {
        std::string from;
        std::string to;
    };
    using Kept = std::map<std::string, PeerMessage>;  // by method
    // What profiles keep of a call.
    struct State {
        ProfileVariables variables;
        std::array<Kept, 2> requests;
        std::array<Kept, 2> responses;
        std::map<ServerTxn, Addresses> addresses;  // as received, where a profile changed them
    };

    [[nodiscard]] bool is_idle() const { return !kept_; }
    void keep(const SipMessage& message, const config::DialPeer& peer, Side side);
    [[nodiscard]] const PeerMessage* counterpart(const SipMessage& message, Side side) const;

    std::shared_ptr<const ProfileSet> profiles_;
    config::ConfigPtr config_;
    Boxed<State> kept_;  // none: there are no profiles
    std::uint64_t refused_ = 0;
};

// A message of no call: the global profile (spec D.3).
void apply_global_profile(SipMessage& message, const ProfileSet* profiles,
                          const config::Config& config);

}  // namespace weir::signaling
