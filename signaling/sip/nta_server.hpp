// SPDX-License-Identifier: Apache-2.0
// NtaServer: sofia's nta as listeners and server transactions (RFC 3261 17.2); nothing else of it
// is used.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "config/base/log.hpp"
#include "signaling/api/sip_stack.hpp"
#include "signaling/sip/client_transactions.hpp"
#include "signaling/sip/receiver.hpp"
#include "signaling/sip/sofia_handles.hpp"
#include "signaling/sip/sofia_loop.hpp"
#include "signaling/sip/sofia_stack.hpp"

namespace weir::signaling {

struct ServerTransaction {
    NtaServer* server = nullptr;
    std::uint64_t id = 0;
    nta_incoming_t* incoming = nullptr;
    std::string method;
    std::string call_id;
    std::string cseq;          // value of the header, for answers
    bool is_answered = false;  // finally
    std::string answer;        // the 2xx to an INVITE, while it waits for its ACK
};

// Thread: sip. One agent per listener: an agent closes its listeners only all together. Callbacks
// come from inside sofia and must not call back into it: SofiaStack queues what they bring.
class NtaServer {
public:
    struct Callbacks {
        // ACK: transaction 0. False: nobody can take it now, and sofia answers 503.
        std::function<bool(ServerTxn, ReceivedMessage)> on_request;
        std::function<void(ServerTxn, ReceivedMessage)> on_cancel;
    };
    NtaServer(SofiaLoop& loop, Receiver& receiver, SipStats& stats, Logger& log);
    ~NtaServer();
    NtaServer(const NtaServer&) = delete;
    NtaServer& operator=(const NtaServer&) = delete;

    void set_callbacks(Callbacks callbacks) { callbacks_ = std::move(callbacks); }
    [[nodiscard]] Result<void> listen(const SofiaOptions& options);
    [[nodiscard]] std::vector<SipListener> listeners() const;
    [[nodiscard]] const msg_mclass_t& message_class() const { return *class_; }
    // The transports behind the listener that `path.local` names (port 0: the first of that
    // address).
    struct Outlet {
        tport_t* transports = nullptr;
        Endpoint local;
        int datagrams = -1;  // the socket of UDP
    };
    [[nodiscard]] Result<Outlet> outlet(const SipPath& path) const;

    enum class Outcome : std::uint8_t {
        sent,      // provisional, or final and done with
        accepted,  // a 2xx to an INVITE: finish() when its ACK came
        failed,    // a final answer that could not be sent; the peer got 500, if anything
        ignored,   // there is no such transaction, or it is answered already
    };
    Outcome respond(ServerTxn txn, const SipMessage& response);
    void send_again(ServerTxn txn);  // the 2xx of an INVITE
    void finish(ServerTxn txn);      // an INVITE answered with 2xx: its ACK came, or will not
    [[nodiscard]] std::size_t size() const { return transactions_.size(); }
    // What nta counts itself, over all listeners; fills its two fields of `gauges`.
    void count(SipGauges& gauges) const;

private:
    struct Listener {
        SipListener address;
        AgentPtr agent;
        LegPtr leg;  // declared behind its agent: gone before it
        int datagrams = -1;
    };
    static int on_leg(NtaServer* server, nta_leg_t* leg, nta_incoming_t* incoming,
                      sip_t const* sip);
    static int on_ack_or_cancel(ServerTransaction* transaction, nta_incoming_t* incoming,
                                sip_t const* sip);
    [[nodiscard]] Result<Listener> open(const SipListener& address, const SofiaOptions& options);
    [[nodiscard]] std::optional<ReceivedMessage> request_behind(sip_t const* sip) const;
    int take(nta_incoming_t* incoming, sip_t const* sip);
    [[nodiscard]] bool may_see(const SipMessage& ack);
    void answer_unsent(const ServerTransaction& transaction);

    SofiaLoop& loop_;
    Receiver& receiver_;
    SipStats& stats_;
    Logger& log_;
    Callbacks callbacks_;
    ClassPtr class_;
    std::vector<Listener> listeners_;
    // Call-ID and CSeq of INVITEs whose refusal could not be sent. An ACK that meets such a
    // transaction fails an assertion of nta and ends the process; so none gets there. Gone after
    // 64*T1.
    using InviteName = std::pair<std::string, std::uint32_t>;
    std::set<InviteName> unsent_;
    std::deque<std::pair<MonoTime, InviteName>> unsent_until_;
    std::uint64_t last_id_ = 0;
    std::map<std::uint64_t, std::unique_ptr<ServerTransaction>> transactions_;
};

}  // namespace weir::signaling
