// SPDX-License-Identifier: Apache-2.0
// SendWindow: how many packets may be sent when the pace is that of what comes back.
#pragma once

#include <cstdint>

namespace weir::bench {

// What does not come back is given up after a silence, or nothing would be sent any more. A packet
// that was given up and comes all the same makes no room: the ring of the other end holds just
// one window, and with two under way what it refuses would be called a loss.
//
// Times are in the caller's unit (cycles here). Thread: one.
class SendWindow {
public:
    // At most `packets` under way; given up when nothing has come for `patience`.
    SendWindow(std::uint64_t packets, std::uint64_t patience)
        : packets_(packets), patience_(patience) {}

    [[nodiscard]] bool has_room(std::uint64_t packets) const {
        return sent_ + packets <= packets_ + came_;
    }
    void sent(std::uint64_t packets) { sent_ += packets; }
    // A packet came that was sent then.
    void came(std::uint64_t sent_at) {
        if (sent_at >= given_up_at_) ++came_;
    }
    // The silence begins anew: something came, or nobody has looked until now.
    void listened(std::uint64_t now) { last_sign_ = now; }
    // True: all that is under way is given up now.
    bool give_up_if_silent(std::uint64_t now) {
        if (now - last_sign_ <= patience_) return false;
        given_up_at_ = last_sign_ = now;
        sent_ = came_ = 0;
        return true;
    }

private:
    std::uint64_t packets_;
    std::uint64_t patience_;
    // Both since the last giving up.
    std::uint64_t sent_ = 0;
    std::uint64_t came_ = 0;
    std::uint64_t given_up_at_ = 0;
    std::uint64_t last_sign_ = 0;
};

}  // namespace weir::bench
