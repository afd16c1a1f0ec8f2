// SPDX-License-Identifier: Apache-2.0
// SofiaStack: joins sockets, intake and transactions; see sofia_stack.hpp.
#include "signaling/sip/sofia_stack.hpp"

#include <deque>
#include <utility>
#include <variant>

#include "config/base/limits.hpp"
#include "signaling/sip/datagram_sockets.hpp"
#include "signaling/sip/intake.hpp"
#include "signaling/sip/sofia_streams.hpp"
#include "signaling/sip/stack_sender.hpp"
#include "signaling/sip/stream_receiver.hpp"
#include "signaling/sip/syntax.hpp"
#include "signaling/sip/transaction_layer.hpp"

namespace weir::signaling {

struct SofiaStack::Parts {
    SofiaLoop& loop;
    SipStats stats;
    Intake intake;
    DatagramSockets datagrams;
    StreamReceiver receiver;
    SofiaStreams streams;
    StackSender sender;
    WayListener way_listener;
    TransactionLayer transactions;
    // What sofia's callbacks brought: messages of streams, and requests whose connection broke.
    // They must not call back into sofia, so it waits for the end of the turn.
    std::deque<std::variant<ReceivedMessage, std::uint64_t>> queue;
    TimerId drain;
    TimerId sweep;

    Parts(SofiaLoop& l, const SofiaOptions& options, Random& random);
    ~Parts();
    [[nodiscard]] Result<void> listen(const SofiaOptions& options);
    void on_datagram(std::string_view bytes, const SipPath& path, MonoTime at);
    void push(std::variant<ReceivedMessage, std::uint64_t> event);
    void drain_queue();
    void arm_sweep();
    [[nodiscard]] const Endpoint* outlet(const SipPath& path) const;
    [[nodiscard]] Result<std::optional<SipPath>> choose_ways(SipPath& path) const;
    [[nodiscard]] std::optional<SipPath> tcp_way(const SipPath& path) const;
};

SofiaStack::Parts::Parts(SofiaLoop& l, const SofiaOptions& options, Random& random)
    : loop(l),
      intake(stats),
      datagrams(l, {.on_datagram = [this](std::string_view bytes, const SipPath& path,
                                          MonoTime at) { on_datagram(bytes, path, at); },
                    .on_unreachable =
                        [this](const Endpoint& remote) {
                            for (const std::uint64_t key : sender.waiting_for(remote))
                                transactions.on_send_error(key);
                        }}),
      receiver(l.clock(), intake, stats),
      streams(l),
      sender(datagrams, streams),
      transactions({.loop = l,
                    .random = random,
                    .stats = stats,
                    .sender = sender,
                    .reply = [this](const RequestOrigin& origin,
                                    const std::string& text) { return sender.reply(origin, text); },
                    .switched =
                        [this](const SipMessage& request, const SipPath& way) {
                            if (way_listener) way_listener(request, way);
                        }},
                   options.timers) {
    transactions.decide_for(intake);
    receiver.set_sink([this](ReceivedMessage received) { push(std::move(received)); });
    streams.set_error_sink([this](std::uint64_t key) { push(key); });
    arm_sweep();
}

SofiaStack::Parts::~Parts() {
    loop.cancel(drain);
    loop.cancel(sweep);
}

Result<void> SofiaStack::Parts::listen(const SofiaOptions& options) {
    for (const auto& listener : options.listeners) {
        if (listener.address.address.is_unspecified())
            return fail(ErrorCode::invalid, "cannot listen for SIP on " +
                                                listener.address.to_string() +
                                                ": name an address of this machine");
        WEIR_TRY(listener.transport == SipTransport::udp ? datagrams.open(listener.address)
                                                         : streams.open(listener.address));
    }
    return {};
}

void SofiaStack::Parts::on_datagram(std::string_view bytes, const SipPath& path, MonoTime at) {
    ++stats.datagrams;
    bytes.remove_prefix(std::min(bytes.find_first_not_of("\r\n"), bytes.size()));
    if (bytes.empty()) {
        ++stats.keepalives;
        return;
    }
    if (intake.is_muted(bytes, path, at)) return;
    auto received = intake.take(bytes, path, at, [&](const SipMessage& response) {
        // RFC 3261 18.2.2: to the source address; to its port only if it asked for that (RFC 3581).
        const TopVia top = top_via(response);
        SipPath back = path;
        if (top.count > 0) back.remote = response_target(top.via, path.remote, path.transport);
        (void)datagrams.send(back, to_wire(response));
    });
    if (received) (void)transactions.on_message(std::move(*received));
}

void SofiaStack::Parts::arm_sweep() {
    sweep = loop.after(std::chrono::seconds(1), [this] {
        intake.sweep(loop.clock().now());
        receiver.sweep();
        arm_sweep();
    });
}

const Endpoint* SofiaStack::Parts::outlet(const SipPath& path) const {
    return path.transport == SipTransport::udp ? datagrams.outlet(path) : streams.outlet(path);
}

// RFC 3261 18.1.1: the same peer by TCP, from the listener of the same number if there is one.
std::optional<SipPath> SofiaStack::Parts::tcp_way(const SipPath& path) const {
    if (!path.tcp_if_large || path.transport != SipTransport::udp) return std::nullopt;
    SipPath tcp = path;
    tcp.transport = SipTransport::tcp;
    const Endpoint* local = outlet(tcp);
    if (local == nullptr) {
        tcp.local.port = 0;
        local = outlet(tcp);
    }
    if (local == nullptr) return std::nullopt;
    tcp.local = *local;
    return tcp;
}

// Completes `path.local`; the way for what is too large for it, if there is one.
Result<std::optional<SipPath>> SofiaStack::Parts::choose_ways(SipPath& path) const {
    const Endpoint* local = outlet(path);
    if (local == nullptr)
        return fail(ErrorCode::not_found, std::string("no ") + to_string(path.transport) +
                                              " listener at " + path.local.to_string() +
                                              " to reach " + path.remote.to_string());
    path.local = *local;
    return tcp_way(path);
}

void SofiaStack::Parts::push(std::variant<ReceivedMessage, std::uint64_t> event) {
    if (queue.size() >= kSipEventQueue) return stats.drop(GuardReason::event_queue_full);
    if (queue.empty()) drain = loop.after(std::chrono::nanoseconds(0), [this] { drain_queue(); });
    queue.push_back(std::move(event));
}

void SofiaStack::Parts::drain_queue() {
    // Events that come meanwhile (errors of sending) are part of the same turn; sockets are not
    // read here.
    while (!queue.empty()) {
        auto event = std::move(queue.front());
        queue.pop_front();
        if (auto* received = std::get_if<ReceivedMessage>(&event))
            (void)transactions.on_message(std::move(*received));
        else
            transactions.on_send_error(std::get<std::uint64_t>(event));
    }
}

SofiaStack::SofiaStack(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

SofiaStack::~SofiaStack() {
    parts_->loop.set_hooks(nullptr);
    const HookScope scope(parts_->receiver);
    parts_.reset();  // its members end in an order in which each finds what it needs
}

Result<std::unique_ptr<SofiaStack>> SofiaStack::create(SofiaLoop& loop, const SofiaOptions& options,
                                                       Random& random) {
    auto parts = std::make_unique<Parts>(loop, options, random);
    {
        const HookScope scope(parts->receiver);
        WEIR_TRY(parts->listen(options));
    }
    loop.set_hooks(&parts->receiver);
    return std::make_unique<SofiaStack>(std::move(parts));
}

void SofiaStack::set_events(SipEvents& events) {
    parts_->transactions.set_events(events);
}

Result<ClientTxn> SofiaStack::send(OutgoingRequest request) {
    const HookScope scope(parts_->receiver);
    const auto tcp = parts_->choose_ways(request.path);
    if (!tcp) return fail(tcp.error());
    return parts_->transactions.send(std::move(request), *tcp);
}

void SofiaStack::set_way_listener(WayListener listener) {
    parts_->way_listener = std::move(listener);
}

Result<void> SofiaStack::send_ack(OutgoingRequest ack) {
    const HookScope scope(parts_->receiver);
    const auto tcp = parts_->choose_ways(ack.path);
    if (!tcp) return fail(tcp.error());
    return parts_->transactions.send_ack(std::move(ack), *tcp);
}

void SofiaStack::cancel(ClientTxn invite, std::string_view reason) {
    const HookScope scope(parts_->receiver);
    parts_->transactions.cancel(invite, reason);
}

void SofiaStack::abandon(ClientTxn txn) {
    parts_->transactions.abandon(txn);
}

void SofiaStack::respond(ServerTxn txn, const SipMessage& response) {
    const HookScope scope(parts_->receiver);
    parts_->transactions.respond(txn, response);
}

std::vector<std::pair<SipTransport, Endpoint>> SofiaStack::listeners() const {
    std::vector<std::pair<SipTransport, Endpoint>> result;
    for (const Endpoint& address : parts_->datagrams.listeners())
        result.emplace_back(SipTransport::udp, address);
    for (const Endpoint& address : parts_->streams.listeners())
        result.emplace_back(SipTransport::tcp, address);
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
    parts_->transactions.count(gauges);
    return gauges;
}

}  // namespace weir::signaling
