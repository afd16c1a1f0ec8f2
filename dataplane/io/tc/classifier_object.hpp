// SPDX-License-Identifier: Apache-2.0
// The compiled classifier (ingress_classifier.bpf.c) as bytes within our own binary.
//
// Thread: any. The build writes the definition (embed_object.cmake).
#pragma once

#include "config/base/bytes.hpp"

namespace weir::dataplane {

// An ELF object for the BPF machine.
[[nodiscard]] ByteSpan classifier_object();

}  // namespace weir::dataplane
