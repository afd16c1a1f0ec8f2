// SPDX-License-Identifier: Apache-2.0
// The life of our XDP program on a device: who holds it, what is stale, its maps, its end.
#include "dataplane/io/af_xdp.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/if_xdp.h>
#include <rte_ethdev.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "config/base/limits.hpp"
#include "dataplane/io/xdp/attach_trial.hpp"
#include "dataplane/io/xdp/attached_program.hpp"
#include "dataplane/io/xdp/fill_rings.hpp"
#include "dataplane/io/xdp/filter_maps.h"
#include "dataplane/io/xdp/filter_object.hpp"
#include "dataplane/io/xdp/kernel_device.hpp"
#include "dataplane/io/xdp/program_memory.hpp"

namespace weir::dataplane {
namespace {

static_assert(kAfXdpMaxQueues == WEIR_XDP_MAX_QUEUES);

// From the end of an XDP socket to the moment when its queue can be had again: the kernel's
// deferred work, a few milliseconds on a busy machine.
constexpr auto kQueueRelease = std::chrono::milliseconds(50);

Result<void> check(const KernelDevice& device) {
    if (device.mtu > kAfXdpMaxMtu)
        return fail(ErrorCode::invalid,
                    device.name + " has an MTU of " + std::to_string(device.mtu) +
                        ", af_xdp serves at most " + std::to_string(kAfXdpMaxMtu) +
                        ": `ip link set " + device.name + " mtu 1500` or media.io: af_packet");
    if (device.rx_queues > kAfXdpMaxQueues)
        return fail(ErrorCode::invalid, device.name + " has " + std::to_string(device.rx_queues) +
                                            " receive queues, af_xdp serves at most " +
                                            std::to_string(kAfXdpMaxQueues) + ": `ethtool -L " +
                                            device.name + " combined " +
                                            std::to_string(kAfXdpMaxQueues) + "`");
    if (device.rx_queues > device.queue_pairs)
        return fail(ErrorCode::invalid,
                    device.name + " has " + std::to_string(device.rx_queues) +
                        " receive queues but " + std::to_string(device.queue_pairs) +
                        " pair that DPDK's driver can use: `ethtool -L " + device.name + " rx " +
                        std::to_string(device.queue_pairs) + "`");
    return {};
}

unsigned busy_budget(const KernelDevice& device) {
    const bool is_copied = device.driver == "veth" || device.driver == "tun";
    return is_copied ? kAfXdpBusyBudget : kAfXdpZeroCopyBusyBudget;
}

// The driver opens its program by a path; a file without a name leaves nothing behind.
Result<UniqueFd> object_file(ByteSpan object) {
    UniqueFd file(memfd_create("weir_media_filter", MFD_CLOEXEC));
    if (!file.is_open()) return fail_errno("memory for the XDP program", errno);
    if (write(file.get(), object.data(), object.size()) != static_cast<ssize_t>(object.size()))
        return fail(ErrorCode::exhausted, "there is no memory for the XDP program");
    return file;
}

UniqueFd duplicate(int fd) {
    return UniqueFd(fcntl(fd, F_DUPFD_CLOEXEC, 0));
}

Result<void> replace_keys(int map, std::span<const IpAddress> wanted, Family family) {
    const std::size_t bytes = family == Family::v4 ? 4 : 16;
    std::array<std::uint8_t, 16> key{};
    // Empties it first: bpf_map_get_next_key without a key gives the first one.
    while (bpf_map_get_next_key(map, nullptr, key.data()) == 0)
        if (bpf_map_delete_elem(map, key.data()) != 0) break;
    const std::uint8_t is_ours = 1;
    for (const IpAddress& address : wanted) {
        if (address.family != family) continue;
        std::copy_n(address.bytes.begin(), bytes, key.begin());
        const int failed = bpf_map_update_elem(map, key.data(), &is_ours, BPF_ANY);
        if (failed == -E2BIG)
            return fail(ErrorCode::exhausted, "the XDP program knows at most " +
                                                  std::to_string(WEIR_XDP_MAX_ADDRESSES) +
                                                  " addresses of a family");
        if (failed != 0)
            return fail_errno("address " + address.to_string() + " for the XDP program", -failed);
    }
    return {};
}

}  // namespace

MediaFilter::~MediaFilter() {
    after_close();
}

Result<FrameDeviceOptions> MediaFilter::device_options() {
    const auto device = kernel_device(options_.interface);
    if (!device) return fail(device.error().within("device " + options_.name));
    if (auto checked = check(*device); !checked)
        return fail(checked.error().within("device " + options_.name));
    if (!object_.is_open()) {
        choose_program();
        auto file = object_file(program_);
        if (!file) return fail(file.error().within("device " + options_.name));
        object_ = std::move(*file);
    }
    index_ = device->index;
    FrameDeviceOptions options;
    options.name = options_.name;
    options.interface = options_.interface;
    options.eal_name = "net_af_xdp_" + options_.interface;
    options.rx_queues = device->queue_pairs;
    options.tx_queues = device->queue_pairs;  // the driver wants as many of both
    options.arguments = "iface=" + options_.interface +
                        ",start_queue=0,queue_count=" + std::to_string(device->queue_pairs) +
                        ",xdp_prog=/proc/self/fd/" + std::to_string(object_.get()) +
                        ",busy_budget=" + std::to_string(busy_budget(*device));
    return options;
}

// An older kernel may refuse the larger program: media do without offload then, and say why.
void MediaFilter::choose_program() {
    program_ = filter_object();
    flow_trouble_.clear();
    if (!options_.offload) return;
    libbpf_set_print(nullptr);  // a refusal is ours to tell
    if (const auto loads = try_to_load(relay_object()); !loads)
        flow_trouble_ = "this kernel does not take the XDP program: " + loads.error().context;
    else
        program_ = relay_object();
}

Error MediaFilter::explain(const Error& error) {
    // What before_open() found has its reason with it, and is not to be tried again.
    if (!was_clear_) return error;
    if (auto tried = try_by_hand(); !tried) return tried.error().within("device " + options_.name);
    return error;
}

Result<void> MediaFilter::before_open() {
    // The driver and we say ourselves what is wrong; libbpf would say it again on standard error.
    libbpf_set_print(nullptr);
    was_clear_ = false;
    auto ready = lock_device();
    if (ready) ready = clear_device();
    if (ready) ready = wait_for_queues();
    if (!ready) {
        lock_.reset();
        return fail(ready.error().within("device " + options_.name));
    }
    was_clear_ = true;
    before_ = own_descriptors();
    leaks_.begin();
    return {};
}

// Abstract names live as long as their socket and belong to a network namespace, as devices do.
Result<void> MediaFilter::lock_device() {
    UniqueFd lock(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!lock.is_open()) return fail_errno("a lock for " + options_.interface, errno);
    const std::string name = "weir/af_xdp/" + std::to_string(index_);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path + 1, name.data(), name.size());
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    if (bind(lock.get(), reinterpret_cast<const sockaddr*>(&address), length) != 0) {
        if (errno != EADDRINUSE) return fail_errno("the lock of " + options_.interface, errno);
        return fail(ErrorCode::exists, "another weir-media uses " + options_.interface +
                                           " in af_xdp mode: end it, or give this one a device "
                                           "of its own");
    }
    lock_ = std::move(lock);
    return {};
}

Result<void> MediaFilter::clear_device() {
    const auto attached = attached_program(index_);
    if (!attached) return fail(attached.error());
    if (!attached->has_value()) return {};
    const AttachedProgram& program = **attached;
    const bool is_ours =
        program.is_ours || remembered_program(options_.runtime_dir, index_) == program.id;
    if (is_ours) {
        closed_at_ = std::chrono::steady_clock::now();  // of the predecessor, at the latest
        return detach_program(index_, program);
    }
    const std::string which = "XDP program " + std::to_string(program.id) +
                              (program.is_named ? " '" + program.name + "'" : "");
    const std::string how = "`ip link set " + options_.interface + " xdp off` detaches it";
    if (program.is_named)
        return fail(ErrorCode::exists, which + " of another owner is attached to " +
                                           options_.interface + " and is left alone: " + how);
    return fail(ErrorCode::denied,
                which + " is attached to " + options_.interface +
                    ", and without CAP_SYS_ADMIN nobody can see whose it is: " + how);
}

// A driver that does not get its queue keeps 2,048 buffers of our pool for good. So it gets time
// after a close; and after a failure it is not asked before the same has worked by hand.
Result<void> MediaFilter::wait_for_queues() {
    if (has_failed_) WEIR_TRY(try_by_hand());
    std::this_thread::sleep_until(closed_at_ + kQueueRelease);
    return {};
}

Result<void> MediaFilter::try_by_hand() {
    auto tried = try_to_attach(options_.interface, program_);
    closed_at_ = std::chrono::steady_clock::now();
    return tried;
}

Result<void> MediaFilter::after_open(const FrameDevice& device) {
    leaks_.end();
    has_failed_ = false;
    auto filled = take_maps();
    if (filled) filled = fill_addresses();
    if (filled) filled = fill_ports();
    if (!filled) return fail(filled.error().within("device " + options_.name));
    open_flows(device.rx_queues());
    return {};
}

void MediaFilter::open_flows(std::uint16_t queues) {
    if (flow_maps_.flows < 0) return;  // the program without them
    auto opened = FlowTable::open(flow_maps_, options_.addresses, queues);
    flow_trouble_ = opened ? std::string() : opened.error().context;
    if (opened) flows_ = std::move(*opened);
}

Result<void> MediaFilter::take_maps() {
    fresh_ = opened_since(before_, own_descriptors());
    const auto attached = attached_program(index_);
    if (!attached) return fail(attached.error());
    const auto program = std::find_if(fresh_.begin(), fresh_.end(), [&](const auto& descriptor) {
        return descriptor.kind == DescriptorKind::bpf_program && attached->has_value() &&
               descriptor.id == (*attached)->id;
    });
    if (program == fresh_.end())
        return fail(ErrorCode::not_found,
                    "the driver did not attach the XDP program to " + options_.interface);
    remember_program(options_.runtime_dir, index_, static_cast<std::uint32_t>(program->id));
    socket_count_ = 0;
    flow_maps_ = {};
    // Where the driver of the device knows no XDP the kernel runs it all on its own buffers, and
    // both frames of a pair would share one.
    const bool can_copy = (*attached)->flags == XDP_FLAGS_DRV_MODE;
    for (const auto& [fd, kind, id, name, map_ids] : fresh_) {
        if (kind == DescriptorKind::xdp_socket && socket_count_ < sockets_.size())
            sockets_[socket_count_++] = fd;
        if (kind == DescriptorKind::bpf_program && name == WEIR_XDP_FORK_PROGRAM && can_copy)
            flow_maps_.fork_program = fd;
        if (kind != DescriptorKind::bpf_map ||
            std::find(program->map_ids.begin(), program->map_ids.end(), id) ==
                program->map_ids.end())
            continue;
        if (name == WEIR_XDP_PORTS) ports_ = duplicate(fd);
        if (name == WEIR_XDP_IPV4) ipv4_ = duplicate(fd);
        if (name == WEIR_XDP_IPV6) ipv6_ = duplicate(fd);
        if (name == WEIR_XDP_COUNTS) counts_ = duplicate(fd);
        if (name == WEIR_XDP_FLOWS) flow_maps_.flows = fd;
        if (name == WEIR_XDP_WAYS) flow_maps_.ways = fd;
        if (name == WEIR_XDP_LOCALS) flow_maps_.locals = fd;
        if (name == WEIR_XDP_RECORDS) flow_maps_.records = fd;
        if (name == WEIR_XDP_COPIES) flow_maps_.copies = fd;
        if (name == WEIR_XDP_OUTS) flow_maps_.outs = fd;
        if (name == WEIR_XDP_PAIRS) flow_maps_.pairs = fd;
    }
    if (!ports_.is_open() || !ipv4_.is_open() || !ipv6_.is_open() || !counts_.is_open())
        return fail(ErrorCode::io, "the maps of the XDP program on " + options_.interface +
                                       " were not found among our descriptors");
    return {};
}

Result<void> MediaFilter::fill_addresses() {
    WEIR_TRY(replace_keys(ipv4_.get(), options_.addresses, Family::v4));
    return replace_keys(ipv6_.get(), options_.addresses, Family::v6);
}

Result<void> MediaFilter::fill_ports() const {
    const std::uint32_t index = 0;
    const weir_media_ports ports{.first = first_port_, .last = last_port_};
    const int failed = bpf_map_update_elem(ports_.get(), &index, &ports, BPF_ANY);
    if (failed == 0) return {};
    return fail_errno("the port range for the XDP program on " + options_.interface, -failed);
}

void MediaFilter::set_port_range(std::uint16_t min, std::uint16_t max) {
    first_port_ = min <= max ? min : 0;
    last_port_ = min <= max ? max : 0;
    // An update of an existing place of an array does not fail.
    if (ports_.is_open()) (void)fill_ports();
}

void MediaFilter::before_close(const FrameDevice& device) {
    detach();
    constexpr int kBursts = 4096 / kBurst;  // twice what a ring holds
    for (std::uint16_t queue = 0; queue < device.rx_queues(); ++queue) {
        std::array<rte_mbuf*, kBurst> burst{};
        std::uint16_t received = kBurst;
        for (int i = 0; i < kBursts && received != 0; ++i) {
            received = rte_eth_rx_burst(device.port_id(), queue, burst.data(), kBurst);
            rte_pktmbuf_free_bulk(burst.data(), received);
        }
        // An empty transmission sends what waits and frees what was sent.
        (void)rte_eth_tx_burst(device.port_id(), queue, nullptr, 0);
    }
    take_back_fill_buffers(fresh_, device.pool());
}

// Nothing to say when it fails: then the device is gone, and its program with it.
void MediaFilter::detach() const {
    const auto attached = attached_program(index_);
    if (!attached || !attached->has_value()) return;
    const auto is_ours = [&](const OwnDescriptor& descriptor) {
        return descriptor.kind == DescriptorKind::bpf_program && descriptor.id == (*attached)->id;
    };
    if (std::any_of(fresh_.begin(), fresh_.end(), is_ours))
        (void)detach_program(index_, **attached);
}

void MediaFilter::after_close() {
    leaks_.end();
    if (index_ == 0 || !lock_.is_open()) return;
    // An opening that failed has not come to take_maps.
    if (fresh_.empty()) {
        fresh_ = opened_since(before_, own_descriptors());
        has_failed_ = true;
    }
    detach();
    flows_.reset();
    ports_.reset();
    ipv4_.reset();
    ipv6_.reset();
    counts_.reset();
    socket_count_ = 0;
    unmap_rings(fresh_);
    close_leftovers(fresh_);
    fresh_.clear();
    forget_program(options_.runtime_dir, index_);
    lock_.reset();
    closed_at_ = std::chrono::steady_clock::now();
}

std::uint64_t MediaFilter::missed() noexcept {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < socket_count_; ++i) {
        xdp_statistics counts{};
        socklen_t length = sizeof(counts);
        if (getsockopt(sockets_[i], SOL_XDP, XDP_STATISTICS, &counts, &length) == 0)
            sum += counts.rx_ring_full;
    }
    return sum;
}

std::uint64_t MediaFilter::without_socket() const {
    if (!counts_.is_open()) return 0;
    std::vector<std::uint64_t> values(static_cast<std::size_t>(libbpf_num_possible_cpus()));
    const std::uint32_t index = WEIR_XDP_NO_SOCKET;
    if (bpf_map_lookup_elem(counts_.get(), &index, values.data()) != 0) return 0;
    std::uint64_t sum = 0;
    for (const std::uint64_t value : values)
        sum += value;
    return sum;
}

}  // namespace weir::dataplane
