// SPDX-License-Identifier: Apache-2.0
// judge: whether an I/O mode works on this machine, what is missing, and the command that mends it.
// Pure: facts and wish in, sentences out.
//
// Thread: any.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/base/io_mode.hpp"
#include "dataplane/host/io_wish.hpp"
#include "dataplane/host/machine.hpp"

namespace weir::dataplane {

enum class Severity : std::uint8_t {
    missing,  // the mode cannot work
    warning,  // it works, but not all of what was configured
    note,     // worth knowing
};

struct Finding {
    Severity severity = Severity::missing;
    std::string what;     // one sentence without its full stop: "device eth0 is down"
    std::string command;  // what an operator types to mend it; "" = no command does
    bool operator==(const Finding&) const = default;
};

struct Judgement {
    IoMode mode = IoMode::socket;  // never automatic
    std::vector<Finding> findings;
    [[nodiscard]] bool works() const;
    // Everything that is missing in one line, each with what to do: for log lines. "" if it works.
    [[nodiscard]] std::string reason() const;
};

// `mode` is one of dpdk, af_xdp, af_packet, socket.
[[nodiscard]] Judgement judge(IoMode mode, const IoWish& wish, const MachineFacts& machine);

// The warning, if so many sessions do not fit into a limit of descriptors in this mode.
[[nodiscard]] std::optional<Finding> judge_descriptor_limit(IoMode mode, std::uint64_t sessions,
                                                            std::uint64_t limit);

// What keeps media.hugepages: true from working; nothing if it is not wished or works.
[[nodiscard]] std::optional<Finding> judge_hugepages(const IoWish& wish,
                                                     const MachineFacts& machine);

// What does not depend on the mode: memory, cores, priority.
[[nodiscard]] std::vector<Finding> judge_resources(const IoWish& wish, const MachineFacts& machine);

}  // namespace weir::dataplane
