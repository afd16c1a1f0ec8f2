// SPDX-License-Identifier: Apache-2.0
// The buffers that wait in the fill rings of XDP sockets for frames to come: DPDK's af_xdp driver
// puts 2,048 of our pool into each and forgets them when it closes the device.
//
// Thread: control. Only while the device is open, no worker uses it and no program is attached, so
// that neither side moves the rings.
#pragma once

#include <vector>

#include "dataplane/engine/mbuf.hpp"
#include "dataplane/io/xdp/own_descriptors.hpp"

namespace weir::dataplane {

// Back into the pool, which is the one that the driver receives into. A driver of zero-copy kind
// has taken some of them out of the ring already: those are lost.
void take_back_fill_buffers(const std::vector<OwnDescriptor>& sockets, BufferPool& pool);

}  // namespace weir::dataplane
