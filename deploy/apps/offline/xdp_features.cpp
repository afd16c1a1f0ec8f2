// SPDX-License-Identifier: Apache-2.0
// Carries the answers of dataplane/route to the facts of dataplane/host.
#include "deploy/apps/offline/xdp_features.hpp"

#include "dataplane/route/device_features.hpp"

namespace weir::apps {

void read_xdp_features(dataplane::MachineFacts& machine) {
    auto features = dataplane::DeviceFeatures::open();
    if (!features) {
        if (features.error().code == ErrorCode::not_found)
            machine.xdp_features = dataplane::Probe::absent;
        return;
    }
    machine.xdp_features = dataplane::Probe::works;
    for (dataplane::DeviceFacts& device : machine.devices) {
        if (const auto sends = features->sends_xdp_frames(device.index))
            device.sends_xdp_frames = *sends;
        if (const auto runs = features->runs_xdp_programs(device.index)) device.runs_xdp = *runs;
    }
}

}  // namespace weir::apps
