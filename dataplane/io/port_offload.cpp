// SPDX-License-Identifier: Apache-2.0
// Flow offload of a worker: its flows in the tables of the devices, and what they have relayed.
#include <cstring>

#include <rte_ring.h>

#include "dataplane/engine/burst.hpp"
#include "dataplane/io/port_io.hpp"
#include "dataplane/io/xdp/flow_table.hpp"

namespace weir::dataplane {
namespace {

// In network order; of IPv6 realms none.
std::uint32_t word_of(const IpAddress& address) {
    std::uint32_t word = 0;
    if (address.family == Family::v4) std::memcpy(&word, address.bytes.data(), sizeof(word));
    return word;
}

}  // namespace

FlowTable* PortIo::flows_of(RealmIndex realm) const noexcept {
    if (realm >= options_.realm_device.size()) return nullptr;
    const DeviceState& device = table_.state(options_.realm_device[realm]);
    return device.attached.load(std::memory_order_seq_cst) ? device.flows : nullptr;
}

bool PortIo::has_sent_all(RealmIndex leaves) const noexcept {
    if (leaves >= options_.realm_device.size()) return true;
    const DeviceState& device = table_.state(options_.realm_device[leaves]);
    if (!device.attached.load(std::memory_order_seq_cst) || options_.worker < device.tx_queues)
        return true;
    const rte_ring* ring =
        device.tx_rings[options_.worker % device.tx_queues].load(std::memory_order_acquire);
    // What is taken out leaves the ring only when it has been sent (flush()).
    return ring == nullptr || rte_ring_empty(ring) != 0;
}

bool PortIo::give(const FlowRule& rule) noexcept {
    FlowTable* flows = flows_of(rule.arrives.realm);
    if (flows == nullptr || rule.leaves >= options_.realm_device.size()) return false;
    const bool has_copy = rule.copy.fork != 0 && rule.copy.leaves < options_.realm_device.size();
    const std::uint8_t copy_way = has_copy ? options_.realm_device[rule.copy.leaves] : 0;
    return flows->give(rule, options_.realm_device[rule.leaves], copy_way);
}

bool PortIo::can_copy(RealmIndex arrives, RealmIndex leaves) const noexcept {
    const FlowTable* flows = flows_of(arrives);
    return flows != nullptr && leaves < options_.realm_device.size() && flows->ways().can_copy() &&
           flows->ways().is_usable(options_.realm_device[leaves]);
}

void PortIo::take_back(LocalPort port) noexcept {
    if (FlowTable* flows = flows_of(port.realm))
        flows->take_back(word_of(options_.realm_address[port.realm]), port.port);
}

bool PortIo::has(LocalPort port) const noexcept {
    const FlowTable* flows = flows_of(port.realm);
    return flows != nullptr && flows->has(word_of(options_.realm_address[port.realm]), port.port);
}

void PortIo::poll_offloaded(DeviceState& device, std::size_t index, std::uint16_t queue,
                            Burst& burst) noexcept {
    RecordRing* ring = device.flows->ring(queue);
    if (ring == nullptr) return;
    const std::uint16_t before = burst.count;
    const OffloadedSource source{device.port_id, queue, *ring, device.device->pool().raw(),
                                 options_.sent_mark};
    const std::uint16_t frames = offloaded_[index][queue].take(source, burst, now_);
    losses_[index].waits |= offloaded_[index][queue].has_waiting();
    frames_ += frames;
    sent_by_kernel_ += static_cast<std::uint64_t>(burst.count - before - frames);
}

void PortIo::drop_offloaded(std::size_t index) noexcept {
    if (index >= offloaded_.size()) return;
    for (OffloadedQueue& queue : offloaded_[index])
        queue.drop();
}

}  // namespace weir::dataplane
