// SPDX-License-Identifier: Apache-2.0
// The signalling end of the media link: connect, greet, send, read, reconnect.
#include "dataplane/link/link_client.hpp"

#include <algorithm>
#include <utility>

namespace weir::dataplane {

Result<std::unique_ptr<LinkClient>> LinkClient::make(LinkClientOptions options, const Clock& clock,
                                                     Logger& logger) {
    if (options.incarnation == 0)
        return fail(ErrorCode::invalid, "the incarnation of a link client must not be 0");
    auto ready = EpollSet::make();
    if (!ready) return fail(ready.error());
    return std::make_unique<LinkClient>(std::move(options), std::move(*ready), clock, logger);
}

LinkClient::LinkClient(LinkClientOptions options, EpollSet ready, const Clock& clock,
                       Logger& logger)
    : options_(std::move(options)),
      ready_(std::move(ready)),
      clock_(clock),
      logger_(logger),
      buffer_(max_datagram() + 1) {
    set_deadline(std::chrono::nanoseconds(0));
}

void LinkClient::run_once() {
    if (state_ != State::up && clock_.now() >= deadline_) {
        if (state_ == State::greeting)
            disconnect("weir-media did not answer the hello");
        else
            connect();
    }
    if (!socket_.is_open()) return set_deadline(deadline_ - clock_.now());
    if (!is_broken_ && queue_.flush(socket_.get()) == Transfer::closed) is_broken_ = true;
    read();
    update_interest();
}

Result<void> LinkClient::submit(const Command& command) {
    if (!is_up()) {
        ++refused_;
        return fail(ErrorCode::unavailable, "weir-media is away");
    }
    if (queue_.size() >= kLinkQueue) {
        ++refused_;
        return fail(ErrorCode::exhausted,
                    "weir-media does not read: " + std::to_string(kLinkQueue) + " commands wait");
    }
    if (queue_.send(socket_.get(), encode(command)) == Transfer::closed) {
        // The listeners hear of it in the next turn, not inside a call of theirs.
        is_broken_ = true;
        ++refused_;
        set_deadline(std::chrono::nanoseconds(0));
        return fail(ErrorCode::unavailable, "weir-media has gone");
    }
    update_interest();
    return {};
}

void LinkClient::connect() {
    auto socket = connect_seqpacket(options_.path);
    if (!socket) {
        note(socket.error().context);
        return set_deadline(kLinkRetry);
    }
    socket_ = std::move(*socket);
    if (auto added = ready_.add(socket_.get()); !added) return disconnect(added.error().context);
    state_ = State::greeting;
    set_deadline(kLinkHello);
    if (queue_.send(socket_.get(), encode_hello(kTypeHello, options_.incarnation)) ==
        Transfer::closed)
        disconnect("weir-media closed the connection");
}

void LinkClient::disconnect(const std::string& reason) {
    const bool was_up = state_ == State::up;
    note(reason);
    ready_.remove(socket_.get());
    socket_.reset();
    queue_.clear();
    state_ = State::away;
    is_broken_ = false;
    wants_room_ = false;
    set_deadline(kLinkRetry);
    if (was_up) tell(PlaneDown{});
}

void LinkClient::read() {
    for (std::size_t turn = 0; turn < kLinkTurn && socket_.is_open(); ++turn) {
        const auto received = receive_datagram(socket_.get(), buffer_);
        if (received.outcome == Transfer::would_block) {
            if (is_broken_) disconnect("the link to weir-media broke");
            return;
        }
        if (received.outcome == Transfer::closed) return disconnect("weir-media closed the link");
        const ByteSpan datagram = ByteSpan(buffer_).first(std::min(received.size, buffer_.size()));
        if (state_ == State::greeting)
            on_greeting(datagram);
        else
            on_datagram(datagram);
    }
}

void LinkClient::on_greeting(ByteSpan datagram) {
    if (const auto reject = decode_reject(datagram))
        return disconnect(std::string("weir-media refused: ") + to_string(reject->reason));
    const auto welcome = decode_hello(datagram, kTypeWelcome);
    if (!welcome) return disconnect(welcome.error().context);
    // The server has compared already; a server of another build may compare otherwise.
    if (welcome->version != kLinkVersion) return disconnect(to_string(LinkReject::version));
    if (welcome->layout != layout_hash()) return disconnect(to_string(LinkReject::layout));
    state_ = State::up;
    ready_.clear_alarm();
    ++connections_;
    last_note_.clear();
    logger_.info("link.up", {{"path", options_.path}, {"media_incarnation", welcome->incarnation}});
    tell(PlaneUp{welcome->incarnation});
}

void LinkClient::on_datagram(ByteSpan datagram) {
    const auto event = decode_event(datagram);
    if (!event) {
        ++malformed_;
        logger_.error("link.malformed", {{"reason", event.error().context}});
        return;
    }
    tell(*event);
}

void LinkClient::tell(const Event& event) {
    // By index: a listener may add another one.
    for (std::size_t i = 0; i < listeners_.size(); ++i)
        listeners_[i]->on_media_event(event);
}

void LinkClient::note(const std::string& reason) {
    if (reason == last_note_) return;
    last_note_ = reason;
    logger_.warning("link.away", {{"path", options_.path}, {"reason", reason}});
}

void LinkClient::set_deadline(std::chrono::nanoseconds delay) {
    deadline_ = clock_.now() + delay;
    ready_.set_alarm(delay);
}

void LinkClient::update_interest() {
    if (!socket_.is_open() || wants_room_ == !queue_.is_empty()) return;
    wants_room_ = !queue_.is_empty();
    ready_.set_interest(socket_.get(), wants_room_ ? Interest::read_and_write : Interest::read);
}

std::vector<Metric> LinkClient::metrics() const {
    const auto number = [](auto value) { return static_cast<double>(value); };
    return {
        {"weir_dataplane_link_up", "1 while weir-media is connected", MetricKind::gauge,
         is_up() ? 1.0 : 0.0},
        {"weir_dataplane_link_connections_total", "connections to weir-media since the start",
         MetricKind::counter, number(connections_)},
        {"weir_dataplane_link_refused_total",
         "commands refused because weir-media was away or slow", MetricKind::counter,
         number(refused_)},
        {"weir_dataplane_link_malformed_total", "datagrams of weir-media that were not understood",
         MetricKind::counter, number(malformed_)},
        {"weir_dataplane_link_queued_commands", "commands that wait for the socket",
         MetricKind::gauge, number(queue_.size())},
    };
}

}  // namespace weir::dataplane
