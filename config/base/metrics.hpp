// SPDX-License-Identifier: Apache-2.0
// A metric as a value: each part of the program fills a list, config/admin prints it for
// Prometheus.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace weir {

enum class MetricKind : std::uint8_t { counter, gauge };

// One sample. Names are weir_<folder>_<noun>_<unit>[_total]; labels are bounded (no call ids).
struct Metric {
    std::string name;
    std::string help;
    MetricKind kind = MetricKind::gauge;
    double value = 0;
    std::vector<std::pair<std::string, std::string>> labels{};
};

}  // namespace weir
