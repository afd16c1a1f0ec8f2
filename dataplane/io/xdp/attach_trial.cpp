// SPDX-License-Identifier: Apache-2.0
// Loads, attaches and detaches the program and opens a socket, with a sentence for each failure.
#include "dataplane/io/xdp/attach_trial.hpp"

#include <cerrno>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_link.h>
#include <linux/if_xdp.h>
#include <net/if.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "config/base/unique_fd.hpp"
#include "dataplane/io/bpf_object.hpp"

namespace weir::dataplane {
namespace {

constexpr std::size_t kFrameBytes = 4096;  // the smallest memory that an XDP socket takes: one page
constexpr int kRingEntries = 2;

struct Page {
    Page()
        : bytes(mmap(nullptr, kFrameBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                     0)) {}
    ~Page() { munmap(bytes, kFrameBytes); }
    Page(const Page&) = delete;
    Page& operator=(const Page&) = delete;
    void* bytes;
};

tl::unexpected<Error> refused(const std::string& what, const char* capability, int error) {
    if (error == EPERM || error == EACCES)
        return fail(ErrorCode::denied, what + " needs " + capability);
    return fail_errno(what, error);
}

Result<BpfObject> load(ByteSpan bytes) {
    BpfObject object = open_bpf_object(bytes);
    if (!object) return fail_errno("the XDP program cannot be read", errno);
    if (const int failed = bpf_object__load(object.get()); failed != 0)
        return refused("loading the XDP program", "CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN",
                       -failed);
    return object;
}

Result<void> try_program(const std::string& interface, ByteSpan bytes) {
    const auto object = load(bytes);
    if (!object) return fail(object.error());
    const bpf_program* program = bpf_object__next_program(object->get(), nullptr);
    const int device = static_cast<int>(if_nametoindex(interface.c_str()));
    if (device == 0) return fail(ErrorCode::not_found, "the device " + interface + " is gone");
    const int failed =
        bpf_xdp_attach(device, bpf_program__fd(program), XDP_FLAGS_UPDATE_IF_NOEXIST, nullptr);
    const std::string what = "attaching the XDP program to " + interface;
    switch (-failed) {
        case 0:
            (void)bpf_xdp_detach(device, XDP_FLAGS_UPDATE_IF_NOEXIST, nullptr);
            return {};
        case EBUSY:
        case EEXIST:
            return fail(ErrorCode::exists, what + ": another one is attached");
        case ERANGE:
        case EINVAL:
            return fail(ErrorCode::invalid, what + ": the MTU of " + interface +
                                                " or of its peer is too large for XDP: `ip link "
                                                "set mtu 1500` on both");
        case EOPNOTSUPP:
            return fail(ErrorCode::not_found, what + ": this kind of device cannot do it");
        default:
            return refused(what, "CAP_NET_ADMIN", -failed);
    }
}

Result<UniqueFd> open_socket() {
    UniqueFd fd(socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0));
    if (fd.is_open()) return fd;
    if (errno == EAFNOSUPPORT)
        return fail(ErrorCode::not_found,
                    "this kernel was built without XDP sockets (CONFIG_XDP_SOCKETS)");
    return refused("an XDP socket", "CAP_NET_RAW", errno);
}

// Copy mode: asks the kernel's tables only, the device is not touched.
Result<void> try_queue(const std::string& interface) {
    const Page page;
    auto fd = open_socket();
    if (!fd) return fail(fd.error());
    const auto set = [&fd](int option, const auto& value) {
        return setsockopt(fd->get(), SOL_XDP, option, &value, sizeof(value)) == 0;
    };
    const xdp_umem_reg memory{.addr = reinterpret_cast<std::uintptr_t>(page.bytes),
                              .len = kFrameBytes,
                              .chunk_size = kFrameBytes,
                              .headroom = 0,
                              .flags = 0};
    if (!set(XDP_UMEM_REG, memory))
        return refused("memory of an XDP socket", "CAP_IPC_LOCK or a memlock limit of 64 MiB",
                       errno == ENOBUFS ? EPERM : errno);
    if (!set(XDP_UMEM_FILL_RING, kRingEntries) || !set(XDP_UMEM_COMPLETION_RING, kRingEntries) ||
        !set(XDP_RX_RING, kRingEntries))
        return fail_errno("the rings of an XDP socket", errno);
    sockaddr_xdp address{};
    address.sxdp_family = AF_XDP;
    address.sxdp_flags = XDP_COPY;
    address.sxdp_ifindex = if_nametoindex(interface.c_str());
    if (bind(fd->get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0)
        return {};
    if (errno == EBUSY)
        return fail(ErrorCode::exists,
                    "another program has an XDP socket on queue 0 of " + interface + ": end it");
    if (errno == ENETDOWN)
        return fail(ErrorCode::unavailable,
                    interface + " is down: `ip link set " + interface + " up`");
    return refused("an XDP socket on " + interface, "CAP_NET_RAW", errno);
}

}  // namespace

Result<void> try_to_load(ByteSpan object) {
    const auto loaded = load(object);
    if (!loaded) return fail(loaded.error());
    return {};
}

Result<void> try_to_attach(const std::string& interface, ByteSpan object) {
    WEIR_TRY(try_program(interface, object));
    return try_queue(interface);
}

}  // namespace weir::dataplane
