// SPDX-License-Identifier: Apache-2.0
// The list of everything in weir-sip that has metrics.
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "config/admin/admin.hpp"
#include "config/base/metrics.hpp"
#include "deploy/apps/media_reports.hpp"
#include "signaling/api/event_loop.hpp"

namespace weir::apps {

// Collectors are added at start and run on the SIP thread; hook() is what the admin server calls.
class SipMetrics {
public:
    using Collector = std::function<std::vector<Metric>()>;
    SipMetrics(signaling::EventLoop& loop, MediaReports& reports)
        : loop_(loop), reports_(reports) {}

    void add(Collector collector) { collectors_.push_back(std::move(collector)); }
    // Adds objects that have metrics(); they outlive the loop.
    template <typename... Parts>
    void add_parts(const Parts&... parts) {
        (add([&parts] { return parts.metrics(); }), ...);
    }

    // When the SIP thread's queue is full there is no answer, and the scraper gets 503 in time.
    [[nodiscard]] auto hook() {
        return [this](std::function<void(std::vector<Metric>)> answer) {
            (void)loop_.post([this, answer = std::move(answer)] { collect(answer); });
        };
    }

private:
    void collect(const std::function<void(std::vector<Metric>)>& answer) {
        reports_.read_plane([this, answer](const std::optional<dataplane::PlaneReport>& report) {
            std::vector<Metric> all = report ? plane_metrics(*report) : std::vector<Metric>{};
            for (const Collector& collector : collectors_)
                for (Metric& metric : collector())
                    all.push_back(std::move(metric));
            answer(std::move(all));
        });
    }

    signaling::EventLoop& loop_;
    MediaReports& reports_;
    std::vector<Collector> collectors_;
};

}  // namespace weir::apps
