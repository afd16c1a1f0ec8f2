// SPDX-License-Identifier: Apache-2.0
// Flow offload in mode af_xdp: by which devices the kernel sends frames that an XDP program
// redirects, and what mends the others.
#include <algorithm>

#include <fmt/format.h>

#include "dataplane/host/judge_parts.hpp"

namespace weir::dataplane {
namespace {

// A veth hands frames to its peer's NAPI, which a program or GRO there switches on.
void say_of_veth(JudgeParts& parts, const DeviceFacts& device, const std::string& text) {
    const auto& devices = parts.machine.devices;
    const auto peer = std::find_if(devices.begin(), devices.end(), [&](const DeviceFacts& other) {
        return !device.is_peer_elsewhere && device.peer != 0 && other.index == device.peer;
    });
    const bool is_here = peer != devices.end();
    const std::string place = is_here ? ", " + peer->name + ","
                              : device.peer == 0
                                  ? ", PEER in its own network namespace,"
                                  : fmt::format(
                                        ", PEER, which is device number {} of another network "
                                        "namespace,",
                                        device.peer);
    parts.note(fmt::format("{}: no flow offload by it until its peer{} has GRO or an XDP program",
                           text, place),
               fmt::format("ethtool -K {} gro on", is_here ? peer->name : "PEER"));
}

}  // namespace

void judge_offload(JudgeParts& parts) {
    if (!parts.wish.offload || parts.machine.xdp_features != Probe::absent) return;
    parts.note(fmt::format("the kernel ({}) does not tell by which devices it sends redirected "
                           "frames: no flow offload",
                           parts.machine.kernel),
               "take a kernel of 6.3 or newer");
}

void judge_offload(JudgeParts& parts, const DeviceFacts& device, const std::string& text) {
    if (!parts.wish.offload || !device.sends_xdp_frames) return;
    const std::string driver = device.driver.empty() ? "" : fmt::format(" ({})", device.driver);
    if (*device.sends_xdp_frames) {
        parts.note(text + ": the kernel can send redirected frames by it (flow offload)");
    } else if (device.driver == "veth") {
        say_of_veth(parts, device, text);
    } else if (device.xdp) {
        parts.note(fmt::format("{}: its driver{} sends no redirected frames: no flow offload by it",
                               text, driver));
    } else {
        // ice, i40e, virtio_net and others lay queues out for it then.
        parts.note(
            fmt::format("{}: its driver{} sends no redirected frames (flow offload) now; many do "
                        "while they bear an XDP program, so ask again while weir-media runs",
                        text, driver));
    }
}

}  // namespace weir::dataplane
