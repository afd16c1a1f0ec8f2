// SPDX-License-Identifier: Apache-2.0
// Our metrics in Prometheus' text format, by prometheus-cpp's serializer.
#pragma once

#include <string>
#include <vector>

#include "config/base/metrics.hpp"

namespace weir::config {

// Samples of one name become one family, in the order of their first sample. Thread: any.
[[nodiscard]] std::string metrics_text(const std::vector<Metric>& metrics);

}  // namespace weir::config
