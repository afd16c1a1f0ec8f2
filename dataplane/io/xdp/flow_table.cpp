// SPDX-License-Identifier: Apache-2.0
// The shared tables of flow offload: mapped once, then plain loads and stores.
#include "dataplane/io/xdp/flow_table.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>

#include <bpf/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include "config/base/limits.hpp"

namespace weir::dataplane {
namespace {

static_assert(WEIR_FLOW_WAYS == kMaxDevices);
static_assert(WEIR_FLOW_COUNT == WEIR_FLOW_LOCALS * WEIR_FLOW_PORTS);
static_assert(sizeof(weir_flow) == 128 && sizeof(weir_record) % 8 == 0);
static_assert(sizeof(FlowRule::header) == WEIR_FLOW_HEADER);

constexpr std::size_t kFlowBytes = sizeof(weir_flow) * WEIR_FLOW_COUNT;

// The kernel maps whole pages.
std::size_t way_bytes() {
    const auto page = static_cast<std::size_t>(getpagesize());
    return (sizeof(weir_way) * WEIR_FLOW_WAYS + page - 1) / page * page;
}

Result<void*> map_array(int fd, std::size_t bytes, const char* what) {
    void* at = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (at == MAP_FAILED) return fail_errno(what, errno);
    return at;
}

// The program reads and writes the same words on another CPU.
std::uint32_t load(std::uint32_t& word) {
    return std::atomic_ref(word).load(std::memory_order_acquire);
}
void store(std::uint32_t& word, std::uint32_t value) {
    std::atomic_ref(word).store(value, std::memory_order_release);
}

}  // namespace

Result<std::unique_ptr<FlowTable>> FlowTable::open(const FlowMaps& maps,
                                                   std::span<const IpAddress> locals,
                                                   std::uint16_t queues) {
    std::unique_ptr<FlowTable> table(new FlowTable());
    WEIR_TRY(table->map_tables(maps));
    WEIR_TRY(table->make_rings(maps.records, queues));
    WEIR_TRY(table->fill_locals(maps.locals, locals));
    return table;
}

FlowTable::~FlowTable() {
    if (flows_ != nullptr) munmap(flows_, kFlowBytes);
    if (ways_ != nullptr) munmap(ways_, way_bytes());
}

Result<void> FlowTable::map_tables(const FlowMaps& maps) {
    const auto flows = map_array(maps.flows, kFlowBytes, "the table of flows for the kernel");
    if (!flows) return fail(flows.error());
    flows_ = static_cast<weir_flow*>(*flows);
    const auto ways = map_array(maps.ways, way_bytes(), "the table of ways for the kernel");
    if (!ways) return fail(ways.error());
    ways_ = static_cast<weir_way*>(*ways);
    return {};
}

Result<void> FlowTable::make_rings(int map, std::uint16_t queues) {
    for (std::uint32_t queue = 0; queue < queues; ++queue) {
        auto ring = RecordRing::create();
        if (!ring) return fail(ring.error());
        const int fd = ring->fd();
        if (const int failed = bpf_map_update_elem(map, &queue, &fd, BPF_ANY); failed != 0)
            return fail_errno("the ring of receive queue " + std::to_string(queue), -failed);
        rings_.push_back(std::move(*ring));
    }
    return {};
}

Result<void> FlowTable::fill_locals(int map, std::span<const IpAddress> locals) {
    std::size_t count = 0;
    for (const IpAddress& address : locals)
        if (address.family == Family::v4 && count < WEIR_FLOW_LOCALS)
            std::memcpy(&locals_.address[count++], address.bytes.data(), sizeof(std::uint32_t));
    const std::uint32_t zero = 0;
    if (const int failed = bpf_map_update_elem(map, &zero, &locals_, BPF_ANY); failed != 0)
        return fail_errno("the addresses of flows", -failed);
    return {};
}

void FlowTable::set_way(std::uint8_t way, std::uint32_t device, bool usable) noexcept {
    if (way >= WEIR_FLOW_WAYS) return;
    if (!usable) store(ways_[way].usable, 0);
    store(ways_[way].device, device);
    if (usable) store(ways_[way].usable, 1);
}

bool FlowTable::is_usable(std::uint8_t way) const noexcept {
    return way < WEIR_FLOW_WAYS && load(ways_[way].usable) != 0;
}

weir_flow* FlowTable::flow(std::uint32_t local, std::uint16_t port) const noexcept {
    if (local == 0 || port % 2 != 0) return nullptr;
    const auto* found = std::find(std::begin(locals_.address), std::end(locals_.address), local);
    if (found == std::end(locals_.address)) return nullptr;
    return &flows_[(found - std::begin(locals_.address)) * WEIR_FLOW_PORTS + port / 2];
}

bool FlowTable::give(const FlowRule& rule, std::uint8_t way) noexcept {
    weir_flow* flow = this->flow(rule.local, rule.arrives.port);
    if (flow == nullptr || !is_usable(way)) return false;
    store(flow->given, 0);
    flow->next_sequence = rule.next_sequence;
    flow->longest = rule.longest_payload;
    flow->source = rule.source;
    flow->ssrc = __builtin_bswap32(rule.ssrc);
    flow->source_port = __builtin_bswap16(rule.source_port);
    flow->way = way;
    flow->ip_sum = rule.ip_sum;
    flow->udp_sum = rule.udp_sum;
    std::memcpy(flow->header, rule.header.data(), sizeof(flow->header));
    // 0 means none; 4 thousand million givings of one port later the first number comes again.
    if (++flow->last == 0) flow->last = 1;
    store(flow->given, flow->last);
    return true;
}

void FlowTable::take_back(std::uint32_t local, std::uint16_t port) noexcept {
    if (weir_flow* flow = this->flow(local, port)) store(flow->given, 0);
}

bool FlowTable::has(std::uint32_t local, std::uint16_t port) const noexcept {
    weir_flow* flow = this->flow(local, port);
    if (flow == nullptr) return false;
    const std::uint32_t given = load(flow->given);
    return given != 0 && load(flow->ended) != given;
}

}  // namespace weir::dataplane
