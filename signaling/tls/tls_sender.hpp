// SPDX-License-Identifier: Apache-2.0
// TlsSender: requests of ours onto TLS connections, and what breaks of them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "signaling/sip/client_transactions.hpp"
#include "signaling/tls/tls_transport.hpp"

namespace weir::signaling {

// Thread: sip. Nothing is sent again: the transport is reliable.
class TlsSender final : public MessageSender {
public:
    explicit TlsSender(TlsTransport& transport) : transport_(transport) {}

    [[nodiscard]] Result<void> send(std::uint64_t key, std::string text,
                                    const SipPath& path) override;
    void send_again(std::uint64_t) override {}
    void forget(std::uint64_t key) override;

    // The requests that waited on a connection that has ended.
    [[nodiscard]] std::vector<std::uint64_t> broken_by(std::uint64_t connection);

private:
    TlsTransport& transport_;
    std::map<std::uint64_t, std::uint64_t> connection_of_;      // key -> connection
    std::map<std::uint64_t, std::set<std::uint64_t>> waiting_;  // connection -> keys
};

}  // namespace weir::signaling
