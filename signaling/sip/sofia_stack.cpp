// SPDX-License-Identifier: Apache-2.0
// SofiaStack: joins receiver, nta, client transactions and accepted INVITEs; see sofia_stack.hpp.
#include "signaling/sip/sofia_stack.hpp"

#include <deque>
#include <utility>

#include "config/base/limits.hpp"
#include "signaling/sip/accepted_invites.hpp"
#include "signaling/sip/nta_server.hpp"
#include "signaling/sip/receiver.hpp"
#include "signaling/sip/sofia_sender.hpp"

namespace weir::signaling {
namespace {

// What sofia's callbacks brought, in the order in which it was read.
struct Event {
    enum class Kind : std::uint8_t { request, cancel, response, send_error, unacknowledged };
    Kind kind = Kind::request;
    ServerTxn txn{};
    std::uint64_t key = 0;
    ReceivedMessage received{};
};

}  // namespace

struct SofiaStack::Parts {
    SofiaLoop& loop;
    SipStats stats;
    Receiver receiver;
    NtaServer server;
    SofiaSender sender;
    AcceptedInvites accepted;
    ClientTransactions client;
    SipEvents* events = nullptr;
    WayListener way_listener;
    std::deque<Event> queue;
    TimerId drain;
    TimerId sweep;

    Parts(SofiaLoop& l, const SofiaOptions& options, Random& random, Logger& log);
    ~Parts();
    bool push(Event event);  // false: the queue is full
    void drain_queue();
    void handle(Event& event);
    void handle_request(Event& event);
    void arm_sweep();
    [[nodiscard]] std::optional<SipPath> tcp_way(const SipPath& path) const;
};

SofiaStack::Parts::Parts(SofiaLoop& l, const SofiaOptions& options, Random& random, Logger& log)
    : loop(l),
      receiver(l.clock(), stats),
      server(l, receiver, stats, log),
      sender(server),
      accepted(l, options.timers.t1, options.timers.t2,
               {.send_again = [this](ServerTxn txn) { server.send_again(txn); },
                .on_timeout =
                    [this](ServerTxn txn) {
                        ++stats.ack_timeouts;
                        server.finish(txn);
                        if (events != nullptr) events->on_ack_timeout(txn);
                    }}),
      client({.loop = l, .sender = sender, .random = random, .stats = stats}, options.timers,
             {.on_response =
                  [this](IncomingResponse response) {
                      if (events != nullptr) events->on_response(std::move(response));
                  },
              .on_failure =
                  [this](ClientTxn txn, TxnFailure failure) {
                      if (events != nullptr) events->on_failure(txn, failure);
                  },
              .leaving =
                  [this](ClientTxn invite, SipMessage& request) {
                      if (events != nullptr) events->leaving(invite, request);
                  },
              .switched =
                  [this](const SipMessage& request, const SipPath& way) {
                      if (way_listener) way_listener(request, way);
                  }}) {
    receiver.set_response_sink([this](ReceivedMessage received) {
        push({.kind = Event::Kind::response, .received = std::move(received)});
    });
    receiver.set_admission([this](const SipMessage* request, const SipPath& path) {
        return events == nullptr || events->admits(request, path);
    });
    receiver.set_refusal([this](const SipMessage& request, const SipPath& path) {
        return events == nullptr ? std::nullopt : events->refuses(request, path);
    });
    server.set_callbacks(
        {.on_request =
             [this](ServerTxn txn, ReceivedMessage received) {
                 return push(
                     {.kind = Event::Kind::request, .txn = txn, .received = std::move(received)});
             },
         .on_cancel =
             [this](ServerTxn txn, ReceivedMessage received) {
                 push({.kind = Event::Kind::cancel, .txn = txn, .received = std::move(received)});
             }});
    sender.set_error_sink(
        [this](std::uint64_t key) { push({.kind = Event::Kind::send_error, .key = key}); });
    arm_sweep();
}

SofiaStack::Parts::~Parts() {
    loop.cancel(drain);
    loop.cancel(sweep);
}

void SofiaStack::Parts::arm_sweep() {
    sweep = loop.after(std::chrono::seconds(1), [this] {
        receiver.sweep();
        arm_sweep();
    });
}

// RFC 3261 18.1.1: the same peer by TCP, from the listener of the same number if there is one.
std::optional<SipPath> SofiaStack::Parts::tcp_way(const SipPath& path) const {
    if (!path.tcp_if_large || path.transport != SipTransport::udp) return std::nullopt;
    SipPath tcp = path;
    tcp.transport = SipTransport::tcp;
    auto outlet = server.outlet(tcp);
    if (!outlet) {
        tcp.local.port = 0;
        outlet = server.outlet(tcp);
    }
    if (!outlet) return std::nullopt;
    tcp.local = outlet->local;
    return tcp;
}

bool SofiaStack::Parts::push(Event event) {
    if (queue.size() >= kSipEventQueue) {
        stats.drop(GuardReason::event_queue_full);
        return false;
    }
    if (queue.empty()) drain = loop.after(std::chrono::nanoseconds(0), [this] { drain_queue(); });
    queue.push_back(std::move(event));
    return true;
}

void SofiaStack::Parts::drain_queue() {
    // Events that come meanwhile (errors of sending) are part of the same turn; sockets are not
    // read here.
    while (!queue.empty()) {
        Event event = std::move(queue.front());
        queue.pop_front();
        handle(event);
    }
}

void SofiaStack::Parts::handle(Event& event) {
    switch (event.kind) {
        case Event::Kind::request:
            return handle_request(event);
        case Event::Kind::cancel:
            stats.received.count(event.received.message);
            if (events != nullptr)
                events->on_cancel(event.txn, {.txn = {},
                                              .message = std::move(event.received.message),
                                              .path = event.received.path,
                                              .received_at = event.received.received_at});
            return;
        case Event::Kind::response:
            if (!client.on_response(std::move(event.received.message), event.received.received_at))
                stats.drop(GuardReason::unmatched_response);
            return;
        case Event::Kind::send_error:
            return client.on_send_error(event.key);
        case Event::Kind::unacknowledged:
            ++stats.ack_timeouts;
            if (events != nullptr) events->on_ack_timeout(event.txn);
            return;
    }
}

void SofiaStack::Parts::handle_request(Event& event) {
    stats.received.count(event.received.message);
    IncomingRequest request{.txn = event.txn,
                            .message = std::move(event.received.message),
                            .path = event.received.path,
                            .received_at = event.received.received_at};
    if (request.message.method == "ACK") {
        const auto key = AckKey::of(request.message);
        const auto invite = key ? accepted.take(*key) : std::nullopt;
        if (!invite) return stats.drop(GuardReason::unmatched_ack);
        server.finish(*invite);
        if (events != nullptr) events->on_ack(*invite, std::move(request));
    } else if (request.message.method == "CANCEL") {
        // RFC 3261 9.2: it matches no INVITE, or nta would have taken it.
        (void)server.respond(request.txn, make_response(request.message, 481, "", "weir"));
    } else if (events != nullptr) {
        events->on_request(std::move(request));
    } else {
        (void)server.respond(request.txn, make_response(request.message, 503, "", "weir"));
    }
}

SofiaStack::SofiaStack(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

SofiaStack::~SofiaStack() {
    parts_->loop.set_hooks(nullptr);
    const HookScope scope(parts_->receiver);
    parts_.reset();  // its members end in an order in which each finds what it needs
}

Result<std::unique_ptr<SofiaStack>> SofiaStack::create(SofiaLoop& loop, const SofiaOptions& options,
                                                       Random& random, Logger& log) {
    auto parts = std::make_unique<Parts>(loop, options, random, log);
    {
        const HookScope scope(parts->receiver);
        WEIR_TRY(parts->server.listen(options));
    }
    loop.set_hooks(&parts->receiver);
    return std::make_unique<SofiaStack>(std::move(parts));
}

void SofiaStack::set_events(SipEvents& events) {
    parts_->events = &events;
}

Result<ClientTxn> SofiaStack::send(OutgoingRequest request) {
    const HookScope scope(parts_->receiver);
    const auto outlet = parts_->server.outlet(request.path);
    if (!outlet) return fail(outlet.error());
    request.path.local = outlet->local;
    const auto tcp = parts_->tcp_way(request.path);
    return parts_->client.send(std::move(request), tcp);
}

void SofiaStack::set_way_listener(WayListener listener) {
    parts_->way_listener = std::move(listener);
}

Result<void> SofiaStack::send_ack(OutgoingRequest ack) {
    const HookScope scope(parts_->receiver);
    const auto outlet = parts_->server.outlet(ack.path);
    if (!outlet) return fail(outlet.error());
    ack.path.local = outlet->local;
    const auto tcp = parts_->tcp_way(ack.path);
    return parts_->client.send_ack(std::move(ack), tcp);
}

void SofiaStack::cancel(ClientTxn invite, std::string_view reason) {
    const HookScope scope(parts_->receiver);
    parts_->client.cancel(invite, reason);
}

void SofiaStack::abandon(ClientTxn txn) {
    parts_->client.abandon(txn);
}

void SofiaStack::respond(ServerTxn txn, const SipMessage& response) {
    const HookScope scope(parts_->receiver);
    const auto outcome = parts_->server.respond(txn, response);
    const auto key = AckKey::of(response);
    const auto cseq = response.cseq();
    if (outcome == NtaServer::Outcome::accepted && key)
        parts_->accepted.start(txn, *key);
    else if (outcome == NtaServer::Outcome::failed && response.status < 300 && cseq &&
             cseq->method == "INVITE")
        // Whoever answered believes in a call; an ACK will never come.
        parts_->push({.kind = Event::Kind::unacknowledged, .txn = txn});
}

std::vector<std::pair<SipTransport, Endpoint>> SofiaStack::listeners() const {
    std::vector<std::pair<SipTransport, Endpoint>> result;
    for (const auto& listener : parts_->server.listeners())
        result.emplace_back(listener.transport, listener.address);
    return result;
}

const SipStats& SofiaStack::stats() const {
    return parts_->stats;
}

SipStats& SofiaStack::shared_stats() {
    return parts_->stats;
}

std::vector<StreamConnection> SofiaStack::connections() const {
    return parts_->receiver.connection_rows();
}

bool SofiaStack::close_connection(std::uint64_t id) {
    const HookScope scope(parts_->receiver);
    return parts_->receiver.close_connection(id);
}

std::vector<Metric> SofiaStack::metrics() const {
    return sip_metrics(parts_->stats, gauges());
}

SipGauges SofiaStack::gauges() const {
    SipGauges gauges;
    gauges.connections = parts_->receiver.connections();
    gauges.server_transactions = parts_->server.size();
    gauges.client_transactions = parts_->client.size();
    parts_->server.count(gauges);
    return gauges;
}

}  // namespace weir::signaling
