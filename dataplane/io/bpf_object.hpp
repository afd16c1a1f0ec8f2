// SPDX-License-Identifier: Apache-2.0
// BpfObject: a compiled BPF program of ours with its maps, read from our own binary; what it has
// loaded into the kernel goes with it, unless something holds it there.
//
// Thread: control.
#pragma once

#include <memory>

#include <bpf/libbpf.h>

#include "config/base/bytes.hpp"

namespace weir::dataplane {

struct CloseBpfObject {
    void operator()(bpf_object* object) const { bpf_object__close(object); }
};
using BpfObject = std::unique_ptr<bpf_object, CloseBpfObject>;

// Not loaded yet. Null: it cannot be read (errno).
[[nodiscard]] inline BpfObject open_bpf_object(ByteSpan bytes) {
    return BpfObject(bpf_object__open_mem(bytes.data(), bytes.size(), nullptr));
}

}  // namespace weir::dataplane
