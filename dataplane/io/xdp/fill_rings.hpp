// SPDX-License-Identifier: Apache-2.0
// What stands in the rings of XDP sockets, and their mappings: DPDK's af_xdp driver puts 2,048
// buffers of our pool into each fill ring and forgets them when it closes the device; of the second
// and further queues it forgets the rings themselves.
//
// Thread: control.
#pragma once

#include <vector>

#include "dataplane/engine/mbuf.hpp"
#include "dataplane/io/xdp/own_descriptors.hpp"

namespace weir::dataplane {

// Buffers that wait in the fill rings go back into the pool, which is the one that the driver
// receives into. Only while the device is open, no worker uses it and no program is attached, so
// that neither side moves the rings. A device of zero-copy kind has taken some of them out of the
// ring already: those are lost.
void take_back_fill_buffers(const std::vector<OwnDescriptor>& sockets, BufferPool& pool);
// A mapped ring keeps its socket, and so its queue, even when every descriptor is closed. Only when
// the driver has closed the device.
void unmap_rings(const std::vector<OwnDescriptor>& sockets);

}  // namespace weir::dataplane
