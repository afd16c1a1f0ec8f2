// SPDX-License-Identifier: Apache-2.0
// weir-media's end of the media link: accept, check, greet, read, send.
#include "dataplane/link/link_server.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "dataplane/link/link_limits.hpp"

namespace weir::dataplane {
namespace {

// Nobody waits for it: the call is over, its record is written when this comes.
bool may_wait(const Event& event) {
    return std::holds_alternative<Closed>(event);
}

}  // namespace

Result<std::unique_ptr<LinkServer>> LinkServer::listen(LinkServerOptions options,
                                                       LinkServerHandlers handlers,
                                                       const Clock& clock, Logger& logger) {
    auto server =
        std::make_unique<LinkServer>(std::move(options), std::move(handlers), clock, logger);
    WEIR_TRY(server->open());
    return server;
}

LinkServer::LinkServer(LinkServerOptions options, LinkServerHandlers handlers, const Clock& clock,
                       Logger& logger)
    : options_(std::move(options)),
      handlers_(std::move(handlers)),
      clock_(clock),
      logger_(logger),
      buffer_(max_datagram() + 1) {}

LinkServer::~LinkServer() {
    if (listener_.is_open()) (void)::unlink(options_.path.c_str());
}

Result<void> LinkServer::open() {
    auto ready = EpollSet::make();
    if (!ready) return fail(ready.error());
    ready_ = std::move(*ready);
    auto listener = listen_seqpacket(options_.path);
    if (!listener) return fail(listener.error());
    listener_ = std::move(*listener);
    return ready_.add(listener_.get());
}

void LinkServer::run_once() {
    const ReadySet ready = ready_.poll();
    // The client first: the end of a killed one must be seen before its successor's hello.
    if (client_.is_open() && (is_broken_ || ready.has(client_.get()))) {
        if (outbox_.is_blocked()) send_now();
        read_client();
    }
    if (ready.has(listener_.get())) accept_all();
    if (!pending_.empty()) greet_all();
    update_interest();
}

void LinkServer::send(const Event& event) {
    if (!client_.is_open() || is_broken_) return;
    if (outbox_.add(client_.get(), event) == Transfer::closed) is_broken_ = true;
    if (outbox_.octets() > kLinkBacklogBytes) {
        ++counters_.cut_off;
        return drop_client("it does not read its events");
    }
    if (!may_wait(event))
        is_urgent_ = true;
    else if (!held_until_)
        held_until_ = clock_.now() + kLinkHold;
}

void LinkServer::flush() {
    if (outbox_.is_empty() || outbox_.is_blocked() || is_broken_) return;
    if (!is_urgent_ && held_until_ && clock_.now() < *held_until_) return;
    send_now();
    update_interest();
}

void LinkServer::send_now() {
    is_urgent_ = false;
    held_until_.reset();
    if (!is_broken_ && outbox_.send(client_.get()) == Transfer::closed) is_broken_ = true;
}

void LinkServer::accept_all() {
    while (true) {
        auto socket = accept_seqpacket(listener_.get());
        if (!socket) return;
        if (!is_allowed(socket->get())) continue;
        if (pending_.size() >= kLinkPending) {
            ++counters_.rejected;
            logger_.warning("link.rejected", {{"reason", "too many connections without a hello"}});
            continue;
        }
        if (!ready_.add(socket->get())) continue;
        pending_.push_back({std::move(*socket), clock_.now() + kLinkHello});
    }
}

bool LinkServer::is_allowed(int fd) {
    const auto peer = peer_of(fd);
    const auto& uids = options_.allowed_uids;
    if (std::find(uids.begin(), uids.end(), peer.uid) != uids.end()) return true;
    ++counters_.rejected;
    logger_.warning(
        "link.rejected",
        {{"reason", "its user may not use the link"}, {"uid", peer.uid}, {"pid", peer.pid}});
    return false;
}

void LinkServer::greet_all() {
    for (std::size_t i = 0; i < pending_.size();) {
        if (greet(pending_[i]))
            pending_.erase(pending_.begin() + static_cast<std::ptrdiff_t>(i));
        else
            ++i;
    }
    // While somebody owes a hello, the set wakes its owner to look at the clock.
    if (pending_.empty())
        ready_.clear_alarm();
    else
        ready_.set_alarm(kLinkHello);
}

bool LinkServer::greet(Pending& pending) {
    const int fd = pending.socket.get();
    const auto received = receive_datagram(fd, buffer_);
    if (received.outcome == Transfer::would_block) {
        if (clock_.now() < pending.until) return false;
        ++counters_.rejected;
        logger_.warning("link.rejected", {{"reason", "no hello in time"}});
        return true;
    }
    if (received.outcome == Transfer::closed) return true;
    const auto size = std::min(received.size, buffer_.size());
    const auto hello = decode_hello(ByteSpan(buffer_).first(size), kTypeHello);
    if (!hello || hello->incarnation == 0)
        reject(fd, LinkReject::malformed);
    else if (hello->version != kLinkVersion)
        reject(fd, LinkReject::version);
    else if (hello->layout != layout_hash())
        reject(fd, LinkReject::layout);
    else if (client_.is_open())
        reject(fd, LinkReject::in_use);
    else {
        const auto peer = peer_of(fd);
        if (send_datagram(fd, encode_hello(kTypeWelcome, options_.incarnation)) != Transfer::done)
            return true;
        client_ = std::move(pending.socket);
        ++counters_.clients;
        logger_.info("link.client", {{"pid", peer.pid}, {"incarnation", hello->incarnation}});
        handlers_.client_up(hello->incarnation);
    }
    return true;
}

void LinkServer::reject(int fd, LinkReject reason) {
    ++counters_.rejected;
    logger_.warning("link.rejected", {{"reason", to_string(reason)}, {"pid", peer_of(fd).pid}});
    (void)send_datagram(fd, encode_reject(reason));
}

// One datagram, since the set tells when there is another one: only a full one has others behind
// it. Of a link that broke all are read, until its end.
void LinkServer::read_client() {
    for (std::size_t turn = 0; turn < kLinkTurn && client_.is_open(); ++turn) {
        const auto received = receive_datagram(client_.get(), buffer_);
        if (received.outcome == Transfer::would_block) {
            if (is_broken_) drop_client("sending to it failed");
            return;
        }
        if (received.outcome == Transfer::closed) return drop_client("it closed the link");
        // The buffer is one octet longer than any datagram: a cut one fails decode's size check.
        const ByteSpan datagram = ByteSpan(buffer_).first(std::min(received.size, buffer_.size()));
        for (ByteSpan rest = datagram; !rest.empty() && client_.is_open();)
            on_message(take_message(rest));
        if (!is_broken_ && !may_have_successor(datagram)) return;
    }
}

void LinkServer::on_message(ByteSpan message) {
    const auto command = decode_command(message);
    if (!command) {
        ++counters_.malformed;
        logger_.error("link.malformed", {{"reason", command.error().context}});
        return;
    }
    handlers_.command(*command);
}

void LinkServer::drop_client(const char* reason) {
    logger_.warning("link.client_gone", {{"reason", reason}});
    ready_.remove(client_.get());
    client_.reset();
    outbox_.clear();
    is_urgent_ = false;
    held_until_.reset();
    is_broken_ = false;
    wants_room_ = false;
    handlers_.client_down();
}

void LinkServer::update_interest() {
    if (!client_.is_open() || wants_room_ == outbox_.is_blocked()) return;
    wants_room_ = outbox_.is_blocked();
    ready_.set_interest(client_.get(), wants_room_ ? Interest::read_and_write : Interest::read);
}

}  // namespace weir::dataplane
