// SPDX-License-Identifier: Apache-2.0
// Outbox; see outbox.hpp.
#include "dataplane/link/outbox.hpp"

namespace weir::dataplane {

Outbox::Outbox() {
    open_.reserve(max_datagram());
}

Transfer Outbox::send(int fd) {
    const Transfer queued = send_queued(fd);
    if (queued != Transfer::done) return queued;
    if (open_messages_ == 0) return Transfer::done;
    const Transfer sent = send_datagram(fd, open_);
    is_blocked_ = sent == Transfer::would_block;
    if (sent != Transfer::done) return sent;
    open_.clear();
    open_messages_ = 0;
    return Transfer::done;
}

// Full: it leaves now, or waits among those before it.
Transfer Outbox::close_datagram(int fd) {
    const Transfer sent = is_blocked_ ? Transfer::would_block : send(fd);
    if (sent != Transfer::would_block) return sent;
    queued_octets_ += open_.size();
    queued_messages_ += open_messages_;
    queued_.push_back({open_, open_messages_});
    open_.clear();
    open_messages_ = 0;
    return Transfer::would_block;
}

Transfer Outbox::send_queued(int fd) {
    while (!queued_.empty()) {
        const Transfer sent = send_datagram(fd, queued_.front().octets);
        is_blocked_ = sent == Transfer::would_block;
        if (sent != Transfer::done) return sent;
        queued_octets_ -= queued_.front().octets.size();
        queued_messages_ -= queued_.front().messages;
        queued_.pop_front();
    }
    return Transfer::done;
}

void Outbox::clear() {
    open_.clear();
    open_messages_ = 0;
    queued_.clear();
    queued_messages_ = 0;
    queued_octets_ = 0;
    is_blocked_ = false;
}

}  // namespace weir::dataplane
