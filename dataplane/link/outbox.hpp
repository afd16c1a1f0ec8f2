// SPDX-License-Identifier: Apache-2.0
// Outbox: messages on their way into the socket of the media link, several to a datagram.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "dataplane/link/seqpacket.hpp"
#include "dataplane/link/wire.hpp"

namespace weir::dataplane {

// What is added leaves in the order in which it was added, with send(): what was added since the
// last one is one datagram. What the socket does not take yet is kept in full datagrams. Thread:
// the one that owns the socket. The bound is the owner's: it asks messages() or octets() first.
class Outbox {
public:
    Outbox();

    // `closed`: the peer is gone. A datagram that this message would overfill is sent before.
    template <typename Message>
    Transfer add(int fd, const Message& message) {
        const Transfer sent = is_full() ? close_datagram(fd) : Transfer::done;
        append(open_, message);
        ++open_messages_;
        return sent;
    }
    // Sends what waits, as far as the socket takes it.
    Transfer send(int fd);

    void clear();
    [[nodiscard]] bool is_empty() const { return open_messages_ == 0 && queued_.empty(); }
    // The socket was full: there is something to send when it has room.
    [[nodiscard]] bool is_blocked() const { return is_blocked_; }
    [[nodiscard]] std::size_t messages() const { return open_messages_ + queued_messages_; }
    [[nodiscard]] std::size_t octets() const { return open_.size() + queued_octets_; }

private:
    struct Datagram {
        std::vector<std::uint8_t> octets;
        std::size_t messages = 0;
    };
    [[nodiscard]] bool is_full() const { return open_.size() + max_message() > max_datagram(); }
    Transfer close_datagram(int fd);
    Transfer send_queued(int fd);

    std::vector<std::uint8_t> open_;  // messages are added to this one; keeps its room
    std::size_t open_messages_ = 0;
    std::deque<Datagram> queued_;  // full ones that the socket did not take
    std::size_t queued_messages_ = 0;
    std::size_t queued_octets_ = 0;
    bool is_blocked_ = false;
};

}  // namespace weir::dataplane
