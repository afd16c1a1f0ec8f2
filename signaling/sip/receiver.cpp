// SPDX-License-Identifier: Apache-2.0
// Receiver: the system calls; see receiver.hpp.
#include "signaling/sip/receiver.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <ctime>

#include <netinet/in.h>
#include <poll.h>

#include "config/base/limits.hpp"
#include "signaling/sip/socket_address.hpp"
#include "signaling/sip/stream_framer.hpp"
#include "signaling/sip/syntax.hpp"

namespace weir::signaling {
namespace {

// "Nothing for you": sofia goes on waiting.
ssize_t nothing() {
    errno = EAGAIN;
    return -1;
}

// The kernel stamps with the wall clock; only the age of the stamp is used. A wall clock that
// stepped in between gives a negative or absurd age: then the message counts as just arrived.
MonoTime arrival_time(msghdr& header, MonoTime now) {
    constexpr std::int64_t kOldest = 60'000'000'000;
    timespec wall{};
    clock_gettime(CLOCK_REALTIME, &wall);
    for (cmsghdr* c = CMSG_FIRSTHDR(&header); c != nullptr; c = CMSG_NXTHDR(&header, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS) continue;
        timespec stamp{};
        std::memcpy(&stamp, CMSG_DATA(c), sizeof stamp);
        const std::int64_t age =
            (wall.tv_sec - stamp.tv_sec) * 1'000'000'000LL + (wall.tv_nsec - stamp.tv_nsec);
        if (age < 0 || age > kOldest) return now;
        return MonoTime{now.ns - age};
    }
    return now;
}

// Copies `text` into sofia's buffer; false if it is too small.
bool fill(const iovec* parts, std::size_t count, std::string_view text) {
    for (std::size_t i = 0; i < count && !text.empty(); ++i) {
        const std::size_t bytes = std::min(parts[i].iov_len, text.size());
        std::memcpy(parts[i].iov_base, text.data(), bytes);
        text.remove_prefix(bytes);
    }
    return text.empty();
}

bool peer_has_finished(int fd) {
    pollfd state{.fd = fd, .events = POLLRDHUP, .revents = 0};
    return poll(&state, 1, 0) == 1 && (state.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

void discard(int fd, std::size_t bytes) {
    char scratch[4096];
    while (bytes > 0) {
        const ssize_t got = recv(fd, scratch, std::min(bytes, sizeof scratch), MSG_DONTWAIT);
        if (got <= 0) return;
        bytes -= static_cast<std::size_t>(got);
    }
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

}  // namespace

Endpoint Receiver::local_of(int fd) {
    const auto it = datagram_sockets_.find(fd);
    if (it != datagram_sockets_.end()) return it->second;
    return datagram_sockets_[fd] = local_endpoint(fd);
}

void Receiver::on_socket(int fd, int type) {
    if (type == SOCK_DGRAM) made_sockets_.push_back(fd);
}

int Receiver::datagram_socket(const Endpoint& local) const {
    const auto bound = std::find_if(made_sockets_.begin(), made_sockets_.end(),
                                    [&](int fd) { return local_endpoint(fd) == local; });
    return bound == made_sockets_.end() ? -1 : *bound;
}

ssize_t Receiver::receive(int fd, const iovec* parts, std::size_t count, sockaddr* source,
                          socklen_t* source_length) {
    current_.reset();
    const Target target{.parts = parts, .count = count};
    return source != nullptr ? receive_datagram(fd, target, source, source_length)
                             : receive_stream(fd, target);
}

std::optional<Receiver::Arrival> Receiver::read_message(int fd, msghdr& header, std::size_t limit) {
    alignas(cmsghdr) char control[128];
    iovec part{.iov_base = buffer_.data(), .iov_len = std::min(limit, buffer_.size())};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control;
    header.msg_controllen = sizeof control;
    const ssize_t bytes = recvmsg(fd, &header, MSG_DONTWAIT);
    if (bytes < 0) return std::nullopt;
    return Arrival{.bytes = static_cast<std::size_t>(bytes),
                   .at = arrival_time(header, clock_.now())};
}

ssize_t Receiver::receive_datagram(int fd, Target target, sockaddr* source,
                                   socklen_t* source_length) {
    msghdr header{};
    header.msg_name = source;
    header.msg_namelen = *source_length;
    const auto arrival = read_message(fd, header, buffer_.size());
    if (!arrival) return -1;
    *source_length = header.msg_namelen;
    ++stats_.datagrams;
    std::string_view bytes(buffer_.data(), arrival->bytes);
    bytes.remove_prefix(std::min(bytes.find_first_not_of("\r\n"), bytes.size()));
    if (bytes.empty()) {
        ++stats_.keepalives;
        return nothing();
    }
    const SipPath path{.transport = SipTransport::udp,
                       .local = local_of(fd),
                       .remote = to_endpoint(*source, header.msg_namelen)};
    if (!bytes.starts_with("SIP/") && sources_.is_muted(path.remote.address, arrival->at)) {
        stats_.drop(GuardReason::source_rate);
        return nothing();
    }
    return deliver(bytes, path, arrival->at, target, [&](const SipMessage& answer) {
        // RFC 3261 18.2.2: to the source address; to its port only if it asked for that (RFC 3581).
        const std::string text = to_wire(answer);
        const auto vias = split_list(answer.all("Via").front());
        const auto top = vias.empty() ? Via::parse("") : Via::parse(vias.front());
        sockaddr_storage target_address{};
        std::memcpy(&target_address, source, header.msg_namelen);
        if (top) set_port(target_address, response_target(*top, path.remote).port);
        void* memory = &target_address;
        (void)sendto(fd, text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
                     static_cast<const sockaddr*>(memory), header.msg_namelen);
    });
}

ssize_t Receiver::deliver(std::string_view bytes, const SipPath& path, MonoTime at, Target target,
                          const std::function<void(const SipMessage&)>& answer) {
    Inspection inspection = inspect(bytes, path.transport);
    if (inspection.fault) {
        stats_.drop(*inspection.fault);
        if (!inspection.answer) return nothing();
        if (admits_ && !admits_(nullptr, path)) {
            sources_.note_refused(path.remote.address, at);
            return nothing();
        }
        stamp_via(*inspection.answer, path.remote);
        stats_.sent.count(*inspection.answer);
        answer(*inspection.answer);
        return nothing();
    }
    ReceivedMessage received{
        .message = std::move(inspection.message), .path = path, .received_at = at};
    if (!received.message.is_request) {
        if (sink_) sink_(std::move(received));
        return nothing();
    }
    if (admits_ && !admits_(&received.message, path)) {
        stats_.drop(GuardReason::not_admitted);
        sources_.note_refused(path.remote.address, at);
        return nothing();
    }
    if (refuses_) {
        if (auto refusal = refuses_(received.message, path)) {
            stamp_via(*refusal, path.remote);
            stats_.sent.count(*refusal);
            answer(*refusal);
            return nothing();
        }
    }
    if (received.message.method == "ACK" && ack_filter_ && !ack_filter_(received.message)) {
        stats_.drop(GuardReason::unmatched_ack);
        return nothing();
    }
    const std::string text = transaction_text(received.message, path.transport);
    // A few messages without a blank too many grow by being rewritten, and sofia ends the process
    // when it is given more bytes than it saw readable.
    if (text.size() > bytes.size() || !fill(target.parts, target.count, text)) {
        stats_.drop(GuardReason::stack_refused);
        return nothing();
    }
    stamp_via(received.message, path.remote);
    current_ = std::move(received);
    return static_cast<ssize_t>(text.size());
}

bool Receiver::on_connection(int fd, bool accepted) {
    Connection connection;
    connection.cookie = cookie_of(fd);
    connection.remote = remote_endpoint(fd);  // none yet while connecting
    connection.last_message = clock_.now();
    if (accepted) {
        enable_receive_stamps(fd);
        const SipPath path{.transport = SipTransport::tcp,
                           .local = local_endpoint(fd),
                           .remote = connection.remote};
        connection.is_stranger = admits_ && !admits_(nullptr, path);
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

void Receiver::wait_for(int fd, Connection& connection, std::size_t bytes) {
    const int low_water = static_cast<int>(bytes);
    if (connection.low_water == low_water) return;
    // The socket becomes readable again only when that many bytes are there: no spinning meanwhile.
    if (setsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, &low_water, sizeof low_water) == 0)
        connection.low_water = low_water;
}

void Receiver::refuse_stream(int fd, Connection& connection, std::string_view bytes,
                             GuardReason reason) {
    stats_.drop(reason);
    const Inspection inspection = inspect(bytes, SipTransport::tcp);
    if (inspection.answer) {
        const std::string text = to_wire(*inspection.answer);
        stats_.sent.count(*inspection.answer);
        (void)send(fd, text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    }
    discard(fd, buffer_.size());
    connection.is_refused = true;
    connection.message_since.reset();
    wait_for(fd, connection, 1);
    shutdown(fd, SHUT_RDWR);  // sofia sees the end of the stream and closes it
}

ssize_t Receiver::receive_stream(int fd, Target target) {
    Connection* connection = table_.find(fd);
    if (connection == nullptr) {
        if (!on_connection(fd, false)) return nothing();
        connection = table_.find(fd);
    }
    // Looked at without taking: sofia's buffer is as large as what is readable now, so a message is
    // taken only when it is there as a whole.
    const ssize_t peeked = recv(fd, buffer_.data(), buffer_.size(), MSG_PEEK | MSG_DONTWAIT);
    if (peeked <= 0) return peeked;
    if (connection->is_refused) {
        discard(fd, static_cast<std::size_t>(peeked));
        return nothing();
    }
    const std::string_view bytes(buffer_.data(), static_cast<std::size_t>(peeked));
    // Each of its messages would be looked at anew: a stranger that has spent its tokens is cut
    // off.
    if (connection->remote.is_set() && !bytes.starts_with("SIP/") &&
        sources_.is_muted(connection->remote.address, clock_.now())) {
        refuse_stream(fd, *connection, {}, GuardReason::source_rate);
        return nothing();
    }
    const Frame frame = frame_message(bytes);
    if (frame.fault) {
        refuse_stream(fd, *connection, bytes.substr(frame.skip, frame.message), *frame.fault);
        return nothing();
    }
    if (frame.skip > 0) {
        discard(fd, frame.skip);
        ++stats_.keepalives;
        // RFC 5626 4.4.1: a double CRLF is a ping; the answer is one CRLF.
        if (frame.skip >= 4) (void)send(fd, "\r\n", 2, MSG_DONTWAIT | MSG_NOSIGNAL);
    }
    if (frame.message == 0) {
        if (peer_has_finished(fd)) {
            discard(fd, buffer_.size());
            wait_for(fd, *connection, 1);
        } else if (frame.wanted > 0) {
            if (!connection->message_since) connection->message_since = clock_.now();
            wait_for(fd, *connection, frame.wanted - frame.skip);
        }
        return nothing();
    }
    msghdr header{};
    const auto arrival = read_message(fd, header, frame.message);
    if (!arrival) return -1;
    ++stats_.stream_messages;
    connection->message_since.reset();
    connection->last_message = clock_.now();
    wait_for(fd, *connection, 1);
    if (!connection->remote.is_set()) connection->remote = remote_endpoint(fd);
    const SipPath path{
        .transport = SipTransport::tcp, .local = local_endpoint(fd), .remote = connection->remote};
    const ssize_t passed = deliver(
        {buffer_.data(), arrival->bytes}, path, arrival->at, target, [&](const SipMessage& answer) {
            const std::string text = to_wire(answer);
            (void)send(fd, text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        });
    // An ACK is looked at whoever sends it.
    if (passed > 0 && current_ && current_->message.method != "ACK") table_.note_peer(fd);
    return passed;
}

std::vector<StreamConnection> Receiver::connection_rows() const {
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

bool Receiver::close_connection(std::uint64_t id) {
    const int fd = id > INT_MAX ? -1 : static_cast<int>(id);
    Connection* connection = table_.find(fd);
    if (connection == nullptr || cookie_of(fd) != connection->cookie) return false;
    connection->is_refused = true;
    discard(fd, buffer_.size());
    shutdown(fd, SHUT_RDWR);  // sofia sees the end of the stream and closes it
    return true;
}

void Receiver::sweep() {
    sources_.sweep(clock_.now());
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
