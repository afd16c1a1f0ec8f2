// SPDX-License-Identifier: Apache-2.0
// KeptNeighbours: what the kernel knows of a device's neighbours, to be put back after something
// has made it forget them: setting a device's MAC address does, be it the same one.
//
// Thread: control. The kernel answers within the call.
#pragma once

#include <vector>

#include "dataplane/route/route_table.hpp"

namespace weir::dataplane {

class KeptNeighbours {
public:
    KeptNeighbours() = default;
    // Those of `device` with a MAC address of one station, learned ones and permanent ones; at most
    // kMaxNeighbours. None where the kernel does not say.
    [[nodiscard]] static KeptNeighbours of(DeviceIndex device);

    // Permanent ones become permanent again; learned ones that are gone come back as stale, so that
    // the kernel uses them and asks. Without CAP_NET_ADMIN nothing happens. Empties the object.
    void put_back();

private:
    std::vector<Neighbour> neighbours_;
};

}  // namespace weir::dataplane
