// SPDX-License-Identifier: Apache-2.0
// StreamReceiver: the system calls; see stream_receiver.hpp.
#include "signaling/sip/stream_receiver.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>

#include <netinet/in.h>
#include <poll.h>

#include "signaling/sip/guard.hpp"
#include "signaling/sip/receive_stamps.hpp"
#include "signaling/sip/socket_address.hpp"
#include "signaling/sip/stream_framer.hpp"

namespace weir::signaling {
namespace {

// "Nothing for you": sofia goes on waiting.
ssize_t nothing() {
    errno = EAGAIN;
    return -1;
}

bool peer_has_finished(int fd) {
    pollfd state{.fd = fd, .events = POLLRDHUP, .revents = 0};
    return poll(&state, 1, 0) == 1 && (state.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

// A message stays in the socket until it is whole, and with its first bytes stay the kernel's pages
// that hold them, up to 64 KB and more with what came before. In a small buffer nothing else would
// find room, and the message would never be whole. The kernel doubles the figure and may cap it.
void make_room_for_messages(int fd) {
    const int bytes = 8 * kSipMaxStreamMessage;
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
}

std::uint64_t cookie_of(int fd) {
    std::uint64_t cookie = 0;
    socklen_t length = sizeof cookie;
    if (getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &length) != 0) return 0;
    return cookie;
}

void reply(int fd, const SipMessage& response) {
    const std::string text = to_wire(response);
    (void)send(fd, text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

}  // namespace

void StreamReceiver::discard(int fd, std::size_t bytes) {
    while (bytes > 0) {
        const ssize_t got = recv(fd, buffer_.data(), std::min(bytes, buffer_.size()), MSG_DONTWAIT);
        if (got <= 0) return;
        bytes -= static_cast<std::size_t>(got);
    }
}

std::optional<StreamReceiver::Arrival> StreamReceiver::read_message(int fd, std::size_t bytes) {
    alignas(cmsghdr) std::array<char, 128> control{};
    iovec part{.iov_base = buffer_.data(), .iov_len = std::min(bytes, buffer_.size())};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = control.size();
    const ssize_t got = recvmsg(fd, &header, MSG_DONTWAIT);
    if (got < 0) return std::nullopt;
    return Arrival{.bytes = static_cast<std::size_t>(got),
                   .at = arrival_time(header, clock_.now())};
}

bool StreamReceiver::on_connection(int fd, bool accepted) {
    Connection connection;
    connection.cookie = cookie_of(fd);
    connection.remote = remote_endpoint(fd);  // none yet while connecting
    connection.last_message = clock_.now();
    if (accepted) {
        enable_receive_stamps(fd);
        const SipPath path{.transport = SipTransport::tcp,
                           .local = local_endpoint(fd),
                           .remote = connection.remote};
        connection.is_stranger = intake_.is_stranger(path);
    }
    make_room_for_messages(fd);
    if (!table_.admit(fd, connection, accepted)) {
        sweep();  // some of those that count may be closed already
        if (!table_.admit(fd, connection, accepted)) {
            stats_.drop(GuardReason::too_many_connections);
            return false;
        }
    }
    ++stats_.connections_opened;
    return true;
}

void StreamReceiver::set_low_water(int fd, Connection& connection, std::size_t bytes) {
    const int low_water = static_cast<int>(bytes);
    if (connection.low_water == low_water) return;
    // The socket becomes readable again only when that many bytes are there: no spinning meanwhile.
    if (setsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, &low_water, sizeof low_water) == 0)
        connection.low_water = low_water;
}

void StreamReceiver::refuse_stream(int fd, Connection& connection, std::string_view bytes) {
    const Inspection inspection = inspect(bytes, SipTransport::tcp);
    if (inspection.answer) {
        stats_.sent.count(*inspection.answer);
        reply(fd, *inspection.answer);
    }
    discard(fd, buffer_.size());
    connection.is_refused = true;
    connection.message_since.reset();
    set_low_water(fd, connection, 1);
    shutdown(fd, SHUT_RDWR);  // sofia sees the end of the stream and closes it
}

ssize_t StreamReceiver::receive(int fd) {
    Connection* connection = table_.find(fd);
    if (connection == nullptr) {
        if (!on_connection(fd, false)) return nothing();
        connection = table_.find(fd);
    }
    // Looked at without taking: what is not a whole message yet stays in the socket.
    const ssize_t peeked = recv(fd, buffer_.data(), buffer_.size(), MSG_PEEK | MSG_DONTWAIT);
    if (peeked <= 0) return peeked;
    const std::string_view bytes(buffer_.data(), static_cast<std::size_t>(peeked));
    if (connection->is_refused) {
        discard(fd, bytes.size());
        return nothing();
    }
    // Each of its messages would be looked at anew: a stranger that has spent its tokens is cut
    // off.
    const SipPath source{.transport = SipTransport::tcp, .local = {}, .remote = connection->remote};
    if (source.remote.is_set() && intake_.is_muted(bytes, source, clock_.now())) {
        refuse_stream(fd, *connection, {});
        return nothing();
    }
    const Frame frame = frame_message(bytes);
    if (frame.fault) {
        stats_.drop(*frame.fault);
        refuse_stream(fd, *connection, bytes.substr(frame.skip, frame.message));
        return nothing();
    }
    if (frame.skip > 0) {
        discard(fd, frame.skip);
        ++stats_.keepalives;
        // RFC 5626 4.4.1: a double CRLF is a ping; the answer is one CRLF.
        if (frame.skip >= 4) (void)send(fd, "\r\n", 2, MSG_DONTWAIT | MSG_NOSIGNAL);
    }
    if (frame.message > 0)
        take_message(fd, *connection, frame.message);
    else
        wait_for_more(fd, *connection, frame.wanted > 0 ? frame.wanted - frame.skip : 0);
    return nothing();
}

void StreamReceiver::wait_for_more(int fd, Connection& connection, std::size_t bytes) {
    if (peer_has_finished(fd)) {
        discard(fd, buffer_.size());
        set_low_water(fd, connection, 1);
    } else if (bytes > 0) {
        if (!connection.message_since) connection.message_since = clock_.now();
        set_low_water(fd, connection, bytes);
    }
}

void StreamReceiver::take_message(int fd, Connection& connection, std::size_t bytes) {
    const auto arrival = read_message(fd, bytes);
    if (!arrival) return;
    ++stats_.stream_messages;
    connection.message_since.reset();
    connection.last_message = clock_.now();
    set_low_water(fd, connection, 1);
    if (!connection.remote.is_set()) connection.remote = remote_endpoint(fd);
    const SipPath path{
        .transport = SipTransport::tcp, .local = local_endpoint(fd), .remote = connection.remote};
    auto received = intake_.take({buffer_.data(), arrival->bytes}, path, arrival->at,
                                 [fd](const SipMessage& response) { reply(fd, response); });
    if (!received) return;
    // An ACK is looked at whoever sends it.
    if (received->message.is_request && received->message.method != "ACK") table_.note_peer(fd);
    if (sink_) sink_(std::move(*received));
}

std::vector<StreamConnection> StreamReceiver::connection_rows() const {
    std::vector<StreamConnection> rows;
    for (const auto& [fd, connection] : table_.all()) {
        if (connection.is_refused || cookie_of(fd) != connection.cookie) continue;
        const bool known = connection.remote.is_set();
        const Endpoint remote = known ? connection.remote : remote_endpoint(fd);
        rows.push_back(
            {static_cast<std::uint64_t>(fd), local_endpoint(fd), remote, remote.is_set()});
    }
    return rows;
}

bool StreamReceiver::close_connection(std::uint64_t id) {
    const int fd = id > INT_MAX ? -1 : static_cast<int>(id);
    Connection* connection = table_.find(fd);
    if (connection == nullptr || cookie_of(fd) != connection->cookie) return false;
    connection->is_refused = true;
    discard(fd, buffer_.size());
    shutdown(fd, SHUT_RDWR);  // sofia sees the end of the stream and closes it
    return true;
}

void StreamReceiver::sweep() {
    table_.sweep(clock_.now(), cookie_of, [this](int fd, ConnectionTable::Fate fate) {
        if (fate == ConnectionTable::Fate::slow)
            stats_.drop(GuardReason::slow_message);
        else
            ++stats_.connections_aged;
        discard(fd, buffer_.size());
        shutdown(fd, SHUT_RDWR);
    });
}

}  // namespace weir::signaling
