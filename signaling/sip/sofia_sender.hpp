// SPDX-License-Identifier: Apache-2.0
// SofiaSender: requests of ours onto sofia's transports, and the errors that come back.
#pragma once

#include <functional>
#include <map>
#include <memory>

#include "signaling/sip/client_transactions.hpp"
#include "signaling/sip/nta_server.hpp"

namespace weir::signaling {

class SofiaSender;

// A message that may be sent again, and whose connection is watched.
struct SentMessage {
    SofiaSender* sender = nullptr;
    std::uint64_t key = 0;
    SipPath path;
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

    [[nodiscard]] Result<void> send(std::uint64_t key, const std::string& text,
                                    const SipPath& path) override;
    void send_again(std::uint64_t key) override;
    void forget(std::uint64_t key) override;

private:
    [[nodiscard]] Result<void> transmit(SentMessage& sent);
    static void release(SentMessage& sent);
    static void on_transport_error(tp_stack_t* stack, SentMessage* sent, tport_t* transport,
                                   msg_t* message, int error);

    const NtaServer& server_;
    std::function<void(std::uint64_t key)> on_error_;
    std::map<std::uint64_t, std::unique_ptr<SentMessage>> sent_;
};

}  // namespace weir::signaling
