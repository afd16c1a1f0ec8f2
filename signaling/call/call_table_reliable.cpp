// SPDX-License-Identifier: Apache-2.0
// CallTable: counts of reliable provisional responses, and the alarm that names a silent peer.
#include "signaling/call/call_table.hpp"

namespace weir::signaling {

void CallTable::count_reliable(Reliable1xxEvent event, config::DialPeerTag peer) {
    reliable_.count(event);
    if (event != Reliable1xxEvent::silent && event != Reliable1xxEvent::given_up) return;
    if (const auto calls = prack_alarm_.note(peer, parts_.loop.clock().now()))
        parts_.log.warning(
            "call.no_prack",
            {{"dial_peer", peer.value()}, {"calls", *calls}, {"advice", prack_alarm_text(peer)}});
}

void CallTable::add_reliable_metrics(std::vector<Metric>& metrics) const {
    const auto add = [&](const char* name, const char* help, std::uint64_t value) {
        metrics.push_back({name, help, MetricKind::counter, static_cast<double>(value)});
    };
    add("weir_signaling_reliable_1xx_sent_total", "Reliable provisional responses to callers",
        reliable_.sent);
    add("weir_signaling_reliable_1xx_retransmitted_total", "Their repetitions for want of a PRACK",
        reliable_.repeated);
    add("weir_signaling_reliable_1xx_given_up_total", "Calls ended with 504 for want of a PRACK",
        reliable_.given_up);
    add("weir_signaling_reliable_1xx_received_total", "Reliable provisional responses of callees",
        reliable_.received);
    add("weir_signaling_reliable_1xx_out_of_order_total",
        "Reliable provisional responses of callees that came again, or after a gap",
        reliable_.out_of_order);
    add("weir_signaling_prack_received_total", "PRACKs of callers that matched",
        reliable_.acknowledged);
    add("weir_signaling_prack_refused_total", "PRACKs of callers that matched nothing: 481",
        reliable_.prack_refused);
    add("weir_signaling_prack_sent_total", "PRACKs to callees", reliable_.prack_sent);
    add("weir_signaling_prack_failed_total", "PRACKs to callees that were refused or not answered",
        reliable_.prack_failed);
}

}  // namespace weir::signaling
