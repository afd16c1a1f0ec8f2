// SPDX-License-Identifier: Apache-2.0
// KeepaliveClient: sends the OPTIONS of spec A.12 and tells routing what is out of service.
//
// Thread: sip. signaling/edge/keepalive.hpp decides; here are the timers and transactions.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "config/base/metrics.hpp"
#include "dialplan/route.hpp"
#include "signaling/call/routing.hpp"
#include "signaling/call/sip_router.hpp"
#include "signaling/client/out_of_dialog.hpp"
#include "signaling/edge/address_health.hpp"
#include "signaling/edge/keepalive.hpp"

namespace weir::signaling {

enum class PingHealth : std::uint8_t { active, busy, partial, unresolved };
[[nodiscard]] std::string_view to_text(PingHealth health);  // "active"

// One target, for `show`: its addresses with their sessions.
struct PingRow {
    struct Session {
        std::uint32_t id = 0;  // OOD SessID
        Endpoint endpoint;
        PingHealth health = PingHealth::active;
    };
    PingTarget target;
    PingUse use;
    PingHealth health = PingHealth::active;
    std::vector<Session> sessions;
};

class KeepaliveClient final : public SipUser {
public:
    using OnBusyout = std::function<void(const dialplan::Busyout&)>;
    // SIP profile N on an OPTIONS, the last step before it is sent; may be empty.
    using ApplyProfile = std::function<void(std::uint32_t profile, SipMessage&)>;

    KeepaliveClient(ClientParts parts, NetworkKnowledge network, OnBusyout on_busyout);
    ~KeepaliveClient() override;
    KeepaliveClient(const KeepaliveClient&) = delete;
    KeepaliveClient& operator=(const KeepaliveClient&) = delete;

    // Targets that stay keep what is known of them; new ones begin active.
    void set_config(config::ConfigPtr config);
    void set_profiles(ApplyProfile apply) { apply_profile_ = std::move(apply); }

    [[nodiscard]] const dialplan::Busyout& busyout() const { return busyout_; }
    // Of names, too, some of whose addresses answer: calls leave these alone.
    [[nodiscard]] std::set<AddressHealth::Address> busy_addresses() const;
    [[nodiscard]] std::vector<PingRow> rows() const;
    // Of every peer that is pinged: all its targets busy, some of them, or none.
    [[nodiscard]] std::map<config::DialPeerTag, PingHealth> peers() const;
    [[nodiscard]] std::vector<Metric> metrics() const;

    // SipUser: only the responses to our OPTIONS.
    [[nodiscard]] bool claim_request(const IncomingRequest&) override { return false; }
    [[nodiscard]] bool claim_response(const IncomingResponse& response) override;
    [[nodiscard]] bool claim_failure(ClientTxn txn, TxnFailure failure) override;
    [[nodiscard]] bool claim_ack(ServerTxn, const IncomingRequest&) override { return false; }
    [[nodiscard]] bool claim_ack_timeout(ServerTxn) override { return false; }
    [[nodiscard]] bool claim_cancel(ServerTxn, const IncomingRequest&) override { return false; }

private:
    struct Session {
        std::uint32_t id = 0;
        PingState state;
        TimerId timer;
        ClientTxn txn;  // 0: none under way
        MonoTime sent_at;
    };
    struct Entry {
        PingUse use;
        std::map<Endpoint, Session> sessions;  // one, or one for each address of the name
        TimerId resolve_timer;
    };
    struct Owner {
        PingTarget target;
        Endpoint endpoint;
    };

    // True when its addresses have changed.
    bool resolve(const PingTarget& target, Entry& entry);
    [[nodiscard]] std::vector<Endpoint> addresses_of(const PingTarget& target) const;
    void plan_ping(const PingTarget& target, const Endpoint& endpoint, Session& session,
                   std::chrono::nanoseconds delay);
    void ping(const PingTarget& target, const Endpoint& endpoint);
    [[nodiscard]] std::optional<OutgoingRequest> make_ping(const PingTarget& target,
                                                           const Entry& entry,
                                                           const Endpoint& endpoint);
    void decided(const PingTarget& target, const Endpoint& endpoint, std::optional<int> status);
    void end(Session& session);
    void publish();
    [[nodiscard]] static PingHealth health_of(const PingTarget& target, const Entry& entry);

    ClientParts parts_;
    NetworkKnowledge network_;
    OnBusyout on_busyout_;
    ApplyProfile apply_profile_;
    config::ConfigPtr config_;
    std::map<PingTarget, Entry> entries_;
    std::map<ClientTxn, Owner> clients_;
    dialplan::Busyout busyout_;
    std::uint32_t last_id_ = 0;
    std::uint64_t sent_ = 0;
    std::uint64_t failed_ = 0;
};

}  // namespace weir::signaling
