// SPDX-License-Identifier: Apache-2.0
// The TCP connections of the stack: limits, and the sweep of those that are slow or idle.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "config/base/address.hpp"
#include "config/base/clock.hpp"
#include "signaling/sip/guard_reason.hpp"

namespace weir::signaling {

// Accepted connections of addresses that are not trusted, of kSipMaxConnections: somebody with many
// addresses (one IPv6 prefix is enough) leaves seven eighths to the peers, and to endpoints that
// register.
inline constexpr std::size_t kMaxStrangerConnections = 128;

struct Connection {
    std::uint64_t cookie = 0;  // the kernel's name of the socket: descriptors are used again
    Endpoint remote;
    MonoTime last_message;                  // or when it was made
    std::optional<MonoTime> message_since;  // an incomplete message waits since then
    int low_water = 1;                      // SO_RCVLOWAT as we set it
    bool is_refused = false;                // what it still sends is thrown away
    bool is_stranger = false;               // accepted from an address that is not trusted
};

// One connection as operators see it, of TCP or TLS.
struct StreamConnection {
    std::uint64_t id = 0;  // by which it can be closed
    Endpoint local;
    Endpoint remote;
    bool established = true;
    std::size_t queued = 0;  // bytes that wait to be sent, as far as they are ours
    std::string cipher{};    // of TLS: "TLSv1.3 TLS_AES_256_GCM_SHA384"
};

// Pure. Thread: sip. Bounds: kSipMaxConnections, kSipMaxConnectionsPerSource,
// kMaxStrangerConnections.
class ConnectionTable {
public:
    // A new connection. False: over a limit (those that we made ourselves count, but pass).
    [[nodiscard]] bool admit(int fd, const Connection& connection, bool accepted);
    [[nodiscard]] Connection* find(int fd);
    // A request on it was let in (a dialog of ours, a registration): it is no stranger's any more.
    void note_peer(int fd);
    [[nodiscard]] std::size_t size() const { return connections_.size(); }
    [[nodiscard]] const std::map<int, Connection>& all() const { return connections_; }

    enum class Fate : std::uint8_t { slow, idle };
    // Forgets connections whose descriptor now belongs to another socket (`cookie_of` tells; 0 =
    // closed) and reports those that must be closed, at most once each.
    void sweep(MonoTime now, const std::function<std::uint64_t(int fd)>& cookie_of,
               const std::function<void(int fd, Fate fate)>& close);

private:
    void forget(std::map<int, Connection>::iterator it);

    std::map<int, Connection> connections_;
    std::map<IpAddress, std::size_t> per_source_;
    std::size_t strangers_ = 0;
};

}  // namespace weir::signaling
