// SPDX-License-Identifier: Apache-2.0
// RegisterClient: registers the `credentials` of sip-ua and of tenants at their registrars (spec
// B.11).
//
// Thread: sip. signaling/edge/registration.hpp decides; here are messages, timers, transactions.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/base/metrics.hpp"
#include "config/model/registration.hpp"
#include "signaling/call/routing.hpp"
#include "signaling/call/sip_router.hpp"
#include "signaling/client/out_of_dialog.hpp"
#include "signaling/edge/registration.hpp"

namespace weir::signaling {

// A line of `show sip-ua register status`.
struct RegisterRow {
    std::uint32_t tenant = 0;  // 0 = sip-ua
    std::string line;          // the number, or the user name without one
    std::string peer;          // the registrar
    std::uint8_t index = 1;    // its number, 1..6
    std::chrono::seconds left{0};
    bool registered = false;
    int last_status = 0;  // 0: no answer came, or none yet
};

class RegisterClient final : public SipUser {
public:
    RegisterClient(ClientParts parts, NetworkKnowledge network);
    ~RegisterClient() override;
    RegisterClient(const RegisterClient&) = delete;
    RegisterClient& operator=(const RegisterClient&) = delete;

    // What stays is left alone; what is gone is removed at its registrar.
    void set_config(config::ConfigPtr config);
    // Removes everything at the registrars; done when is_idle().
    void stop();
    [[nodiscard]] bool is_idle() const { return entries_.empty(); }
    // The same without waiting for registrars that do not answer.
    void give_up();
    // Registers everything anew (clear sip-ua registrations).
    void again();

    // A registrar at that address does not register a line for which a secondary one does.
    [[nodiscard]] bool has_left(const IpAddress& address) const;

    [[nodiscard]] std::vector<RegisterRow> rows() const;
    [[nodiscard]] std::vector<Metric> metrics() const;

    // SipUser: only the responses to our REGISTERs.
    [[nodiscard]] bool claim_request(const IncomingRequest&) override { return false; }
    [[nodiscard]] bool claim_response(const IncomingResponse& response) override;
    [[nodiscard]] bool claim_failure(ClientTxn txn, TxnFailure failure) override;
    [[nodiscard]] bool claim_ack(ServerTxn, const IncomingRequest&) override { return false; }
    [[nodiscard]] bool claim_ack_timeout(ServerTxn) override { return false; }
    [[nodiscard]] bool claim_cancel(ServerTxn, const IncomingRequest&) override { return false; }

private:
    // One credential at one registrar.
    struct Key {
        std::uint32_t tenant = 0;
        std::uint8_t registrar = 1;
        std::string number;
        std::string user;
        auto operator<=>(const Key&) const = default;
    };
    struct Entry {
        config::Registrar registrar;
        config::Credential credential;
        Registration state{RegistrationSettings{}};
        config::ConfigPtr config;  // of its timers and passwords
        TimerId timer;
        ClientTxn txn;
        std::string call_id;  // the same of all its REGISTERs (RFC 3261 10.2.4)
        std::string contact_user;
        std::uint32_t cseq = 100;
        SipPath path;              // of the last REGISTER
        SipMessage challenge;      // what it is answered
        bool leaving = false;      // removed from the configuration: forgotten once it is removed
        bool standing_by = false;  // a secondary that is not needed
    };

    [[nodiscard]] std::map<Key, Entry> wanted(const config::ConfigPtr& config);
    void start(const Key& key, Entry& entry, std::chrono::nanoseconds delay);
    void step(const Key& key, const Registration::Step& next);
    void send(const Key& key, Entry& entry, bool with_answer);
    [[nodiscard]] SipMessage message_of(const Entry& entry);
    [[nodiscard]] bool can_answer(const Key& key, const Entry& entry,
                                  const SipMessage& response) const;
    void decided(const Key& key, const SipMessage* response);
    void call_secondaries(const Key& key);
    void remove(const Key& key, Entry& entry);
    void drop_timer(Entry& entry);

    ClientParts parts_;
    NetworkKnowledge network_;
    config::ConfigPtr config_;
    std::map<Key, Entry> entries_;
    std::map<ClientTxn, Key> clients_;
    std::uint64_t sent_ = 0;
    std::uint64_t failed_ = 0;
};

// The whole table (spec H.6); `tenant` 0 = sip-ua and all tenants.
[[nodiscard]] std::string show_register_status(const std::vector<RegisterRow>& rows,
                                               std::uint32_t tenant);

}  // namespace weir::signaling
