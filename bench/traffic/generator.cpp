// SPDX-License-Identifier: Apache-2.0
// The generator's loop: what is due goes out, what has come is counted, nothing else.
#include "bench/traffic/generator.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>

#include <fmt/format.h>
#include <rte_arp.h>
#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <sys/socket.h>

namespace weir::bench {
namespace {

constexpr double kStallSeconds = 0.001;
// A packet under way this long was lost. The device under test may be kept from running for 30 ms.
constexpr double kGiveUpSeconds = 0.1;
constexpr double kSettleSeconds = 0.5;  // for stragglers

}  // namespace

Generator::Generator(const GeneratorOptions& options, const std::vector<RtpFlow>& flows,
                     const std::vector<DeviceMacs>& macs, DpdkPorts& ports, const IdleSoak* soak)
    : options_(options),
      flows_(flows),
      macs_(macs),
      ports_(ports),
      soak_(soak),
      hz_(rte_get_tsc_hz()),
      window_(options.window,
              static_cast<std::uint64_t>(kGiveUpSeconds * static_cast<double>(hz_))),
      arrivals_(flows, static_cast<std::uint64_t>(options.late_ms / 1e3 * static_cast<double>(hz_)),
                window_),
      devices_(ports.size()) {
    for (std::uint32_t i = 0; i < flows.size(); ++i)
        frames_.emplace_back(flows[i], i, macs[flows[i].device]);
}

GeneratorTotals Generator::run() {
    Phase warm_up{kWarmUp, 0};
    run_phase(warm_up, options_.warm_up_seconds);
    totals_.warm_up_sent = warm_up.sent;
    totals_.stalls = 0;
    totals_.longest_stall_ms = 0;
    totals_.window_resets = 0;
    next_flow_ = 0;
    next_number_ = 0;
    std::puts("measuring");
    std::fflush(stdout);
    for (const auto& group : options_.watched)
        totals_.task_ns.push_back(run_time_ns(group));
    const std::uint64_t missed_before = ports_.missed();
    const CoreSample before = sample();
    Phase measured{kMeasured, 0};
    const std::uint64_t begin = rte_rdtsc();
    run_phase(measured, options_.seconds);
    totals_.seconds = static_cast<double>(rte_rdtsc() - begin) / static_cast<double>(hz_);
    if (options_.core >= 0) totals_.core_use = use_between(before, sample(), hz_);
    for (std::size_t i = 0; i < options_.watched.size(); ++i)
        totals_.task_ns[i] = run_time_ns(options_.watched[i]) - totals_.task_ns[i];
    std::puts("measured");
    std::fflush(stdout);
    totals_.sent = measured.sent;
    receive_for(kSettleSeconds);
    totals_.missed = ports_.missed() - missed_before;
    return totals_;
}

CoreSample Generator::sample() const {
    if (soak_ != nullptr) return soak_->sample();
    return options_.core >= 0 ? sample_core(static_cast<unsigned>(options_.core)) : CoreSample{};
}

void Generator::run_phase(Phase& phase, double seconds) {
    start_tsc_ = last_turn_tsc_ = rte_rdtsc();
    window_.listened(start_tsc_);
    const auto end = start_tsc_ + static_cast<std::uint64_t>(seconds * static_cast<double>(hz_));
    for (;;) {
        const std::uint64_t now = rte_rdtsc();
        if (now >= end) break;
        const double gap = static_cast<double>(now - last_turn_tsc_) / static_cast<double>(hz_);
        last_turn_tsc_ = now;
        if (gap > kStallSeconds) {
            ++totals_.stalls;
            totals_.longest_stall_ms = std::max(totals_.longest_stall_ms, gap * 1e3);
            // What was not sent meanwhile stays unsent: a burst of it would not be an even pace.
            start_tsc_ += static_cast<std::uint64_t>(gap * static_cast<double>(hz_));
            window_.listened(now);
        }
        if (const std::uint64_t count = due(now, phase); count != 0) build(phase, count);
        flush();
        receive();
    }
    // A device that takes no more by then has lost its other end.
    while (rte_rdtsc() < end + hz_ / 10 && has_waiting()) {
        flush();
        receive();
    }
}

bool Generator::has_waiting() const {
    return std::any_of(devices_.begin(), devices_.end(),
                       [](const Device& device) { return device.count != 0; });
}

std::uint64_t Generator::due(std::uint64_t now, const Phase& phase) {
    if (options_.rate > 0) {
        const auto hz = static_cast<double>(hz_);
        double seconds = static_cast<double>(now - start_tsc_) / hz;
        const double tick = options_.tick_us / 1e6;
        if (tick > 0) seconds = tick * std::floor(seconds / tick);
        const auto wanted = static_cast<std::uint64_t>(seconds * options_.rate);
        return wanted > phase.sent ? wanted - phase.sent : 0;
    }
    if (window_.has_room(kBurst)) return kBurst;
    if (window_.give_up_if_silent(now)) ++totals_.window_resets;
    return 0;
}

void Generator::build(Phase& phase, std::uint64_t count) {
    const std::uint64_t now = rte_rdtsc();
    for (std::uint64_t i = 0; i < count && i < 2 * kBurst; ++i) {
        const std::uint32_t out = flows_[next_flow_].device;
        Device& device = devices_[out];
        if (device.count == kBurst) return;  // it goes out in a later turn
        rte_mbuf* packet = rte_pktmbuf_alloc(ports_.pool());
        if (packet == nullptr) return;
        packet->data_len = kFrameBytes;
        packet->pkt_len = kFrameBytes;
        frames_[next_flow_].write_next(rte_pktmbuf_mtod(packet, std::uint8_t*), next_number_,
                                       phase.kind, now);
        device.waiting[device.count++] = packet;
        window_.sent(1);
        ++phase.sent;
        if (++next_flow_ == flows_.size()) {
            next_flow_ = 0;
            ++next_number_;
        }
    }
}

void Generator::flush() {
    for (std::size_t i = 0; i < devices_.size(); ++i) {
        Device& device = devices_[i];
        if (device.count == 0) continue;
        const std::uint16_t sent =
            rte_eth_tx_burst(ports_.id(i), 0, device.waiting.data(), device.count);
        device.count = static_cast<std::uint16_t>(device.count - sent);
        std::move(device.waiting.begin() + sent, device.waiting.begin() + sent + device.count,
                  device.waiting.begin());
    }
}

void Generator::receive() {
    std::array<rte_mbuf*, 2 * kBurst> frames;
    char nothing = 0;
    for (const int fd : options_.napi_fds)
        (void)!recv(fd, &nothing, sizeof nothing, MSG_DONTWAIT);
    for (std::size_t i = 0; i < devices_.size(); ++i) {
        const std::uint16_t count = rte_eth_rx_burst(ports_.id(i), 0, frames.data(), frames.size());
        if (count == 0) continue;
        const std::uint64_t now = rte_rdtsc();
        window_.listened(now);
        for (std::uint16_t k = 0; k < count; ++k)
            rte_prefetch0(rte_pktmbuf_mtod_offset(frames[k], const void*, kStampOffset));
        std::uint16_t kept = 0;
        for (std::uint16_t k = 0; k < count; ++k) {
            rte_mbuf* frame = frames[k];
            if (!arrivals_.add(rte_pktmbuf_mtod(frame, const std::uint8_t*), frame->data_len,
                               now)) {
                if (answer_arp(i, frame)) continue;
                ++totals_.other;
            }
            frames[kept++] = frame;
        }
        rte_pktmbuf_free_bulk(frames.data(), kept);
    }
}

void Generator::receive_for(double seconds) {
    const auto end = rte_rdtsc() + static_cast<std::uint64_t>(seconds * static_cast<double>(hz_));
    while (rte_rdtsc() < end)
        receive();
}

// Every address that is asked for is ours: nobody else is on the link (RFC 826).
bool Generator::answer_arp(std::size_t device, rte_mbuf* frame) {
    if (frame->data_len < sizeof(rte_ether_hdr) + sizeof(rte_arp_hdr)) return false;
    auto* ethernet = rte_pktmbuf_mtod(frame, rte_ether_hdr*);
    if (ethernet->ether_type != rte_cpu_to_be_16(RTE_ETHER_TYPE_ARP)) return false;
    auto* arp = rte_pktmbuf_mtod_offset(frame, rte_arp_hdr*, sizeof(rte_ether_hdr));
    if (arp->arp_opcode != rte_cpu_to_be_16(RTE_ARP_OP_REQUEST)) return false;
    if (arp->arp_data.arp_sip == arp->arp_data.arp_tip) return false;  // an announcement
    const MacAddress& own = macs_[device].own;
    arp->arp_opcode = rte_cpu_to_be_16(RTE_ARP_OP_REPLY);
    arp->arp_data.arp_tha = arp->arp_data.arp_sha;
    std::memcpy(arp->arp_data.arp_sha.addr_bytes, own.data(), own.size());
    const rte_be32_t asked = arp->arp_data.arp_tip;
    arp->arp_data.arp_tip = arp->arp_data.arp_sip;
    arp->arp_data.arp_sip = asked;
    ethernet->dst_addr = ethernet->src_addr;
    std::memcpy(ethernet->src_addr.addr_bytes, own.data(), own.size());
    if (rte_eth_tx_burst(ports_.id(device), 0, &frame, 1) != 1) return false;
    ++totals_.arp_answers;
    return true;
}

}  // namespace weir::bench
