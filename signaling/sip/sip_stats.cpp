// SPDX-License-Identifier: Apache-2.0
// The metrics of the SIP stack.
#include "signaling/sip/sip_stats.hpp"

#include <algorithm>
#include <string>

namespace weir::signaling {
namespace {

void add_direction(std::vector<Metric>& metrics, const SipStats::Direction& counts,
                   const std::string& direction) {
    for (std::size_t i = 0; i < kCountedMethods.size(); ++i)
        metrics.push_back(
            {.name = "weir_signaling_requests_total",
             .help = "SIP requests by direction and method",
             .kind = MetricKind::counter,
             .value = static_cast<double>(counts.requests[i]),
             .labels = {{"direction", direction}, {"method", std::string(kCountedMethods[i])}}});
    for (std::size_t i = 1; i < counts.responses.size(); ++i)
        metrics.push_back(
            {.name = "weir_signaling_responses_total",
             .help = "SIP responses by direction and class",
             .kind = MetricKind::counter,
             .value = static_cast<double>(counts.responses[i]),
             .labels = {{"direction", direction}, {"class", std::to_string(i) + "xx"}}});
}

void add(std::vector<Metric>& metrics, const char* name, const char* help, std::uint64_t value,
         MetricKind kind = MetricKind::counter) {
    metrics.push_back({.name = name,
                       .help = help,
                       .kind = kind,
                       .value = static_cast<double>(value),
                       .labels = {}});
}

}  // namespace

std::size_t method_index(std::string_view method) {
    const auto it = std::find(kCountedMethods.begin(), kCountedMethods.end() - 1, method);
    return static_cast<std::size_t>(it - kCountedMethods.begin());
}

void SipStats::Direction::count(const SipMessage& message) {
    if (message.is_request) {
        ++requests[method_index(message.method)];
    } else if (message.status >= 100 && message.status < static_cast<int>(kStatusCodes)) {
        ++responses[static_cast<std::size_t>(message.status / 100)];
        ++by_status[static_cast<std::size_t>(message.status)];
        if (const auto cseq = message.status / 100 == 2 ? message.cseq() : Result<CSeq>(CSeq{});
            cseq && !cseq->method.empty())
            ++ok[method_index(cseq->method)];
    }
    if (watcher != nullptr) watcher->on_message(message);
}

std::vector<Metric> sip_metrics(const SipStats& stats, const SipGauges& gauges) {
    std::vector<Metric> metrics;
    add_direction(metrics, stats.received, "in");
    add_direction(metrics, stats.sent, "out");
    for (std::size_t i = 0; i < kGuardReasons; ++i)
        metrics.push_back(
            {.name = "weir_signaling_guard_drops_total",
             .help = "SIP messages and connections refused before the stack, by reason",
             .kind = MetricKind::counter,
             .value = static_cast<double>(stats.dropped[i]),
             .labels = {{"reason", to_string(static_cast<GuardReason>(i))}}});
    add(metrics, "weir_signaling_datagrams_total", "SIP datagrams read", stats.datagrams);
    add(metrics, "weir_signaling_stream_messages_total", "SIP messages read from TCP connections",
        stats.stream_messages);
    add(metrics, "weir_signaling_keepalives_total", "empty SIP datagrams and stream keep-alives",
        stats.keepalives);
    add(metrics, "weir_signaling_requests_by_tcp_total",
        "requests too large for UDP that went by TCP", stats.requests_by_tcp);
    add(metrics, "weir_signaling_request_retransmissions_total", "requests sent again",
        stats.retransmitted_requests);
    add(metrics, "weir_signaling_answer_retransmissions_total",
        "2xx to INVITE sent again because no ACK came", stats.retransmitted_answers);
    for (std::size_t i = 0; i < kCountedMethods.size(); ++i)
        metrics.push_back({.name = "weir_signaling_request_timeouts_total",
                           .help = "requests without a final response",
                           .kind = MetricKind::counter,
                           .value = static_cast<double>(stats.timeouts_by_method[i]),
                           .labels = {{"method", std::string(kCountedMethods[i])}}});
    add(metrics, "weir_signaling_transport_failures_total", "requests that could not be sent",
        stats.transport_failures);
    add(metrics, "weir_signaling_ack_timeouts_total", "2xx to INVITE that nobody acknowledged",
        stats.ack_timeouts);
    add(metrics, "weir_signaling_connections_opened_total", "TCP connections made or accepted",
        stats.connections_opened);
    add(metrics, "weir_signaling_connections_aged_total", "TCP connections closed for idleness",
        stats.connections_aged);
    add(metrics, "weir_signaling_absorbed_retransmissions_total",
        "requests of peers that came again and were answered by the transaction layer",
        gauges.absorbed_retransmissions);
    add(metrics, "weir_signaling_connections", "TCP connections now", gauges.connections,
        MetricKind::gauge);
    add(metrics, "weir_signaling_server_transactions", "requests of peers in work",
        gauges.server_transactions, MetricKind::gauge);
    add(metrics, "weir_signaling_client_transactions", "requests of ours in work",
        gauges.client_transactions, MetricKind::gauge);
    return metrics;
}

}  // namespace weir::signaling
