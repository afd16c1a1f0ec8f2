// SPDX-License-Identifier: Apache-2.0
// TlsStack: joins transport, guard and transactions; see tls_stack.hpp.
#include "signaling/tls/tls_stack.hpp"

#include <utility>

#include "signaling/sip/guard.hpp"
#include "signaling/sip/intake.hpp"
#include "signaling/sip/transaction_layer.hpp"
#include "signaling/tls/tls_sender.hpp"
#include "signaling/tls/tls_transport.hpp"

namespace weir::signaling {

struct TlsStack::Parts {
    EventLoop& loop;
    SipStats& stats;
    TlsTransport transport;
    TlsSender sender;
    Intake intake;
    TransactionLayer transactions;

    Parts(const Seams& seams, const TransactionTimers& timers, std::unique_ptr<SocketSet> sockets);
    [[nodiscard]] TlsTransport::Callbacks callbacks();
    [[nodiscard]] bool send_response(const RequestOrigin& origin, const std::string& text);
    void on_message(std::uint64_t connection, std::string_view bytes, const SipPath& path);
    void on_fault(std::uint64_t connection, std::string_view bytes, const SipPath& path,
                  GuardReason fault);
};

TlsStack::Parts::Parts(const Seams& seams, const TransactionTimers& timers,
                       std::unique_ptr<SocketSet> sockets)
    : loop(seams.loop),
      stats(seams.stats),
      transport(seams.loop, std::move(sockets), seams.log, callbacks()),
      sender(transport),
      intake(seams.stats),
      transactions(
          {.loop = seams.loop,
           .random = seams.random,
           .stats = seams.stats,
           .sender = sender,
           .reply = [this](const RequestOrigin& origin,
                           const std::string& text) { return send_response(origin, text); }},
          timers) {
    transactions.decide_for(intake);
}

TlsTransport::Callbacks TlsStack::Parts::callbacks() {
    return {
        .admits = [this](const SipPath& path) { return !intake.is_stranger(path); },
        .on_message = [this](std::uint64_t connection, std::string_view bytes,
                             const SipPath& path) { on_message(connection, bytes, path); },
        .on_fault = [this](std::uint64_t connection, std::string_view bytes, const SipPath& path,
                           GuardReason fault) { on_fault(connection, bytes, path, fault); },
        .on_closed =
            [this](std::uint64_t connection) {
                for (const std::uint64_t key : sender.broken_by(connection)) {
                    transactions.on_send_error(key);
                    sender.forget(key);
                }
            }};
}

// RFC 3261 18.2.2: by the connection of the request while it is there, else by a new one to where
// the request came from.
bool TlsStack::Parts::send_response(const RequestOrigin& origin, const std::string& text) {
    if (transport.send(origin.connection, text)) return true;
    const auto other = transport.connection_to(origin.path);
    return other && transport.send(*other, text);
}

void TlsStack::Parts::on_fault(std::uint64_t connection, std::string_view bytes,
                               const SipPath& path, GuardReason fault) {
    stats.drop(fault);
    if (intake.is_stranger(path)) return;
    const Inspection inspection = inspect(bytes, SipTransport::tls);
    if (!inspection.answer) return;
    stats.sent.count(*inspection.answer);
    (void)transport.send(connection, to_wire(*inspection.answer));
}

void TlsStack::Parts::on_message(std::uint64_t connection, std::string_view bytes,
                                 const SipPath& path) {
    ++stats.stream_messages;
    auto received = intake.take(bytes, path, loop.clock().now(), [&](const SipMessage& response) {
        (void)transport.send(connection, to_wire(response));
    });
    if (!received) return transport.end_stranger(connection);
    // An ACK is looked at whoever sends it.
    const SipMessage& message = received->message;
    if (message.is_request && message.method != "ACK") transport.note_peer(connection);
    if (!transactions.on_message(std::move(*received), connection))
        transport.end_stranger(connection);
}

TlsStack::TlsStack(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
TlsStack::~TlsStack() = default;

Result<std::unique_ptr<TlsStack>> TlsStack::create(const Seams& seams,
                                                   const TransactionTimers& timers) {
    auto sockets = SocketSet::create(seams.loop);
    if (!sockets) return fail(sockets.error());
    return std::make_unique<TlsStack>(std::make_unique<Parts>(seams, timers, std::move(*sockets)));
}

void TlsStack::configure(const TlsSettings& settings) {
    parts_->transport.configure(settings);
}

void TlsStack::set_events(SipEvents& events) {
    parts_->transactions.set_events(events);
}

Result<ClientTxn> TlsStack::send(OutgoingRequest request) {
    const auto outlet = parts_->transport.outlet(request.path);
    if (!outlet) return fail(outlet.error());
    request.path.local = outlet->address;
    if (request.path.tls_profile == 0) request.path.tls_profile = outlet->profile;
    return parts_->transactions.send(std::move(request));
}

Result<void> TlsStack::send_ack(OutgoingRequest ack) {
    const auto outlet = parts_->transport.outlet(ack.path);
    if (!outlet) return fail(outlet.error());
    ack.path.local = outlet->address;
    if (ack.path.tls_profile == 0) ack.path.tls_profile = outlet->profile;
    return parts_->transactions.send_ack(std::move(ack));
}

void TlsStack::cancel(ClientTxn invite, std::string_view reason) {
    parts_->transactions.cancel(invite, reason);
}

void TlsStack::abandon(ClientTxn txn) {
    parts_->transactions.abandon(txn);
}

void TlsStack::respond(ServerTxn txn, const SipMessage& response) {
    parts_->transactions.respond(txn, response);
}

std::vector<std::pair<SipTransport, Endpoint>> TlsStack::listeners() const {
    std::vector<std::pair<SipTransport, Endpoint>> result;
    for (const Endpoint& address : parts_->transport.listeners())
        result.emplace_back(SipTransport::tls, address);
    return result;
}

std::vector<StreamConnection> TlsStack::connections() const {
    return parts_->transport.connection_rows();
}

const TlsCounters& TlsStack::counters() const {
    return parts_->transport.counters();
}

bool TlsStack::close_connection(std::uint64_t id) {
    for (const StreamConnection& row : parts_->transport.connection_rows()) {
        if (row.id != id) continue;
        parts_->transport.close(id, "closed by an operator");
        return true;
    }
    return false;
}

std::vector<Metric> TlsStack::metrics() const {
    const TlsCounters& counters = parts_->transport.counters();
    const auto count = [](const char* name, const char* help, std::uint64_t value) {
        return Metric{name, help, MetricKind::counter, static_cast<double>(value), {}};
    };
    return {
        {"weir_signaling_tls_connections",
         "TLS connections now",
         MetricKind::gauge,
         static_cast<double>(parts_->transport.connections()),
         {}},
        count("weir_signaling_tls_accepted_total", "TLS connections that peers made",
              counters.accepted),
        count("weir_signaling_tls_opened_total", "TLS connections that this node made",
              counters.opened),
        count("weir_signaling_tls_established_total", "TLS handshakes that came to their end",
              counters.established),
        count("weir_signaling_tls_failed_total",
              "TLS handshakes that failed: certificate, version or time", counters.failed),
        count("weir_signaling_tls_refused_total",
              "connections closed before a byte: not trusted, over a limit, no certificate",
              counters.refused),
        count("weir_signaling_tls_aged_total", "TLS connections closed because they were idle",
              counters.aged),
        count("weir_signaling_tls_slow_total", "TLS connections closed within a message",
              counters.slow),
        count("weir_signaling_tls_reloads_total", "times that certificates were read again",
              parts_->transport.reloads()),
    };
}

}  // namespace weir::signaling
