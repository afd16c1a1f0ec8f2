// SPDX-License-Identifier: Apache-2.0
// ModeChoice: which I/O mode a node takes: those that can work, in order, until one has opened; and
// why not the others.
//
//   auto choice = ModeChoice::of(wish, machine);
//   while (const auto mode = choice.current()) {
//       auto io = open_mode(*mode);           // FrameDevice::open and the like
//       if (io) break;
//       choice.reject(io.error().context);    // the next one
//   }
//   choice.log(logger);                       // the line media.io
//   if (!choice.current()) return fail(ErrorCode::unavailable, choice.failure());
//
// Thread: control.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "config/base/io_mode.hpp"
#include "config/base/log.hpp"
#include "dataplane/host/judgement.hpp"

namespace weir::dataplane {

class ModeChoice {
public:
    // `auto` begins with dpdk (where there are ports), a named mode with itself; then follow
    // af_xdp, af_packet, socket in this order as far as they come after it. What `judge` finds
    // impossible is passed over without being tried.
    [[nodiscard]] static ModeChoice of(const IoWish& wish, const MachineFacts& machine);
    ModeChoice(IoMode wanted, const std::vector<Judgement>& in_order);

    // The mode to try now, or the one that was taken; none when nothing is left.
    [[nodiscard]] std::optional<IoMode> current() const;
    // It did not open. `why` is a sentence with what to do about it, as Error::context.
    void reject(const std::string& why);

    // The mode that platform.yaml names could not be had.
    [[nodiscard]] bool has_fallen_back() const;
    // "dpdk: media.ports is empty; af_xdp: device eth0 is down (ip link set eth0 up)"; "" if the
    // first was taken.
    [[nodiscard]] std::string passed_over() const;
    // When nothing is left: one sentence.
    [[nodiscard]] std::string failure() const;
    // One line, media.io: mode, wanted, not_MODE for each that was passed over. An error line after
    // a fall-back from a named mode or without any mode, else an info line.
    void log(Logger& logger) const;

private:
    struct Candidate {
        IoMode mode = IoMode::socket;
        std::string obstacle;  // "" = none is known
    };
    void skip_impossible();

    IoMode wanted_;
    std::vector<Candidate> candidates_;
    std::size_t position_ = 0;
};

}  // namespace weir::dataplane
