// SPDX-License-Identifier: Apache-2.0
// PassTable: requests outside of calls that go on by dial-peer, and what follows them in their
// dialogs: MESSAGE, PUBLISH, NOTIFY, SUBSCRIBE.
//
// Pure: requests, responses and times in, actions out. Thread: sip. `id` numbers an entry as a
// call, so that the tags of its dialogs lead here. SIP profiles, lists of headers that pass, and
// Session-ID count as for calls: of the sender's peer and of the peer that it goes to.
//
// clang-format off
// | entry   | what comes                                   | what follows | goes on to |
// |---------|----------------------------------------------|--------------|------------|
// | -       | MESSAGE, PUBLISH, NOTIFY, SUBSCRIBE          | the same to the first route | asked |
// | asked   | 408, 503 or nothing from a route             | the next route; none: that to the sender | asked; gone |
// | asked   | 401, 407                                     | once more with an answer (edge/digest) | asked |
// | asked   | 2xx to SUBSCRIBE                             | to the sender | lasting |
// | asked   | another final response                       | to the sender | gone |
// | asked, lasting | NOTIFY, SUBSCRIBE of a party          | to the other party | the same |
// | lasting | the answer to NOTIFY terminated, 481 or 408  | to its sender | gone |
// | lasting | its time is up (Expires, from 2xx and NOTIFY)|              | gone |
// clang-format on
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "config/model/config.hpp"
#include "signaling/call/call_types.hpp"
#include "signaling/call/header_edge.hpp"
#include "signaling/edge/digest.hpp"
#include "signaling/header/session_id.hpp"

namespace weir::signaling {

struct PassStart {
    CallId id;
    config::ConfigPtr config;
    IncomingRequest request;
    std::vector<OutboundRoute> routes;  // at least one, all of them in reach
    std::string local_tag;              // toward the sender
    std::string contact;                // toward the sender
    std::string cnonce;                 // hexadecimal, random: for an answer to a challenge
    config::DialPeerTag inbound{};      // the sender's dial-peer
    HeaderEdge headers{};               // SIP profiles; has seen the request arrive (spec D.3)
    // [Side] Random UUIDs for parties that say no Session-ID of their own (RFC 7989 7).
    std::array<std::string, 2> session_uuids{};
};

using PassAction = std::variant<Respond, SendRequest>;
using PassActions = std::vector<PassAction>;

class PassTable {
public:
    // The methods that begin an entry.
    [[nodiscard]] static bool takes(std::string_view method);

    [[nodiscard]] bool is_full() const;
    [[nodiscard]] std::size_t size() const { return entries_.size(); }
    [[nodiscard]] PassActions begin(PassStart start, MonoTime now);
    // Whether the request is in a dialog of that entry.
    [[nodiscard]] bool owns(CallId id, const SipMessage& request) const;
    [[nodiscard]] PassActions on_request(CallId id, const IncomingRequest& received, MonoTime now);
    [[nodiscard]] PassActions on_response(Token token, const SipMessage& received, MonoTime now);
    [[nodiscard]] PassActions on_failure(Token token, MonoTime now);
    // Forgets what has had its time; asked every kPassedSweep while there is anything.
    [[nodiscard]] PassActions expire(MonoTime now);

private:
    struct Pending {
        Side from = Side::a;
        ServerTxn txn;
        SipMessage request;    // as it came
        OutgoingRequest sent;  // as it went
        DigestAttempt attempt;
        bool first = false;  // the one that began the entry
    };
    struct Entry {
        PassStart start;
        std::size_t route = 0;
        std::array<std::optional<Dialog>, 2> legs;  // [Side]: the sender's, and the far one
        std::map<Token, Pending> pending;
        SessionIds sessions;
        MonoTime until;
        bool lasting = false;  // a subscription
        bool over = false;     // it has been told to end
    };

    [[nodiscard]] std::optional<Side> side_of(const Entry& entry, const SipMessage& request) const;
    [[nodiscard]] static const config::DialPeer& peer_of(const Entry& entry, Side side);
    static void carry(const Entry& entry, Side from, const SipMessage& received, SipMessage& made);
    static void learn_session(Entry& entry, Side side, const SipMessage& message);
    static void respond(Entry& entry, Side side, ServerTxn txn, SipMessage response,
                        PassActions& actions);
    void send_first(Entry& entry, PassActions& actions);
    void send(Entry& entry, Pending pending, PassActions& actions);
    void answer(Entry& entry, const Pending& pending, const SipMessage* response,
                PassActions& actions);
    [[nodiscard]] bool repeat(Entry& entry, Pending& pending, const SipMessage& response,
                              PassActions& actions);
    [[nodiscard]] bool try_next(Entry& entry, PassActions& actions);
    void learn(Entry& entry, const Pending& pending, const SipMessage& response, MonoTime now);
    void forget_if_done(CallId id);
    [[nodiscard]] Entry* entry_of(Token token);

    std::unordered_map<CallId, Entry> entries_;
    std::unordered_map<Token, CallId> tokens_;
    Token last_token_ = 0;
};

}  // namespace weir::signaling
