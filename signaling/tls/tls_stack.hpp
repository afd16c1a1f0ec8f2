// SPDX-License-Identifier: Apache-2.0
// TlsStack: SIP over TLS as a SipStack of its own (RFC 3261 17, 18, 26).
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "config/base/log.hpp"
#include "config/base/metrics.hpp"
#include "config/base/random.hpp"
#include "signaling/api/event_loop.hpp"
#include "signaling/api/sip_stack.hpp"
#include "signaling/sip/connection_table.hpp"
#include "signaling/sip/sip_stats.hpp"
#include "signaling/sip/transaction_timers.hpp"
#include "signaling/tls/tls_settings.hpp"

namespace weir::signaling {

struct TlsCounters;  // tls_transport.hpp

// Thread: sip. Events come from the loop only. Intake and transactions are those of signaling/sip.
// `loop`, `random`, `stats` and `log` outlive it.
class TlsStack final : public SipStack {
public:
    struct Seams {
        EventLoop& loop;
        Random& random;
        SipStats& stats;  // messages and refusals are counted with those of UDP and TCP
        Logger& log;
    };
    // Errors: io, when the system has no descriptor left.
    [[nodiscard]] static Result<std::unique_ptr<TlsStack>> create(const Seams& seams,
                                                                  const TransactionTimers& timers);
    struct Parts;
    explicit TlsStack(std::unique_ptr<Parts> parts);  // for create()
    ~TlsStack() override;

    // From now on; connections that are there stay. A listener without a certificate is named in
    // the log, and opens when its certificate comes.
    void configure(const TlsSettings& settings);

    void set_events(SipEvents& events) override;
    [[nodiscard]] Result<ClientTxn> send(OutgoingRequest request) override;
    Result<void> send_ack(OutgoingRequest ack) override;
    void cancel(ClientTxn invite, std::string_view reason) override;
    void abandon(ClientTxn txn) override;
    void respond(ServerTxn txn, const SipMessage& response) override;
    [[nodiscard]] std::vector<std::pair<SipTransport, Endpoint>> listeners() const override;

    // Connections now, what became of those before, and the end of one: false, it is not there.
    [[nodiscard]] std::vector<StreamConnection> connections() const;
    [[nodiscard]] const TlsCounters& counters() const;
    [[nodiscard]] bool close_connection(std::uint64_t id);
    [[nodiscard]] std::vector<Metric> metrics() const;

private:
    std::unique_ptr<Parts> parts_;
};

}  // namespace weir::signaling
