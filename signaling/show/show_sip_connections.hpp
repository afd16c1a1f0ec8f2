// SPDX-License-Identifier: Apache-2.0
// `show sip-ua connections {tcp [tls] | udp} {brief | detail}` (spec H.6). Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dialplan/arrivals.hpp"
#include "signaling/api/sip_stack.hpp"
#include "signaling/sip/connection_table.hpp"

namespace weir::signaling {

struct ConnectionTableView {
    SipTransport transport = SipTransport::tcp;
    std::vector<StreamConnection> rows;
    std::vector<Endpoint> listeners;
    std::uint64_t send_failures = 0;  // requests that could not be sent, over all transports
    std::uint64_t remote_closures = 0;
    std::uint64_t aged = 0;
    std::uint64_t connection_failures = 0;
    std::uint64_t handshake_failures = 0;  // of TLS
    dialplan::Arrivals arrivals{};         // whose listen-ports these are

    // The tenant whose listen-port our end is; 0: none, as of a connection that we made.
    [[nodiscard]] std::uint32_t tenant_of(const Endpoint& local) const {
        return arrivals.tenant_of({local, transport == SipTransport::tls}).value_or(0);
    }
};

[[nodiscard]] std::string show_sip_ua_connections(const ConnectionTableView& view, bool detail);
[[nodiscard]] std::string sip_ua_connections_json(const ConnectionTableView& view);

}  // namespace weir::signaling
