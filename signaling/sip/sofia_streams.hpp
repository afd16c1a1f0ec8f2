// SPDX-License-Identifier: Apache-2.0
// SofiaStreams: the TCP listeners of SIP and their connections, on sofia's tport.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "signaling/api/sip_stack.hpp"
#include "signaling/sip/sofia_handles.hpp"
#include "signaling/sip/sofia_loop.hpp"

namespace weir::signaling {

class SofiaStreams;

// A message whose connection is watched until somebody says forget().
struct WatchedMessage {
    SofiaStreams* streams = nullptr;
    std::uint64_t key = 0;
    MessagePtr message;
    tport_t* transport = nullptr;  // referenced
    int pending = 0;               // sofia's number of the watch; 0 = none
};

// Thread: sip. Connections to the same peer are used again (RFC 3261 18.1.1). One agent of sofia
// per listener: an agent closes its listeners only all together.
class SofiaStreams {
public:
    explicit SofiaStreams(SofiaLoop& loop) : loop_(loop) {}
    ~SofiaStreams();
    SofiaStreams(const SofiaStreams&) = delete;
    SofiaStreams& operator=(const SofiaStreams&) = delete;
    // A connection broke on which the message `key` had gone. Comes from inside sofia: must not
    // call back into it.
    void set_error_sink(std::function<void(std::uint64_t key)> sink) {
        on_error_ = std::move(sink);
    }

    // Errors: those of probe_port; io.
    [[nodiscard]] Result<void> open(const Endpoint& address);
    [[nodiscard]] std::vector<Endpoint> listeners() const;
    // As DatagramSockets::outlet.
    [[nodiscard]] const Endpoint* outlet(const SipPath& path) const;

    // To `path.remote`, over the connection that is there or a new one. `key` 0: not watched.
    // Errors: not_found, io.
    [[nodiscard]] Result<void> send(std::uint64_t key, const std::string& text,
                                    const SipPath& path);
    // The same, but only over a connection that is there. False: it is gone.
    [[nodiscard]] bool send_back(const std::string& text, const SipPath& path);
    void forget(std::uint64_t key);

private:
    struct Listener {
        Endpoint address;
        AgentPtr agent;
    };
    [[nodiscard]] const Listener* find(const SipPath& path) const;
    [[nodiscard]] Result<void> transmit(WatchedMessage& watched, const std::string& text,
                                        const SipPath& path);
    static void release(WatchedMessage& watched);
    static void on_transport_error(tp_stack_t* stack, WatchedMessage* watched, tport_t* transport,
                                   msg_t* message, int error);

    SofiaLoop& loop_;
    std::function<void(std::uint64_t key)> on_error_;
    std::vector<Listener> listeners_;
    std::unordered_map<std::uint64_t, std::unique_ptr<WatchedMessage>> watched_;
};

}  // namespace weir::signaling
