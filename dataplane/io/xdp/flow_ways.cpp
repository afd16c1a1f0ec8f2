// SPDX-License-Identifier: Apache-2.0
// The maps of devices, and the flags beside them.
#include "dataplane/io/xdp/flow_ways.hpp"

#include <cerrno>

#include <bpf/bpf.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include "config/base/limits.hpp"
#include "dataplane/io/xdp/shared_word.hpp"

namespace weir::dataplane {
namespace {

static_assert(WEIR_FLOW_WAYS == kMaxDevices);
static_assert(WEIR_FLOW_PAIRS == WEIR_FLOW_WAYS * WEIR_FLOW_WAYS);

// The kernel maps whole pages.
std::size_t way_bytes() {
    const auto page = static_cast<std::size_t>(getpagesize());
    return (sizeof(weir_way) * WEIR_FLOW_WAYS + page - 1) / page * page;
}

Result<UniqueFd> duplicate(int fd, const char* what) {
    UniqueFd copy(fcntl(fd, F_DUPFD_CLOEXEC, 0));
    if (!copy.is_open()) return fail_errno(what, errno);
    return copy;
}

bool put(int map, std::uint32_t place, std::uint32_t device, int program) {
    bpf_devmap_val value{};
    value.ifindex = device;
    value.bpf_prog.fd = program;  // -1: none
    return bpf_map_update_elem(map, &place, &value, BPF_ANY) == 0;
}

}  // namespace

FlowWays::~FlowWays() {
    if (ways_ != nullptr) munmap(ways_, way_bytes());
}

Result<void> FlowWays::open(const FlowMaps& maps) {
    void* at = mmap(nullptr, way_bytes(), PROT_READ | PROT_WRITE, MAP_SHARED, maps.ways, 0);
    if (at == MAP_FAILED) return fail_errno("the table of ways for the kernel", errno);
    ways_ = static_cast<weir_way*>(at);
    auto outs = duplicate(maps.outs, "the devices of the kernel's ways");
    if (!outs) return fail(outs.error());
    outs_ = std::move(*outs);
    if (maps.fork_program < 0) return {};
    auto pairs = duplicate(maps.pairs, "the pairs of the kernel's ways");
    if (!pairs) return fail(pairs.error());
    pairs_ = std::move(*pairs);
    auto program = duplicate(maps.fork_program, "the program at the kernel's ways");
    if (!program) return fail(program.error());
    program_ = std::move(*program);
    return {};
}

void FlowWays::set(std::uint8_t way, std::uint32_t device, bool usable) noexcept {
    if (way >= WEIR_FLOW_WAYS) return;
    if (!usable || device != devices_[way]) store(ways_[way].usable, 0);
    if (device != devices_[way]) {
        devices_[way] = device != 0 && lead(way, device) ? device : 0;
        store(ways_[way].device, devices_[way]);
    }
    if (usable && devices_[way] != 0) store(ways_[way].usable, 1);
}

bool FlowWays::is_usable(std::uint8_t way) const noexcept {
    return way < WEIR_FLOW_WAYS && load(ways_[way].usable) != 0;
}

// Makes the maps lead to the device, alone and beside each of the others.
bool FlowWays::lead(std::uint8_t way, std::uint32_t device) noexcept {
    if (!put(outs_.get(), way, device, can_copy() ? program_.get() : -1)) return false;
    if (!can_copy()) return true;
    devices_[way] = device;
    for (std::uint8_t other = 0; other < WEIR_FLOW_WAYS; ++other)
        if (devices_[other] != 0 && (!pair(way, other) || !pair(other, way))) return false;
    return true;
}

// The copy's device first: it is the one that gets the kernel's duplicate.
bool FlowWays::pair(std::uint8_t way, std::uint8_t copy_way) noexcept {
    const UniqueFd map(bpf_map_create(BPF_MAP_TYPE_DEVMAP, "weir_pair", sizeof(std::uint32_t),
                                      sizeof(bpf_devmap_val), 2, nullptr));
    if (!map.is_open()) return false;
    if (!put(map.get(), 0, devices_[copy_way], program_.get()) ||
        !put(map.get(), 1, devices_[way], program_.get()))
        return false;
    const std::uint32_t place = std::uint32_t{way} * WEIR_FLOW_WAYS + copy_way;
    const int fd = map.get();
    return bpf_map_update_elem(pairs_.get(), &place, &fd, BPF_ANY) == 0;
}

}  // namespace weir::dataplane
