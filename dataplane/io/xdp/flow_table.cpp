// SPDX-License-Identifier: Apache-2.0
// The shared tables of flow offload: mapped once, then plain loads and stores.
#include "dataplane/io/xdp/flow_table.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <bpf/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include "config/base/limits.hpp"
#include "dataplane/engine/engine_limits.hpp"
#include "dataplane/io/xdp/shared_word.hpp"

namespace weir::dataplane {
namespace {

static_assert(WEIR_FLOW_COUNT == WEIR_FLOW_LOCALS * WEIR_FLOW_PORTS);
static_assert(sizeof(weir_flow) == 128 && sizeof(weir_copy) == 64 && sizeof(weir_record) % 8 == 0);
static_assert(kUnseenCopies >= WEIR_RECORD_RING / (sizeof(weir_record) + BPF_RINGBUF_HDR_SZ));
static_assert(sizeof(FlowHeaders::header) == WEIR_FLOW_HEADER);

constexpr std::size_t kFlowBytes = sizeof(weir_flow) * WEIR_FLOW_COUNT;
constexpr std::size_t kCopyBytes = sizeof(weir_copy) * WEIR_FLOW_COUNT;

Result<void*> map_array(int fd, std::size_t bytes, const char* what) {
    void* at = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (at == MAP_FAILED) return fail_errno(what, errno);
    return at;
}

void write(weir_headers& to, const FlowHeaders& from) {
    to.ip_sum = from.ip_sum;
    to.udp_sum = from.udp_sum;
    std::memcpy(to.header, from.header.data(), sizeof(to.header));
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
    if (copies_ != nullptr) munmap(copies_, kCopyBytes);
}

Result<void> FlowTable::map_tables(const FlowMaps& maps) {
    const auto flows = map_array(maps.flows, kFlowBytes, "the table of flows for the kernel");
    if (!flows) return fail(flows.error());
    flows_ = static_cast<weir_flow*>(*flows);
    const auto copies = map_array(maps.copies, kCopyBytes, "the table of copies for the kernel");
    if (!copies) return fail(copies.error());
    copies_ = static_cast<weir_copy*>(*copies);
    return ways_.open(maps);
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

std::optional<std::size_t> FlowTable::place(std::uint32_t local,
                                            std::uint16_t port) const noexcept {
    if (local == 0 || port % 2 != 0) return std::nullopt;
    const auto* found = std::find(std::begin(locals_.address), std::end(locals_.address), local);
    if (found == std::end(locals_.address)) return std::nullopt;
    return static_cast<std::size_t>(found - std::begin(locals_.address)) * WEIR_FLOW_PORTS +
           port / 2U;
}

bool FlowTable::give(const FlowRule& rule, std::uint8_t way, std::uint8_t copy_way) noexcept {
    const auto place = this->place(rule.local, rule.arrives.port);
    if (!place || !ways_.is_usable(way)) return false;
    if (rule.copy.fork != 0 && !(ways_.can_copy() && ways_.is_usable(copy_way))) return false;
    weir_flow& flow = flows_[*place];
    store(flow.given, 0);
    flow.next_sequence = rule.next_sequence;
    flow.longest = rule.longest_payload;
    flow.source = rule.source;
    flow.ssrc = __builtin_bswap32(rule.ssrc);
    flow.source_port = __builtin_bswap16(rule.source_port);
    flow.way = way;
    flow.fork = rule.copy.fork;
    write(flow.headers, rule.headers);
    if (rule.copy.fork != 0) {
        weir_copy& copy = copies_[*place];
        write(copy.headers, rule.copy.headers);
        copy.ssrc = __builtin_bswap32(rule.copy.ssrc);
        copy.sequence_offset = rule.copy.sequence_offset;
        copy.way = copy_way;
    }
    // 0 means none; 4 thousand million givings of one port later the first number comes again.
    if (++flow.last == 0) flow.last = 1;
    store(flow.given, flow.last);
    return true;
}

void FlowTable::take_back(std::uint32_t local, std::uint16_t port) noexcept {
    if (const auto place = this->place(local, port)) store(flows_[*place].given, 0);
}

bool FlowTable::has(std::uint32_t local, std::uint16_t port) const noexcept {
    const auto place = this->place(local, port);
    if (!place) return false;
    const std::uint32_t given = load(flows_[*place].given);
    return given != 0 && load(flows_[*place].ended) != given;
}

}  // namespace weir::dataplane
