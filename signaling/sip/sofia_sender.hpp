// SPDX-License-Identifier: Apache-2.0
// SofiaSender: requests of ours onto sofia's transports, and the errors that come back.
//
// A datagram goes straight to the listener's socket: sofia would read our text header by header
// only to write it again. It still watches the socket's errors. Streams go through sofia, which
// owns their connections.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include "signaling/sip/client_transactions.hpp"
#include "signaling/sip/nta_server.hpp"

namespace weir::signaling {

class SofiaSender;

// A message that may be sent again, and whose connection, or port at the peer, is watched.
struct SentMessage {
    SofiaSender* sender = nullptr;
    std::uint64_t key = 0;
    SipPath path;
    std::string text;
    // As sofia read it; of a datagram nothing but the address, by which sofia tells whose error
    // came.
    MessagePtr message;
    tport_t* transport = nullptr;  // referenced
    int pending = 0;               // sofia's number of the watch; 0 = none
};

// Thread: sip. TCP connections to the same peer are used again (RFC 3261 18.1.1).
class SofiaSender final : public MessageSender {
public:
    explicit SofiaSender(const NtaServer& server) : server_(server) {}
    ~SofiaSender() override;
    // Comes from inside sofia: must not call back into it.
    void set_error_sink(std::function<void(std::uint64_t key)> sink) {
        on_error_ = std::move(sink);
    }

    [[nodiscard]] Result<void> send(std::uint64_t key, std::string text,
                                    const SipPath& path) override;
    void send_again(std::uint64_t key) override;
    void forget(std::uint64_t key) override;

private:
    [[nodiscard]] Result<void> transmit(SentMessage& sent);
    [[nodiscard]] Result<void> transmit_datagram(SentMessage& sent,
                                                 const NtaServer::Outlet& outlet);
    [[nodiscard]] Result<void> transmit_stream(SentMessage& sent, const NtaServer::Outlet& outlet);
    static void release(SentMessage& sent);
    static void on_transport_error(tp_stack_t* stack, SentMessage* sent, tport_t* transport,
                                   msg_t* message, int error);

    const NtaServer& server_;
    std::function<void(std::uint64_t key)> on_error_;
    std::unordered_map<std::uint64_t, std::unique_ptr<SentMessage>> sent_;
};

}  // namespace weir::signaling
