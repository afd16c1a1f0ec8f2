// SPDX-License-Identifier: Apache-2.0
// The signalling end of the media link: connect, greet, send, read, reconnect.
#include "dataplane/link/link_client.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "dataplane/link/link_limits.hpp"

namespace weir::dataplane {
namespace {

// Nobody waits for its answer: the ports linger for much longer.
bool may_wait(const Command& command) {
    return std::holds_alternative<CloseSession>(command);
}

}  // namespace

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

LinkClient::~LinkClient() {
    if (is_up()) (void)outbox_.send(socket_.get());
}

void LinkClient::run_once() {
    if (state_ != State::up && clock_.now() >= deadline_) {
        if (state_ == State::greeting)
            disconnect("weir-media did not answer the hello");
        else
            connect();
    }
    if (!socket_.is_open()) return set_deadline(deadline_ - clock_.now());
    if (end_hold() && !is_broken_) return update_interest();  // the set calls again for events
    if (outbox_.is_blocked() && send() == Transfer::closed) is_broken_ = true;
    read();
    update_interest();
}

Result<void> LinkClient::submit(const Command& command) {
    if (!is_up()) {
        ++refused_;
        return fail(ErrorCode::unavailable, "weir-media is away");
    }
    if (outbox_.messages() >= kLinkQueue) {
        ++refused_;
        return fail(ErrorCode::exhausted,
                    "weir-media does not read: " + std::to_string(kLinkQueue) + " commands wait");
    }
    Transfer sent = outbox_.add(socket_.get(), command);
    if (sent != Transfer::closed && may_wait(command))
        hold();
    else if (sent != Transfer::closed)
        sent = send();
    if (sent == Transfer::closed) {
        // The listeners hear of it in the next turn, not inside a call of theirs.
        is_broken_ = true;
        ++refused_;
        set_deadline(std::chrono::nanoseconds(0));
        return fail(ErrorCode::unavailable, "weir-media has gone");
    }
    update_interest();
    return {};
}

// While the socket is full, run_once sends on when it has room.
Transfer LinkClient::send() {
    if (is_broken_) return Transfer::closed;
    return outbox_.send(socket_.get());
}

// An alarm that is set already stays: what leaves before it costs no call to set it anew.
void LinkClient::hold() {
    if (held_until_.ns != 0) return;
    held_until_ = clock_.now() + kLinkHold;
    ready_.set_alarm(kLinkHold);
}

bool LinkClient::end_hold() {
    if (held_until_.ns == 0 || clock_.now() < held_until_) return false;
    held_until_ = MonoTime{};
    ready_.clear_alarm();
    if (send() == Transfer::closed) is_broken_ = true;
    return true;
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
    // Into a socket that has carried nothing: there is room.
    if (send_datagram(socket_.get(), encode_hello(kTypeHello, options_.incarnation)) !=
        Transfer::done)
        disconnect("weir-media closed the connection");
}

void LinkClient::disconnect(const std::string& reason) {
    const bool was_up = state_ == State::up;
    note(reason);
    ready_.remove(socket_.get());
    socket_.reset();
    outbox_.clear();
    held_until_ = MonoTime{};
    state_ = State::away;
    is_broken_ = false;
    wants_room_ = false;
    set_deadline(kLinkRetry);
    if (was_up) tell(PlaneDown{});
}

// One datagram, since the set tells when there is another one: only a full one has others behind
// it. Of a link that broke all are read, until its end.
void LinkClient::read() {
    for (std::size_t turn = 0; turn < kLinkTurn && socket_.is_open(); ++turn) {
        const auto received = receive_datagram(socket_.get(), buffer_);
        if (received.outcome == Transfer::would_block) {
            if (is_broken_) disconnect("the link to weir-media broke");
            return;
        }
        if (received.outcome == Transfer::closed) return disconnect("weir-media closed the link");
        // The buffer is one octet longer than any datagram: a cut one is too long.
        const ByteSpan datagram = ByteSpan(buffer_).first(std::min(received.size, buffer_.size()));
        if (state_ == State::greeting)
            on_greeting(datagram);
        else
            on_datagram(datagram);
        if (!is_broken_ && !may_have_successor(datagram)) return;
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
    // A listener hears of an event while the link stands; what came before its end still counts.
    while (!datagram.empty())
        on_message(take_message(datagram));
}

void LinkClient::on_message(ByteSpan message) {
    Event event;
    if (const auto read = decode_event(message, event); !read) {
        ++malformed_;
        logger_.error("link.malformed", {{"reason", read.error().context}});
        return;
    }
    tell(event);
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
    if (!socket_.is_open() || wants_room_ == outbox_.is_blocked()) return;
    wants_room_ = outbox_.is_blocked();
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
        {"weir_dataplane_link_malformed_total", "messages of weir-media that were not understood",
         MetricKind::counter, number(malformed_)},
        {"weir_dataplane_link_queued_commands", "commands that wait for the socket",
         MetricKind::gauge, number(outbox_.messages())},
    };
}

}  // namespace weir::dataplane
