// SPDX-License-Identifier: Apache-2.0
// TlsStack: joins transport, guard and transactions; see tls_stack.hpp.
#include "signaling/tls/tls_stack.hpp"

#include <utility>

#include "signaling/sip/accepted_invites.hpp"
#include "signaling/sip/guard.hpp"
#include "signaling/sip/syntax.hpp"
#include "signaling/tls/server_transactions.hpp"
#include "signaling/tls/tls_sender.hpp"
#include "signaling/tls/tls_transport.hpp"

namespace weir::signaling {

struct TlsStack::Parts {
    EventLoop& loop;
    SipStats& stats;
    TlsTransport transport;
    TlsSender sender;
    ServerTransactions server;
    AcceptedInvites accepted;
    ClientTransactions client;
    SipEvents* events = nullptr;

    Parts(const Seams& seams, const ClientTransactionTimers& timers,
          std::unique_ptr<SocketSet> sockets);
    [[nodiscard]] TlsTransport::Callbacks callbacks();
    [[nodiscard]] bool send_response(std::uint64_t connection, const std::string& text,
                                     const SipPath& path);
    void on_message(std::uint64_t connection, std::string_view bytes, const SipPath& path);
    void on_request(std::uint64_t connection, SipMessage request, const SipPath& path);
    void on_fault(std::uint64_t connection, std::string_view bytes, const SipPath& path,
                  GuardReason fault);
};

TlsStack::Parts::Parts(const Seams& seams, const ClientTransactionTimers& timers,
                       std::unique_ptr<SocketSet> sockets)
    : loop(seams.loop),
      stats(seams.stats),
      transport(seams.loop, std::move(sockets), seams.log, callbacks()),
      sender(transport),
      server(seams.loop, timers.t1,
             [this](std::uint64_t connection, const std::string& text, const SipPath& path) {
                 return send_response(connection, text, path);
             }),
      accepted(seams.loop, timers.t1, timers.t2,
               {.send_again =
                    [this](ServerTxn txn) {
                        ++stats.retransmitted_answers;
                        server.send_again(txn);
                    },
                .on_timeout =
                    [this](ServerTxn txn) {
                        ++stats.ack_timeouts;
                        server.finish(txn);
                        if (events != nullptr) events->on_ack_timeout(txn);
                    }}),
      client({.loop = seams.loop, .sender = sender, .random = seams.random, .stats = seams.stats},
             timers,
             {.on_response =
                  [this](const IncomingResponse& response) {
                      if (events != nullptr) events->on_response(response);
                  },
              .on_failure =
                  [this](ClientTxn txn, TxnFailure failure) {
                      if (events != nullptr) events->on_failure(txn, failure);
                  },
              .leaving =
                  [this](ClientTxn invite, SipMessage& request) {
                      if (events != nullptr) events->leaving(invite, request);
                  }}) {}

TlsTransport::Callbacks TlsStack::Parts::callbacks() {
    return {
        .admits =
            [this](const SipPath& path) {
                return events == nullptr || events->admits(nullptr, path);
            },
        .on_message = [this](std::uint64_t connection, std::string_view bytes,
                             const SipPath& path) { on_message(connection, bytes, path); },
        .on_fault = [this](std::uint64_t connection, std::string_view bytes, const SipPath& path,
                           GuardReason fault) { on_fault(connection, bytes, path, fault); },
        .on_closed =
            [this](std::uint64_t connection) {
                for (const std::uint64_t key : sender.broken_by(connection)) {
                    client.on_send_error(key);
                    sender.forget(key);
                }
            }};
}

// RFC 3261 18.2.2: by the connection of the request while it is there, else by a new one to where
// the request came from.
bool TlsStack::Parts::send_response(std::uint64_t connection, const std::string& text,
                                    const SipPath& path) {
    if (transport.send(connection, text)) return true;
    const auto other = transport.connection_to(path);
    return other && transport.send(*other, text);
}

void TlsStack::Parts::on_fault(std::uint64_t connection, std::string_view bytes,
                               const SipPath& path, GuardReason fault) {
    stats.drop(fault);
    if (events != nullptr && !events->admits(nullptr, path)) return;
    const Inspection inspection = inspect(bytes, SipTransport::tls);
    if (!inspection.answer) return;
    stats.sent.count(*inspection.answer);
    (void)transport.send(connection, to_wire(*inspection.answer));
}

void TlsStack::Parts::on_message(std::uint64_t connection, std::string_view bytes,
                                 const SipPath& path) {
    ++stats.stream_messages;
    Inspection inspection = inspect(bytes, SipTransport::tls);
    if (inspection.fault) {
        stats.drop(*inspection.fault);
        transport.end_stranger(connection);
        if (!inspection.answer || (events != nullptr && !events->admits(nullptr, path))) return;
        stamp_via(*inspection.answer, path.remote);
        stats.sent.count(*inspection.answer);
        (void)transport.send(connection, to_wire(*inspection.answer));
        return;
    }
    if (inspection.message.is_request)
        return on_request(connection, std::move(inspection.message), path);
    if (client.on_response(std::move(inspection.message), loop.clock().now())) return;
    stats.drop(GuardReason::unmatched_response);
    transport.end_stranger(connection);
}

void TlsStack::Parts::on_request(std::uint64_t connection, SipMessage request,
                                 const SipPath& path) {
    if (events == nullptr) return;
    if (!events->admits(&request, path)) {
        stats.drop(GuardReason::not_admitted);
        return transport.end_stranger(connection);
    }
    // An ACK is looked at whoever sends it.
    if (request.method != "ACK") transport.note_peer(connection);
    stamp_via(request, path.remote);
    if (const auto refusal = events->refuses(request, path)) {
        stats.sent.count(*refusal);
        (void)transport.send(connection, to_wire(*refusal));
        return;
    }
    const auto taken = server.take(request, connection, path);
    if (taken.kind == ServerTransactions::Kind::absorbed ||
        taken.kind == ServerTransactions::Kind::full)
        return;
    stats.received.count(request);
    IncomingRequest incoming{taken.txn, std::move(request), path, loop.clock().now()};
    switch (taken.kind) {
        case ServerTransactions::Kind::fresh:
            return events->on_request(std::move(incoming));
        case ServerTransactions::Kind::cancels:
            incoming.txn = {};
            return events->on_cancel(taken.txn, std::move(incoming));
        case ServerTransactions::Kind::ack: {
            const auto key = AckKey::of(incoming.message);
            const auto invite = key ? accepted.take(*key) : std::nullopt;
            if (!invite) return stats.drop(GuardReason::unmatched_ack);
            server.finish(*invite);
            return events->on_ack(*invite, std::move(incoming));
        }
        case ServerTransactions::Kind::no_invite:
        case ServerTransactions::Kind::absorbed:
        case ServerTransactions::Kind::full:
            return;
    }
}

TlsStack::TlsStack(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
TlsStack::~TlsStack() = default;

Result<std::unique_ptr<TlsStack>> TlsStack::create(const Seams& seams,
                                                   const ClientTransactionTimers& timers) {
    auto sockets = SocketSet::create(seams.loop);
    if (!sockets) return fail(sockets.error());
    return std::make_unique<TlsStack>(std::make_unique<Parts>(seams, timers, std::move(*sockets)));
}

void TlsStack::configure(const TlsSettings& settings) {
    parts_->transport.configure(settings);
}

void TlsStack::set_events(SipEvents& events) {
    parts_->events = &events;
}

Result<ClientTxn> TlsStack::send(OutgoingRequest request) {
    const auto outlet = parts_->transport.outlet(request.path);
    if (!outlet) return fail(outlet.error());
    request.path.local = outlet->address;
    if (request.path.tls_profile == 0) request.path.tls_profile = outlet->profile;
    return parts_->client.send(std::move(request));
}

Result<void> TlsStack::send_ack(OutgoingRequest ack) {
    const auto outlet = parts_->transport.outlet(ack.path);
    if (!outlet) return fail(outlet.error());
    ack.path.local = outlet->address;
    if (ack.path.tls_profile == 0) ack.path.tls_profile = outlet->profile;
    return parts_->client.send_ack(std::move(ack));
}

void TlsStack::cancel(ClientTxn invite, std::string_view reason) {
    parts_->client.cancel(invite, reason);
}

void TlsStack::abandon(ClientTxn txn) {
    parts_->client.abandon(txn);
}

void TlsStack::respond(ServerTxn txn, const SipMessage& response) {
    const auto outcome = parts_->server.respond(txn, response);
    if (outcome == ServerTransactions::Outcome::ignored) return;
    parts_->stats.sent.count(response);
    const auto key = AckKey::of(response);
    const auto cseq = response.cseq();
    if (outcome == ServerTransactions::Outcome::accepted && key) {
        parts_->accepted.start(txn, *key);
    } else if (outcome == ServerTransactions::Outcome::failed && response.status < 300 && cseq &&
               cseq->method == "INVITE") {
        // Whoever answered believes in a call; an ACK will never come.
        parts_->loop.after(std::chrono::nanoseconds(0), [parts = parts_.get(), txn] {
            ++parts->stats.ack_timeouts;
            if (parts->events != nullptr) parts->events->on_ack_timeout(txn);
        });
    }
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
