// SPDX-License-Identifier: Apache-2.0
// SipStack: SIP transactions and transports, nothing above them. Dialogs are ours (signaling/call).
//
// Thread: sip. The real ones are signaling/sip and signaling/tls; tests have a fake one.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/base/address.hpp"
#include "config/base/clock.hpp"
#include "config/base/result.hpp"
#include "config/base/strong.hpp"
#include "signaling/api/message.hpp"

namespace weir::signaling {

using ServerTxn = Strong<struct ServerTxnName, std::uint64_t>;  // 0 = none
using ClientTxn = Strong<struct ClientTxnName, std::uint64_t>;

enum class SipTransport : std::uint8_t { udp, tcp, tls };
[[nodiscard]] const char* to_string(SipTransport transport);  // "udp", "tcp", "tls"

// Where a message came from, or goes to.
struct SipPath {
    SipTransport transport = SipTransport::udp;
    Endpoint local;   // our listener's address
    Endpoint remote;  // the peer
    // Of TLS: the name that the peer was found by, which its certificate is compared with and
    // which is sent to it as SNI; "" = by its address.
    std::string host{};
    std::uint32_t tls_profile = 0;  // voice class tls-profile; 0 = crypto signaling decides
    // Of UDP: requests of ours with more than 1,300 bytes go by TCP (RFC 3261 18.1.1).
    bool tcp_if_large = false;
    bool operator==(const SipPath&) const = default;
};

struct IncomingRequest {
    ServerTxn txn;       // answered exactly once with a final response; ACK has none (0)
    SipMessage message;  // guarded: the headers a transaction needs are there and well formed
    SipPath path;
    MonoTime received_at;  // when the kernel got it
};

struct IncomingResponse {
    ClientTxn txn;
    SipMessage message;  // also retransmitted and forked 2xx of an INVITE
    MonoTime received_at;
};

// Why a client transaction ended without a final response.
enum class TxnFailure : std::uint8_t { timeout, transport };

// Messages are given away: whoever keeps one moves it.
class SipEvents {
public:
    virtual ~SipEvents() = default;
    // Asked of each request before it gets a transaction; false: it is dropped without one byte of
    // answer (an untrusted source, spec B.3). `request` is null when the message could not be read
    // and would be refused. Called from inside the stack: a pure question.
    [[nodiscard]] virtual bool admits(const SipMessage* request, const SipPath& path) {
        static_cast<void>(request);
        static_cast<void>(path);
        return true;
    }
    // Asked next, before a transaction is made: a final response that costs no more than itself
    // (overload, spec J.2). It is sent without a transaction; `answer` lacks nothing but
    // Content-Length. Never for a retransmission of what has a transaction. Called from inside the
    // stack, once for each request: it
    // may count it, and calls nothing of the stack.
    [[nodiscard]] virtual std::optional<SipMessage> refuses(const SipMessage& request,
                                                            const SipPath& path) {
        static_cast<void>(request);
        static_cast<void>(path);
        return std::nullopt;
    }
    virtual void on_request(IncomingRequest request) = 0;
    // A CANCEL that matched the INVITE `invite`: the stack has answered it 200 already.
    virtual void on_cancel(ServerTxn invite, IncomingRequest cancel) = 0;
    // The ACK of a final response that we sent in `invite` (2xx; others are consumed by the stack).
    virtual void on_ack(ServerTxn invite, IncomingRequest ack) = 0;
    // Our 2xx was retransmitted until 64*T1 and no ACK came (RFC 3261 13.3.1.4).
    virtual void on_ack_timeout(ServerTxn invite) = 0;
    virtual void on_response(IncomingResponse response) = 0;
    virtual void on_failure(ClientTxn txn, TxnFailure failure) = 0;
    // What the stack makes of an INVITE of ours by itself, before it leaves: its CANCEL, and the
    // ACK of a failure. SIP profiles are applied here; what names the transaction stays (RFC
    // 3261 9.1, 17.1.1.3).
    virtual void leaving(ClientTxn invite, SipMessage& request) {
        static_cast<void>(invite);
        static_cast<void>(request);
    }
};

struct OutgoingRequest {
    SipMessage message;  // complete but for Via and Content-Length, which the stack writes
    SipPath path;        // `local` chooses the listener and the Via; port 0 = that listener's own
    std::chrono::milliseconds t1{500};  // first retransmission (UDP); doubles
    std::uint8_t retries =
        6;  // retransmissions before TxnFailure::timeout; only while no response at all came
};

class SipStack {
public:
    virtual ~SipStack() = default;
    virtual void set_events(SipEvents& events) = 0;

    // Sends a request in a new client transaction.
    [[nodiscard]] virtual Result<ClientTxn> send(OutgoingRequest request) = 0;
    // Sends the ACK of a 2xx: no transaction; the caller sends it again for each retransmitted 2xx.
    virtual Result<void> send_ack(OutgoingRequest ack) = 0;
    // CANCELs an INVITE; waits for its first provisional response by itself (RFC 3261 9.1).
    // `reason` is a Reason header value or "". The INVITE still ends by its final response or by
    // on_failure.
    virtual void cancel(ClientTxn invite, std::string_view reason) = 0;
    // No more events of this transaction are wanted. (A late 2xx of an abandoned INVITE is ACKed
    // and BYEd by whoever abandons only after the final response; so abandon INVITEs only then.)
    virtual void abandon(ClientTxn txn) = 0;

    // Answers. The response is complete but for Content-Length (make_response gives its start).
    virtual void respond(ServerTxn txn, const SipMessage& response) = 0;

    // The addresses we listen on, with their real ports.
    [[nodiscard]] virtual std::vector<std::pair<SipTransport, Endpoint>> listeners() const = 0;
};

}  // namespace weir::signaling
