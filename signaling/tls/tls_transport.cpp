// SPDX-License-Identifier: Apache-2.0
// TlsTransport: connections from their making to their end; listeners are in tls_listeners.cpp.
#include "signaling/tls/tls_transport.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include "signaling/sip/socket_address.hpp"
#include "signaling/tls/tls_limits.hpp"

namespace weir::signaling {

TlsTransport::TlsTransport(EventLoop& loop, std::unique_ptr<SocketSet> sockets, Logger& log,
                           Callbacks callbacks)
    : loop_(loop),
      log_(log),
      callbacks_(std::move(callbacks)),
      sockets_(std::move(sockets)),
      contexts_(loop, log, [this] { open_listeners(); }) {
    arm_sweep();
}

TlsTransport::~TlsTransport() {
    loop_.cancel(sweep_);
    loop_.cancel(reap_);
    for (const auto& [id, connection] : connections_)
        sockets_->remove(connection->fd());
    for (const auto& listener : listeners_)
        sockets_->remove(listener.fd.get());
}

void TlsTransport::arm_sweep() {
    sweep_ = loop_.after(std::chrono::seconds(1), [this] {
        sweep();
        arm_sweep();
    });
}

bool TlsTransport::has_room(const IpAddress& source) const {
    const auto known = per_source_.find(source);
    return connections_.size() < kTlsMaxConnections &&
           (known == per_source_.end() || known->second < kTlsMaxConnectionsPerSource);
}

Result<void> TlsTransport::adopt(std::unique_ptr<TlsConnection> connection) {
    const std::uint64_t id = connection->id();
    const int fd = connection->fd();
    const int on = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    // A connection that is being made becomes writable when it is there.
    WEIR_TRY(sockets_->set(fd, {true, connection->is_ours()},
                           [this, id](SocketSet::Ready) { on_ready(id); }));
    ++per_source_[connection->path().remote.address];
    connections_.emplace(id, std::move(connection));
    return {};
}

Result<std::uint64_t> TlsTransport::connection_to(const SipPath& path) {
    const TlsIdentity* identity =
        contexts_.settings().identity_for(path.tls_profile, path.remote.address);
    if (identity == nullptr)
        return fail(ErrorCode::not_found,
                    "no certificate is named for " + path.remote.to_string() +
                        ": crypto signaling or the tls-profile of the tenant names one");
    for (const auto& [id, connection] : connections_) {
        const SipPath& known = connection->path();
        if (connection->ended() || known.remote != path.remote) continue;
        const bool same = known.host == path.host && known.tls_profile == path.tls_profile &&
                          known.local.address == path.local.address;
        if (!connection->is_ours() || same) return id;
    }
    if (connections_.size() >= kTlsMaxConnections)
        return fail(ErrorCode::exhausted, "too many TLS connections");
    const auto context = contexts_.find(*identity, TlsRole::client);
    if (!context) return fail(context.error());

    sockaddr_storage local{};
    Endpoint from = path.local;
    from.port = 0;  // any: the listener has its own
    const socklen_t local_size = to_sockaddr(from, local);
    sockaddr_storage remote{};
    const socklen_t remote_size = to_sockaddr(path.remote, remote);
    UniqueFd fd(::socket(remote.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const void* local_memory = &local;
    const void* remote_memory = &remote;
    if (!fd.is_open() ||
        ::bind(fd.get(), static_cast<const sockaddr*>(local_memory), local_size) != 0)
        return fail_errno("cannot open a TLS connection from " + from.address.to_string(), errno);
    if (::connect(fd.get(), static_cast<const sockaddr*>(remote_memory), remote_size) != 0 &&
        errno != EINPROGRESS)
        return fail_errno("cannot connect to " + path.remote.to_string(), errno);

    TlsConnection::Start start{++last_id_, path, TlsRole::client, "", {}};
    // RFC 6066 3: a server name is no address.
    if (identity->send_sni && !path.host.empty()) start.sni = path.host;
    start.names = {identity->check_server, identity->names};
    start.names.names.push_back(path.host.empty() ? path.remote.address.to_string() : path.host);
    auto made =
        TlsConnection::make(std::move(fd), **context, std::move(start), loop_.clock().now());
    if (!made) return fail(made.error());
    WEIR_TRY(adopt(std::move(*made)));
    ++counters_.opened;
    return last_id_;
}

bool TlsTransport::send(std::uint64_t id, std::string_view text) {
    const auto it = connections_.find(id);
    if (it == connections_.end() || it->second->ended()) return false;
    TlsConnection& connection = *it->second;
    const bool sent = connection.send(text);
    if (sent)
        sockets_->want(connection.fd(), connection.interest());
    else
        remove_later(id);
    return sent;
}

void TlsTransport::close(std::uint64_t id, const std::string& why) {
    const auto it = connections_.find(id);
    if (it == connections_.end()) return;
    it->second->end(why);
    remove_later(id);
}

void TlsTransport::note_peer(std::uint64_t id) {
    const auto it = connections_.find(id);
    if (it != connections_.end() && std::exchange(it->second->is_stranger, false))
        strangers_.leave();
}

void TlsTransport::end_stranger(std::uint64_t id) {
    const auto it = connections_.find(id);
    if (it != connections_.end() && it->second->is_stranger)
        close(id, "a stranger that does not register");
}

std::vector<StreamConnection> TlsTransport::connection_rows() const {
    std::vector<StreamConnection> rows;
    for (const auto& [id, connection] : connections_)
        if (!connection->ended())
            rows.push_back({id, connection->path().local, connection->path().remote,
                            connection->is_established(), connection->queued(),
                            connection->is_established() ? connection->description() : ""});
    return rows;
}

void TlsTransport::on_ready(std::uint64_t id) {
    const auto it = connections_.find(id);
    if (it == connections_.end()) return;
    TlsConnection& connection = *it->second;
    const bool was_established = connection.is_established();
    const bool has_more = connection.step(kTlsReadAtOnce);
    if (connection.is_established() && !was_established) {
        ++counters_.established;
        connection.last_message = loop_.clock().now();
        log_.debug("tls.established", {{"peer", connection.path().remote.to_string()},
                                       {"with", connection.description()}});
    }
    read_messages(connection);
    // What OpenSSL holds makes no socket readable.
    if (has_more) to_read_.insert(id);
    if (has_more && reap_ == TimerId{}) remove_later(0);
    end_or_wait(connection);
}

void TlsTransport::end_or_wait(TlsConnection& connection) {
    if (connection.ended()) return remove_later(connection.id());
    sockets_->want(connection.fd(), connection.interest());
}

void TlsTransport::read_messages(TlsConnection& connection) {
    const std::uint64_t id = connection.id();
    StreamInbox& inbox = connection.inbox();
    while (!connection.ended()) {
        const auto piece = inbox.next();
        if (!piece) break;
        if (piece->fault) {
            callbacks_.on_fault(id, piece->message, connection.path(), *piece->fault);
            return connection.end("not SIP, or too long");
        }
        // RFC 5626 4.4.1: a double CRLF is a ping; the answer is one CRLF, but not to strangers.
        if (piece->is_ping && !connection.is_stranger) (void)connection.send("\r\n");
        if (piece->message.empty()) continue;
        connection.message_since.reset();
        connection.last_message = loop_.clock().now();
        callbacks_.on_message(id, piece->message, connection.path());
    }
    if (inbox.is_empty())
        connection.message_since.reset();
    else if (!connection.message_since)
        connection.message_since = loop_.clock().now();
}

// Not now: whoever is further up the stack may hold the connection.
void TlsTransport::remove_later(std::uint64_t id) {
    if (id != 0) to_remove_.insert(id);
    if (reap_ != TimerId{}) return;
    reap_ = loop_.after(std::chrono::nanoseconds(0), [this] {
        reap_ = {};
        for (const std::uint64_t each : std::exchange(to_read_, {}))
            on_ready(each);
        for (const std::uint64_t each : std::exchange(to_remove_, {}))
            remove(each);
    });
}

void TlsTransport::remove(std::uint64_t id) {
    const auto it = connections_.find(id);
    if (it == connections_.end()) return;
    const TlsConnection& connection = *it->second;
    if (connection.is_stranger) strangers_.leave();
    if (!connection.is_established()) {
        ++counters_.failed;
        // Whoever may be anybody fills no log.
        if (!connection.is_stranger)
            log_.warning("tls.handshake_failed",
                         {{"peer", connection.path().remote.to_string()},
                          {"side", connection.is_ours() ? "client" : "server"},
                          {"why", connection.ended().value_or("")}});
    }
    sockets_->remove(connection.fd());
    const auto source = per_source_.find(connection.path().remote.address);
    if (source != per_source_.end() && --source->second == 0) per_source_.erase(source);
    connections_.erase(it);
    callbacks_.on_closed(id);
}

void TlsTransport::sweep() {
    const MonoTime now = loop_.clock().now();
    const TlsSettings& settings = contexts_.settings();
    strangers_.sweep(now);
    for (const auto& [id, connection] : connections_) {
        if (connection->is_stranger && now - connection->made_at >= settings.strangers) {
            close(id, "a stranger that does not register");
        } else if (!connection->is_established() &&
                   now - connection->made_at >= settings.establish) {
            close(id, "the handshake took too long");
        } else if (connection->message_since &&
                   now - *connection->message_since >= kSipIncompleteMessage) {
            ++counters_.slow;
            close(id, "a message was not finished");
        } else if (connection->is_established() &&
                   now - connection->last_message >= settings.aging) {
            ++counters_.aged;
            close(id, "idle");
        }
    }
}

}  // namespace weir::signaling
