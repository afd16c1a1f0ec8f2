// SPDX-License-Identifier: Apache-2.0
// IngressClassifier: our classifier at the ingress of a kernel device (tcx, Linux 6.6), which ends
// the host's copies of media packets there.
//
// Thread: control. The kernel takes it off when the object, the process or the device ends; other
// programs of the device stay where they are, before and behind it.
#pragma once

#include <utility>

#include "config/base/result.hpp"
#include "config/base/unique_fd.hpp"

namespace weir::dataplane {

class IngressClassifier {
public:
    IngressClassifier() = default;
    // Behind all that is attached already. Errors: denied (CAP_BPF and CAP_NET_ADMIN), not_found
    // (an older kernel, or one without bpf), io.
    [[nodiscard]] static Result<IngressClassifier> attach(unsigned device);

private:
    explicit IngressClassifier(UniqueFd link) : link_(std::move(link)) {}
    UniqueFd link_;
};

}  // namespace weir::dataplane
