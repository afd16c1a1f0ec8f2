// SPDX-License-Identifier: Apache-2.0
// read_xdp_features: of each device, whether the kernel sends by it what an XDP program redirects,
// and whether its driver runs such programs.
//
// Thread: any. Some system calls for each device.
#pragma once

#include "dataplane/host/machine.hpp"

namespace weir::apps {

// Fills xdp_features and the devices' sends_xdp_frames and runs_xdp; what the kernel does not tell
// stays as it is.
void read_xdp_features(dataplane::MachineFacts& machine);

}  // namespace weir::apps
