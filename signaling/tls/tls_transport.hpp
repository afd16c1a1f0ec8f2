// SPDX-License-Identifier: Apache-2.0
// TlsTransport: listeners and connections of TLS, and the messages that are cut out of them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "config/base/log.hpp"
#include "signaling/net/socket_set.hpp"
#include "signaling/sip/connection_table.hpp"
#include "signaling/sip/guard_reason.hpp"
#include "signaling/tls/strangers.hpp"
#include "signaling/tls/tls_connection.hpp"
#include "signaling/tls/tls_contexts.hpp"

namespace weir::signaling {

struct TlsCounters {
    std::uint64_t accepted = 0;     // connections of peers
    std::uint64_t opened = 0;       // connections of ours
    std::uint64_t established = 0;  // handshakes that came to their end
    std::uint64_t failed = 0;       // handshakes that did not: certificate, version, time
    std::uint64_t refused = 0;  // peers over a limit, not trusted, or without a certificate here
    std::uint64_t aged = 0;     // closed because they were idle
    std::uint64_t slow = 0;     // closed in the middle of a message or unread
};

// Thread: sip. Callbacks come from the loop, never from inside a call. Bounds: tls_limits.hpp,
// kSipIncompleteMessage, and the times of TlsSettings.
class TlsTransport {
public:
    struct Callbacks {
        // Asked before a byte is read; false: the connection is a stranger's, and is closed without
        // a byte of ours unless endpoints may register at the listener (TlsSettings::registering).
        std::function<bool(const SipPath& path)> admits;
        // A whole message, or with a fault what can be read of one that ends the stream.
        std::function<void(std::uint64_t connection, std::string_view bytes, const SipPath& path)>
            on_message;
        std::function<void(std::uint64_t connection, std::string_view bytes, const SipPath& path,
                           GuardReason fault)>
            on_fault;
        std::function<void(std::uint64_t connection)> on_closed;
    };
    TlsTransport(EventLoop& loop, std::unique_ptr<SocketSet> sockets, Logger& log,
                 Callbacks callbacks);
    ~TlsTransport();
    TlsTransport(const TlsTransport&) = delete;
    TlsTransport& operator=(const TlsTransport&) = delete;

    // Certificates at once; listeners that are new are opened, those that are gone are closed.
    // What cannot be opened is a line in the log and is tried again with the next certificate.
    void configure(const TlsSettings& settings);
    [[nodiscard]] std::vector<Endpoint> listeners() const;

    // The listener that `path.local` names (port 0: the first of that address). Errors: not_found.
    [[nodiscard]] Result<TlsListener> outlet(const SipPath& path) const;
    // The connection to path.remote, made if there is none (RFC 3261 18.1.1): one that we made for
    // the same name and certificate, or one that came from there. Errors: not_found, without a
    // certificate; io; exhausted.
    [[nodiscard]] Result<std::uint64_t> connection_to(const SipPath& path);
    // False: there is no such connection any more. What is sent before the handshake is done waits.
    bool send(std::uint64_t connection, std::string_view text);
    void close(std::uint64_t connection, const std::string& why);
    // A request on it was let in (a REGISTER that is passed on): it is no stranger's any more.
    void note_peer(std::uint64_t connection);
    // What is on it is nothing that a stranger may send: that ends it, if it is one's.
    void end_stranger(std::uint64_t connection);

    [[nodiscard]] const TlsCounters& counters() const { return counters_; }
    [[nodiscard]] std::size_t connections() const { return connections_.size(); }
    [[nodiscard]] std::vector<StreamConnection> connection_rows() const;  // for operators
    [[nodiscard]] std::uint64_t reloads() const { return contexts_.reloads(); }

private:
    struct Listening {
        TlsListener wanted;
        UniqueFd fd;
        Endpoint address;  // with its real port
    };
    void open_listeners();
    [[nodiscard]] Result<Listening> listen(const TlsListener& wanted);
    [[nodiscard]] Result<void> has_certificate(const TlsListener& wanted);
    void accept_from(int fd);
    void take(UniqueFd fd, const SipPath& path, bool may_register);
    [[nodiscard]] bool has_room(const IpAddress& source) const;
    [[nodiscard]] Result<void> adopt(std::unique_ptr<TlsConnection> connection);
    void on_ready(std::uint64_t id);
    void read_messages(TlsConnection& connection);
    void end_or_wait(TlsConnection& connection);
    void remove(std::uint64_t id);
    void remove_later(std::uint64_t id);
    void sweep();
    void arm_sweep();

    EventLoop& loop_;
    Logger& log_;
    Callbacks callbacks_;
    std::unique_ptr<SocketSet> sockets_;
    TlsContexts contexts_;
    std::vector<Listening> listeners_;
    std::set<std::string> down_;  // listeners that the log has named
    std::uint64_t last_id_ = 0;
    std::map<std::uint64_t, std::unique_ptr<TlsConnection>> connections_;
    std::map<IpAddress, std::size_t> per_source_;
    Strangers strangers_;
    TimerId sweep_;
    TimerId reap_;
    std::set<std::uint64_t> to_remove_;
    std::set<std::uint64_t> to_read_;
    TlsCounters counters_;
};

}  // namespace weir::signaling
