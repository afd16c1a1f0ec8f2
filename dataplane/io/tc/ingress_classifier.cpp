// SPDX-License-Identifier: Apache-2.0
// Loads and attaches the classifier.
#include "dataplane/io/tc/ingress_classifier.hpp"

#include <cerrno>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "dataplane/io/bpf_object.hpp"
#include "dataplane/io/tc/classifier_object.hpp"

namespace weir::dataplane {
namespace {

// BPF_TCX_INGRESS of linux/bpf.h since 6.6; Debian 12's header is older.
constexpr auto kTcxIngress = static_cast<bpf_attach_type>(46);

tl::unexpected<Error> refused(const char* what, int error) {
    const std::string text = std::string(what) + " the ingress classifier";
    if (error == EPERM || error == EACCES)
        return fail(ErrorCode::denied, text + " needs CAP_BPF and CAP_NET_ADMIN");
    if (error == EINVAL || error == ENOSYS)
        return fail(ErrorCode::not_found, text + ": this kernel has no tcx (Linux 6.6)");
    return fail_errno(text, error);
}

}  // namespace

Result<IngressClassifier> IngressClassifier::attach(unsigned device) {
    libbpf_set_print(nullptr);  // a refusal is ours to tell
    const BpfObject object = open_bpf_object(classifier_object());
    if (!object) return refused("reading", errno);
    if (const int failed = bpf_object__load(object.get()); failed != 0)
        return refused("loading", -failed);
    const bpf_program* program = bpf_object__next_program(object.get(), nullptr);
    // The link holds the program.
    UniqueFd link(
        bpf_link_create(bpf_program__fd(program), static_cast<int>(device), kTcxIngress, nullptr));
    if (!link.is_open()) return refused("attaching", errno);
    return IngressClassifier(std::move(link));
}

}  // namespace weir::dataplane
