// SPDX-License-Identifier: Apache-2.0
// DatagramSockets: the UDP listeners of SIP: reading, sending, and the errors that the network
// reports.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "config/base/clock.hpp"
#include "config/base/result.hpp"
#include "config/base/unique_fd.hpp"
#include "signaling/api/event_loop.hpp"
#include "signaling/api/sip_stack.hpp"

namespace weir::signaling {

// Thread: sip. Callbacks come from the loop only. `loop` outlives it.
class DatagramSockets {
public:
    struct Callbacks {
        // `at`: when the kernel got it. The bytes are gone behind the call; one byte more than
        // kSipMaxDatagram stands for a datagram that is too large.
        std::function<void(std::string_view bytes, const SipPath& path, MonoTime at)> on_datagram;
        // Nobody takes what was sent there: the port is closed, the host or network out of reach.
        std::function<void(const Endpoint& remote)> on_unreachable;
    };
    DatagramSockets(EventLoop& loop, Callbacks callbacks);
    ~DatagramSockets();
    DatagramSockets(const DatagramSockets&) = delete;
    DatagramSockets& operator=(const DatagramSockets&) = delete;

    // Listens there; port 0: any free one. Errors: those of probe_port, io.
    [[nodiscard]] Result<void> open(const Endpoint& address);
    [[nodiscard]] std::vector<Endpoint> listeners() const;
    // The listener that `path.local` names: not set, the first of the peer's family; port 0, the
    // first of that address. Null: there is none.
    [[nodiscard]] const Endpoint* outlet(const SipPath& path) const;
    // From that listener. A full socket is a datagram lost on its way, no error. Errors: not_found,
    // io.
    [[nodiscard]] Result<void> send(const SipPath& path, std::string_view text) const;

private:
    struct Listener {
        Endpoint address;
        UniqueFd fd;
        WatchId watch{};
        unsigned turns_since_errors = 0;
    };
    struct Batch;  // where datagrams are read to
    [[nodiscard]] const Listener* find(const SipPath& path) const;
    void read(Listener& listener);
    void read_errors(Listener& listener);

    EventLoop& loop_;
    Callbacks callbacks_;
    std::vector<std::unique_ptr<Listener>> listeners_;
    std::unique_ptr<Batch> batch_;
};

}  // namespace weir::signaling
