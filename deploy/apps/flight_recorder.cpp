// SPDX-License-Identifier: Apache-2.0
// FlightRecorder: opened once; a place that cannot be written is said once and leaves none.
#include "deploy/apps/flight_recorder.hpp"

#include <fmt/format.h>

#include "config/language/language.hpp"

namespace weir::apps {
namespace {

constexpr std::int64_t kNsPerMs = 1'000'000;

std::string statistics_text(const signaling::TraceStore& store) {
    std::string text = fmt::format("Directory: {}\n", store.directory());
    for (const Metric& metric : store.metrics())
        text += fmt::format("{}: {:.0f}\n", metric.help, metric.value);
    return text;
}

}  // namespace

FlightRecorder::FlightRecorder(const std::string& directory, signaling::CallTable& calls,
                               Random& random, const Clock& clock, Logger& log)
    : calls_(calls), clock_(clock) {
    auto store = signaling::TraceStore::open({directory}, log);
    if (!store) {
        log.error("trace.not_kept", {{"why", store.error().context}});
        return;
    }
    store_ = std::move(*store);
    recorder_ = std::make_unique<signaling::CallRecorder>(
        *store_, static_cast<std::uint64_t>(clock.wall().ns / kNsPerMs), random.next(),
        [](const config::Config& config) {
            return config::language::print_running_config(config);
        });
    desk_ = std::make_unique<TraceDesk>(*store_);
    calls_.set_tape(recorder_.get());
}

FlightRecorder::~FlightRecorder() {
    calls_.set_tape(nullptr);
}

signaling::SofiaStack::WayListener FlightRecorder::way_listener() {
    return [this](const signaling::SipMessage& request, const signaling::SipPath& way) {
        if (recorder_) recorder_->on_way(request, way, {clock_.now(), clock_.wall()});
    };
}

void FlightRecorder::add_commands(config::CommandTable& table) {
    if (desk_) add_trace_commands(table, *desk_, [this] { return statistics_text(*store_); });
}

std::vector<Metric> FlightRecorder::metrics() const {
    if (!store_) return {};
    auto all = store_->metrics();
    for (Metric& metric : recorder_->metrics())
        all.push_back(std::move(metric));
    return all;
}

}  // namespace weir::apps
