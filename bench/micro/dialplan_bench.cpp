// SPDX-License-Identifier: Apache-2.0
// How long does one routing decision take, one translation, and the loading of a large plan?
//
// Each decision is timed alone by the monotonic clock, so that percentiles can be given; the price
// of the two clock readings (printed) is inside. Writes JSON to the file named by the first
// argument.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "bench/micro/dial_plan_text.hpp"
#include "config/base/text.hpp"
#include "config/language/language.hpp"
#include "dialplan/route.hpp"
#include "dialplan/translation.hpp"

namespace weir::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kCalls = 20000;  // distinct ones, so that caches are used as in service
constexpr unsigned kRounds = 10;

struct Figures {
    double median_us = 0;
    double p99_us = 0;
    double p999_us = 0;
    double max_us = 0;
};

Figures figures_of(std::vector<double>& samples) {
    std::sort(samples.begin(), samples.end());
    const auto at = [&](double share) {
        return samples[static_cast<std::size_t>(share * static_cast<double>(samples.size() - 1))];
    };
    return {at(0.5), at(0.99), at(0.999), samples.back()};
}

template <typename Work>
Figures measure(std::size_t count, unsigned rounds, Work work) {
    std::vector<double> samples;
    samples.reserve(count * rounds);
    for (unsigned round = 0; round <= rounds; ++round)
        for (std::size_t i = 0; i < count; ++i) {
            const auto before = Clock::now();
            work(i);
            const auto after = Clock::now();
            // The first round makes what is made on first use: the automata of the expressions.
            if (round > 0)
                samples.push_back(
                    std::chrono::duration<double, std::micro>(after - before).count());
        }
    return figures_of(samples);
}

class Report {
public:
    void add(const std::string& name, const Figures& figures, double target_median,
             double target_p999, boost::json::object more = {}) {
        fmt::print("{:<62} {:>8.2f} {:>8.2f} {:>8.2f} {:>9.1f}\n", name, figures.median_us,
                   figures.p99_us, figures.p999_us, figures.max_us);
        std::fflush(stdout);
        more["case"] = name;
        more["median_us"] = figures.median_us;
        more["p99_us"] = figures.p99_us;
        more["p999_us"] = figures.p999_us;
        more["max_us"] = figures.max_us;
        if (target_median > 0) more["target_median_us"] = target_median;
        if (target_p999 > 0) more["target_p999_us"] = target_p999;
        results_.push_back(std::move(more));
    }
    void add_load(boost::json::object load) { load_ = std::move(load); }
    void write(const char* file) const {
        const boost::json::object document{
            {"benchmark", "dialplan"}, {"load", load_}, {"results", results_}};
        std::ofstream(file) << boost::json::serialize(document) << '\n';
    }

private:
    boost::json::object load_;
    boost::json::array results_;
};

// VmRSS or VmHWM of this process [MB].
double memory_mb(const char* what) {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with(what))
            return static_cast<double>(text::number(text::words(line).at(1)).value_or(0)) / 1024;
    return 0;
}

std::shared_ptr<const dialplan::DialPlan> plan_of(const PlanSize& size) {
    const auto reading = config::language::read_text(plan_text(size, 1), "bench.cfg");
    for (const auto& diagnostic : reading.diagnostics)
        if (!reading.config) fmt::print("{}", config::language::print_diagnostic(diagnostic));
    if (!reading.config) return nullptr;
    auto plan = dialplan::DialPlan::compile(reading.config);
    if (!plan) fmt::print("{}\n", plan.error().context);
    return plan ? *plan : nullptr;
}

bool measure_load(const PlanSize& size, Report& report) {
    const std::string text = plan_text(size, 1);
    const double memory_before = memory_mb("VmRSS");
    const auto start = Clock::now();
    const auto reading = config::language::read_text(text, "bench.cfg");
    const auto read = Clock::now();
    if (!reading.config) return false;
    const auto plan = dialplan::DialPlan::compile(reading.config);
    const auto end = Clock::now();
    const auto seconds = [](auto duration) {
        return std::chrono::duration<double>(duration).count();
    };
    const double memory = memory_mb("VmHWM") - memory_before;
    fmt::print("load: {} bytes, read and validate {:.2f} s, compile {:.2f} s, {:.0f} MB more\n",
               text.size(), seconds(read - start), seconds(end - read), memory);
    report.add_load({{"peers", size.peers},
                     {"map_entries", size.map_entries},
                     {"uri_classes", size.uri_classes},
                     {"text_bytes", text.size()},
                     {"read_and_validate_s", seconds(read - start)},
                     {"compile_s", seconds(end - read)},
                     {"whole_s", seconds(end - start)},
                     {"target_whole_s", 1.5},
                     {"peak_memory_mb", memory},
                     {"target_memory_mb", 300}});
    return plan.has_value();
}

bool measure_decisions(const PlanSize& size, const std::string& name, Report& report,
                       bool is_target) {
    const auto plan = plan_of(size);
    if (plan == nullptr) return false;
    const auto calls = plan_calls(size, kCalls, 7);
    SeededRandom random(1);
    const dialplan::UsageMap usage;
    std::size_t matched = 0;
    std::size_t candidates = 0;
    const auto figures = measure(calls.size(), kRounds, [&](std::size_t i) {
        const auto decision = dialplan::route(*plan, calls[i], random, usage);
        matched += decision.inbound.peer.value() != 0 ? 1 : 0;
        candidates += decision.candidates.size();
    });
    const double asked = static_cast<double>(calls.size() * (kRounds + 1));
    report.add(name, figures, is_target ? 5 : 0, is_target ? 20 : 0,
               {{"peers", size.peers},
                {"inbound_matched_share", static_cast<double>(matched) / asked},
                {"candidates_per_call", static_cast<double>(candidates) / asked}});
    return true;
}

config::TranslationRuleSet fifteen_rules(const char* last) {
    config::TranslationRuleSet set;
    for (std::uint8_t i = 1; i < 15; ++i) {
        set.rules[i].match = fmt::format("^{}\\(.*\\)$", 90000 + i);
        set.rules[i].replace = "\\1";
    }
    set.rules[15].match = last;
    set.rules[15].replace = "x\\1";
    return set;
}

void measure_translations(Report& report) {
    const auto rules = *dialplan::CompiledRuleSet::compile(fifteen_rules("^\\+\\([1-9].*\\)"));
    const dialplan::NumberProbe last{"+442079460123", {}, {}};
    const dialplan::NumberProbe none{"442079460123", {}, {}};
    std::size_t found = 0;
    report.add("translation, 15 rules, the last one matches",
               measure(1000, 100, [&](std::size_t) { found += rules.apply(last) ? 1 : 0; }), 3, 0);
    report.add("translation, 15 rules, none matches",
               measure(1000, 100, [&](std::size_t) { found += rules.apply(none) ? 1 : 0; }), 3, 0);
    config::TranslationRuleSet hostile;
    const char* const expressions[] = {"^\\(\\(1*\\)*\\)*2$", "\\(.*\\)\\(.*\\)\\(.*\\)3$",
                                       "1*1*1*1*1*1*1*1*4", ".*.*.*.*5"};
    for (std::uint8_t i = 0; i < std::size(expressions); ++i)
        hostile.rules[static_cast<std::uint8_t>(i + 1)].match = expressions[i];
    const auto traps = *dialplan::CompiledRuleSet::compile(hostile);
    for (const std::size_t length : {1250U, 2500U, 5000U, 10000U}) {
        const dialplan::NumberProbe probe{std::string(length, '1'), {}, {}};
        report.add(fmt::format("translation, 4 hostile rules, {} bytes", length),
                   measure(100, 20, [&](std::size_t) { found += traps.apply(probe) ? 1 : 0; }), 0,
                   0, {{"bytes", length}});
    }
    if (found == 0) fmt::print("nothing was translated\n");
}

int run(const char* file) {
    Report report;
    const PlanSize large;
    if (!measure_load(large, report)) return 1;
    fmt::print("{:<62} {:>8} {:>8} {:>8} {:>9}\n", "microseconds", "median", "p99", "p99.9", "max");
    report.add("two readings of the clock", measure(kCalls, kRounds, [](std::size_t) {}), 0, 0);
    if (!measure_decisions(large, "decision, 10,000 peers, 50,000 map entries, 200 URI classes",
                           report, true))
        return 1;
    PlanSize translated = large;
    translated.translations = true;
    if (!measure_decisions(translated, "the same with 15 rules on calling and called, in and out",
                           report, false))
        return 1;
    for (const unsigned peers : {100U, 1000U, 50000U}) {
        PlanSize other = large;
        other.peers = peers;
        if (!measure_decisions(other, fmt::format("decision, {} peers, the same maps", peers),
                               report, false))
            return 1;
    }
    measure_translations(report);
    if (file != nullptr) report.write(file);
    return 0;
}

}  // namespace
}  // namespace weir::bench

// bench_micro_dialplan [JSON-FILE]
int main(int argc, char** argv) {
    try {
        return weir::bench::run(argc > 1 && *argv[1] != '\0' ? argv[1] : nullptr);
    } catch (const std::exception& error) {
        fmt::print(stderr, "bench: {}\n", error.what());
        return 1;
    }
}
