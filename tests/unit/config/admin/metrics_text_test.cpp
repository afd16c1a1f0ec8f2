// SPDX-License-Identifier: Apache-2.0
// Metrics as Prometheus reads them.
#include "config/admin/metrics_text.hpp"

#include <gtest/gtest.h>

namespace weir::config {
namespace {

TEST(MetricsText, SamplesOfOneNameAreOneFamily) {
    const std::string text =
        metrics_text({{"weir_a_total", "A.", MetricKind::counter, 3, {{"kind", "x"}}},
                      {"weir_b", "B.", MetricKind::gauge, 1.5, {}},
                      {"weir_a_total", "A.", MetricKind::counter, 4, {{"kind", "y\"\n"}}}});
    EXPECT_EQ(text,
              "# HELP weir_a_total A.\n# TYPE weir_a_total counter\nweir_a_total{kind=\"x\"} "
              "3\nweir_a_total{kind=\"y\\\"\\n\"} 4\n"
              "# HELP weir_b B.\n# TYPE weir_b gauge\nweir_b 1.5\n");
}

}  // namespace
}  // namespace weir::config
