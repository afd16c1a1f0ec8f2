// SPDX-License-Identifier: Apache-2.0
// The compiled XDP program (media_filter.bpf.c) as bytes within our own binary, without and with
// flow offload.
//
// Thread: any. The build writes the definition (embed_object.cmake).
#pragma once

#include "config/base/bytes.hpp"

namespace weir::dataplane {

// ELF objects for the BPF machine.
[[nodiscard]] ByteSpan filter_object();
[[nodiscard]] ByteSpan relay_object();  // filters, and relays flows (flow_relay.bpf.h)

}  // namespace weir::dataplane
