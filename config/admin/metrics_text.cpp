// SPDX-License-Identifier: Apache-2.0
// Groups samples into families and hands them to prometheus-cpp.
#include "config/admin/metrics_text.hpp"

#include <unordered_map>

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

namespace weir::config {

std::string metrics_text(const std::vector<Metric>& metrics) {
    std::vector<prometheus::MetricFamily> families;
    std::unordered_map<std::string, std::size_t> positions;
    for (const Metric& metric : metrics) {
        const auto [position, added] = positions.emplace(metric.name, families.size());
        const bool counter = metric.kind == MetricKind::counter;
        if (added) {
            prometheus::MetricFamily family;
            family.name = metric.name;
            family.help = metric.help;
            family.type = counter ? prometheus::MetricType::Counter : prometheus::MetricType::Gauge;
            families.push_back(std::move(family));
        }
        prometheus::ClientMetric sample;
        for (const auto& [name, value] : metric.labels)
            sample.label.push_back({name, value});
        if (counter) {
            sample.counter.value = metric.value;
        } else {
            sample.gauge.value = metric.value;
        }
        families[position->second].metric.push_back(std::move(sample));
    }
    return prometheus::TextSerializer().Serialize(families);
}

}  // namespace weir::config
