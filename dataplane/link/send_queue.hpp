// SPDX-License-Identifier: Apache-2.0
// SendQueue: keeps the order of datagrams that the socket does not take yet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "dataplane/link/seqpacket.hpp"

namespace weir::dataplane {

// Thread: the one that owns the socket. The bound is the owner's: it asks size() or octets() first.
class SendQueue {
public:
    // Sends now, or queues behind what waits already. `closed`: the peer is gone.
    Transfer send(int fd, std::vector<std::uint8_t> datagram) {
        if (waiting_.empty()) {
            const auto outcome = send_datagram(fd, datagram);
            if (outcome != Transfer::would_block) return outcome;
        }
        octets_ += datagram.size();
        waiting_.push_back(std::move(datagram));
        return Transfer::would_block;
    }

    // Sends what waits, as far as the socket takes it.
    Transfer flush(int fd) {
        while (!waiting_.empty()) {
            const auto outcome = send_datagram(fd, waiting_.front());
            if (outcome != Transfer::done) return outcome;
            octets_ -= waiting_.front().size();
            waiting_.pop_front();
        }
        return Transfer::done;
    }

    void clear() {
        waiting_.clear();
        octets_ = 0;
    }
    [[nodiscard]] bool is_empty() const { return waiting_.empty(); }
    [[nodiscard]] std::size_t size() const { return waiting_.size(); }
    [[nodiscard]] std::size_t octets() const { return octets_; }

private:
    std::deque<std::vector<std::uint8_t>> waiting_;
    std::size_t octets_ = 0;
};

}  // namespace weir::dataplane
