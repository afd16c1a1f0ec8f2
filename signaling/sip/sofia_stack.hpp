// SPDX-License-Identifier: Apache-2.0
// SofiaStack: SipStack over UDP, and over TCP on sofia-sip's transports.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "config/base/metrics.hpp"
#include "config/base/random.hpp"
#include "signaling/api/sip_stack.hpp"
#include "signaling/sip/connection_table.hpp"
#include "signaling/sip/sip_stats.hpp"
#include "signaling/sip/sofia_loop.hpp"
#include "signaling/sip/transaction_timers.hpp"

namespace weir::signaling {

struct SipListener {
    SipTransport transport = SipTransport::udp;
    Endpoint address;  // port 0: any free one
    bool operator==(const SipListener&) const = default;
};

struct SofiaOptions {
    std::vector<SipListener> listeners;
    TransactionTimers timers;  // also of server transactions
};

// Thread: sip, the one that runs `loop`; one stack per loop. Events come from the loop only, never
// from within a call into the stack. `loop` and `random` outlive it.
class SofiaStack final : public SipStack {
public:
    // Errors: exists, not_found, denied, io, when an address cannot be bound; invalid, for 0.0.0.0
    // and ::, which could not say in a Via or a Contact where they are reached.
    [[nodiscard]] static Result<std::unique_ptr<SofiaStack>> create(SofiaLoop& loop,
                                                                    const SofiaOptions& options,
                                                                    Random& random);
    struct Parts;
    explicit SofiaStack(std::unique_ptr<Parts> parts);  // for create()
    ~SofiaStack() override;

    void set_events(SipEvents& events) override;
    [[nodiscard]] Result<ClientTxn> send(OutgoingRequest request) override;
    Result<void> send_ack(OutgoingRequest ack) override;
    void cancel(ClientTxn invite, std::string_view reason) override;
    void abandon(ClientTxn txn) override;
    void respond(ServerTxn txn, const SipMessage& response) override;
    [[nodiscard]] std::vector<std::pair<SipTransport, Endpoint>> listeners() const override;

    // Told of each request of ours that was too large for its UDP and left by TCP, and once more
    // when it goes by UDP after all, because nobody took the connection: what a trace has to know.
    // Called from within the stack; calls nothing of it.
    using WayListener = std::function<void(const SipMessage& request, const SipPath& way)>;
    void set_way_listener(WayListener listener);

    // TCP connections; closing one gives false when it is not there.
    [[nodiscard]] std::vector<StreamConnection> connections() const;
    [[nodiscard]] bool close_connection(std::uint64_t id);
    [[nodiscard]] SipGauges gauges() const;
    [[nodiscard]] const SipStats& stats() const;
    [[nodiscard]] SipStats& shared_stats();  // for a stack of another transport to count in
    [[nodiscard]] std::vector<Metric> metrics() const;

private:
    std::unique_ptr<Parts> parts_;
};

}  // namespace weir::signaling
