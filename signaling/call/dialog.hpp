// SPDX-License-Identifier: Apache-2.0
// Dialog: the ids, sequence numbers, route set and target of one SIP dialog (RFC 3261 12), pure.
//
// Thread: any one; a value without clock, socket or random source: Call-IDs and tags come from
// outside. Used by calls and by recording sessions (forking/session).
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/base/clock.hpp"
#include "config/base/guid.hpp"
#include "config/base/result.hpp"
#include "signaling/api/message.hpp"
#include "signaling/api/sip_stack.hpp"

namespace weir::signaling {

// Spec B.2: the first CSeq of every dialog that we begin.
inline constexpr std::uint32_t kFirstCSeq = 101;

// "Weir/0.1.0": User-Agent of our requests, Server of our responses (spec N15).
[[nodiscard]] std::string product_token();
// The methods that a call leg understands (RFC 3261 20.5).
[[nodiscard]] std::string_view allowed_methods();

// What a dialog that we begin is made of. All text is as it stands in the headers.
struct DialogStart {
    std::string call_id;
    std::string local_tag;
    std::string local;          // From without tag: "Ann" <sip:100@192.0.2.1>
    std::string remote;         // To without tag: <sip:200@198.51.100.7>
    std::string remote_target;  // Request-URI
    std::string contact;        // our Contact: <sip:100@192.0.2.1:5060;transport=tcp>
    SipPath path;               // where the first request goes
};

// The parts of an INVITE that are not the dialog's. Header order is the one of spec F.3.
struct InviteHeaders {
    std::vector<Header> leading;  // behind Via: X-Cisco-Recording-Participant, Remote-Party-ID
    std::string supported;        // option tags; "" is legal and says "none" (RFC 3261 20.37)
    std::string allow{allowed_methods()};
    std::optional<Guid> guid;
    WallTime now;                       // Date and Timestamp
    std::chrono::seconds expires{180};  // sip-ua timers expires
    std::chrono::seconds min_se{1800};  // spec B.7
    std::string body;                   // SDP, or "" for a delayed offer
};

// What a received in-dialog request is, by its sequence number.
enum class RequestOrder : std::uint8_t {
    next,   // go on
    stale,  // CSeq not above the last one: answer 500 (RFC 3261 12.2.2)
};

class Dialog {
public:
    // A dialog that we begin.
    explicit Dialog(DialogStart start);
    // A dialog that the peer begins with `invite`. Errors: a Contact or From that is no SIP
    // address.
    [[nodiscard]] static Result<Dialog> from_invite(const IncomingRequest& invite,
                                                    std::string local_tag, std::string contact);

    // The INVITE that begins the dialog; takes the next CSeq.
    [[nodiscard]] SipMessage invite(const InviteHeaders& headers);
    // A request inside the dialog: takes the next CSeq; INVITE and UPDATE carry our Contact.
    [[nodiscard]] SipMessage request(std::string_view method);
    // The same with an SDP body.
    [[nodiscard]] SipMessage request_with_sdp(std::string_view method, std::string sdp);
    // An INVITE of ours that answered a challenge: its ACK must carry the same credentials (RFC
    // 3261 13.2.2.4, 22.1).
    void keep_credentials(const SipMessage& invite);
    // The ACK of a 2xx to the INVITE with that CSeq number; `sdp` may be empty.
    [[nodiscard]] SipMessage ack(std::uint32_t invite_cseq, std::string sdp = {}) const;
    // A response inside the dialog: our tag, Server, and for INVITE and UPDATE the Contact, Allow
    // and the request's Record-Route (RFC 3261 12.1.1). `sdp` may be empty.
    [[nodiscard]] SipMessage response(const SipMessage& request, int status,
                                      std::string sdp = {}) const;

    // Learns from a response to our INVITE or UPDATE: the peer's tag (the latest one while early),
    // the route set and the target.
    void on_response(const SipMessage& response);
    // The sibling dialog that a 2xx of another fork has begun (RFC 3261 13.2.2.4): to be ACKed and
    // BYEd.
    [[nodiscard]] Dialog fork_of(const SipMessage& response) const;
    // The response is of such a sibling.
    [[nodiscard]] bool is_forked(const SipMessage& response) const;
    // Checks the sequence of a received in-dialog request (not ACK or CANCEL) and learns a new
    // target.
    [[nodiscard]] RequestOrder on_request(const SipMessage& request);

    // Where requests of this dialog go: the first route or the target if it is an IP address, else
    // where the dialog's messages came from.
    [[nodiscard]] SipPath path() const;
    // Call-ID and both tags agree. A request's From tag is the peer's, its To tag ours.
    [[nodiscard]] bool matches(const SipMessage& request) const;
    // The same of a request of ours: its From tag is ours, its To tag the peer's.
    [[nodiscard]] bool sent(const SipMessage& request) const;

    [[nodiscard]] const std::string& call_id() const { return call_id_; }
    [[nodiscard]] const std::string& local_tag() const { return local_tag_; }
    [[nodiscard]] const std::string& remote_tag() const { return remote_tag_; }
    [[nodiscard]] const std::string& remote_target() const { return remote_target_; }
    [[nodiscard]] const std::string& contact() const { return contact_; }
    [[nodiscard]] std::uint32_t last_cseq() const { return next_cseq_ - 1; }
    // For a request that is sent again with an answer to a challenge (RFC 3261 22.2).
    [[nodiscard]] std::uint32_t take_cseq() { return next_cseq_++; }
    // `cseq` has been used by another copy of this dialog: the next request has a higher number.
    void count_on_from(std::uint32_t cseq) { next_cseq_ = std::max(next_cseq_, cseq + 1); }
    [[nodiscard]] bool is_confirmed() const { return confirmed_; }

private:
    Dialog() = default;
    void add_address_headers(SipMessage& message) const;
    void set_targets(SipMessage& message) const;
    void learn_target(const SipMessage& message);

    std::string call_id_;
    std::string local_tag_;
    std::string remote_tag_;
    std::string local_;   // without tag
    std::string remote_;  // without tag
    std::string remote_target_;
    std::string contact_;
    std::vector<std::string> routes_;  // the first is the next hop
    SipPath path_;
    std::vector<Header> credentials_;  // of the INVITE with that number
    std::uint32_t credentials_cseq_ = 0;
    std::uint32_t next_cseq_ = kFirstCSeq;
    std::optional<std::uint32_t> remote_cseq_;
    bool confirmed_ = false;
};

// Our Contact: <sip:user@192.0.2.1>, the port only if it is not 5060 (spec N15), ;transport=tcp for
// TCP.
[[nodiscard]] std::string contact_header(std::string_view user, const SipPath& path);
// "192.0.2.1" or "192.0.2.1:5070" or "[2001:db8::1]": host of a URI, the port only if not 5060.
[[nodiscard]] std::string uri_host_port(const Endpoint& endpoint);

}  // namespace weir::signaling
