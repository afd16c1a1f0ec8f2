// SPDX-License-Identifier: Apache-2.0
// StackSender: requests and answers of ours onto UDP and TCP, and the errors that come back.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>

#include "signaling/sip/client_transactions.hpp"
#include "signaling/sip/datagram_sockets.hpp"
#include "signaling/sip/server_transactions.hpp"
#include "signaling/sip/sofia_streams.hpp"

namespace weir::signaling {

// Thread: sip.
class StackSender final : public MessageSender {
public:
    StackSender(DatagramSockets& datagrams, SofiaStreams& streams)
        : datagrams_(datagrams), streams_(streams) {}

    [[nodiscard]] Result<void> send(std::uint64_t key, std::string text,
                                    const SipPath& path) override;
    void send_again(std::uint64_t key) override;
    void forget(std::uint64_t key) override;

    // The requests over UDP that wait for an answer from there.
    [[nodiscard]] std::vector<std::uint64_t> waiting_for(const Endpoint& remote) const;
    // An answer the way its request came (RFC 3261 18.2.2). False: there is no way back.
    [[nodiscard]] bool reply(const RequestOrigin& origin, const std::string& text);

private:
    struct Kept {
        SipPath path;
        std::string text;
    };
    DatagramSockets& datagrams_;
    SofiaStreams& streams_;
    std::unordered_map<std::uint64_t, Kept> datagrams_kept_;
};

}  // namespace weir::signaling
