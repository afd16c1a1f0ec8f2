// SPDX-License-Identifier: Apache-2.0
// What does a packet cost in the stages, without any I/O? Cycles of the time stamp counter per
// packet.
//
// One worker, frames of 214 bytes (G.711, 20 ms, IPv4) through two rings: see README.md for what is
// inside the measured time. Writes JSON to the file named by the first argument.
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <rte_cycles.h>
#include <unistd.h>

#include "bench/micro/flows.hpp"
#include "dataplane/engine/eal.hpp"

namespace weir::bench {
namespace {

struct Case {
    const char* name;
    const char* stages;
    FlowOptions options;
    double target = 0;  // cycles a packet; 0 = none
    double fact = 0;    // the nearest figure measured before Weir was written; 0 = none
};

constexpr const char* kRelayStages = "classify, look up, admit, measure, rewrite, emit";
constexpr const char* kForkStages = "classify, look up, admit, measure, fork, rewrite, emit";

std::vector<Case> cases() {
    const FlowOptions cold{.flows = 20'000, .packets = 32'768};
    const auto with = [](FlowOptions options, bool forked, bool pre_roll, bool checksum) {
        options.forked = forked;
        options.pre_roll = pre_roll;
        options.udp_checksum = checksum;
        return options;
    };
    return {
        {"relay, no UDP checksum, hot", kRelayStages, with({}, false, false, false), 110, 47},
        {"relay, whole UDP checksum, hot", kRelayStages, with({}, false, false, true), 110, 99},
        {"relay + pre-roll, whole UDP checksum, hot", kForkStages, with({}, false, true, true), 0,
         0},
        {"relay + one fork, no UDP checksum, hot", kForkStages, with({}, true, false, false), 190,
         106},
        {"relay + one fork, whole UDP checksum, hot", kForkStages, with({}, true, false, true), 190,
         0},
        {"relay + one fork + pre-roll, whole UDP checksum, hot", kForkStages,
         with({}, true, true, true), 0, 0},
        {"relay, no UDP checksum, cold", kRelayStages, with(cold, false, false, false), 0, 86},
        {"relay, whole UDP checksum, cold", kRelayStages, with(cold, false, false, true), 0, 223},
        {"relay + one fork, no UDP checksum, cold", kForkStages, with(cold, true, false, false), 0,
         189},
        {"relay + one fork, whole UDP checksum, cold", kForkStages, with(cold, true, false, true),
         0, 0},
    };
}

struct Figures {
    double median = 0;
    double least = 0;
    double p90 = 0;
};

Figures measure(const FlowOptions& options) {
    constexpr int kWarmUp = 3;
    const int rounds = options.packets > 10'000 ? 40 : 200;
    Flows flows(options);
    std::vector<double> cycles;
    for (int round = -kWarmUp; round < rounds; ++round) {
        flows.supply();
        const std::uint64_t begin = rte_rdtsc_precise();
        flows.run();
        const std::uint64_t end = rte_rdtsc_precise();
        if (round >= 0)
            cycles.push_back(static_cast<double>(end - begin) /
                             static_cast<double>(flows.packets()));
    }
    if (!flows.lost_nothing())
        throw std::runtime_error("packets were lost: the figures mean nothing");
    std::sort(cycles.begin(), cycles.end());
    return {cycles[cycles.size() / 2], cycles.front(), cycles[cycles.size() * 9 / 10]};
}

std::string or_dash(double value) {
    return value == 0 ? "-" : fmt::format("{:.0f}", value);
}

// Of 2 MB.
std::size_t free_hugepages() {
    std::size_t pages = 0;
    std::ifstream("/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages") >> pages;
    return pages;
}

int run(const char* file, const std::string& only) {
    dataplane::EalOptions options{.file_prefix = "weir-bench-" + std::to_string(getpid()),
                                  .memory_mb = 256};
    options.hugepages = free_hugepages() * 2 >= options.memory_mb;
    auto eal = dataplane::Eal::start(options);
    if (!eal) {
        fmt::print(stderr, "bench: {}\n", eal.error().context);
        return 1;
    }
    boost::json::array results;
    fmt::print("DPDK's memory in {} pages\n", options.hugepages ? "huge" : "ordinary");
    fmt::print("{:<54} {:>7} {:>6} {:>6} {:>7} {:>8}\n", "cycles a packet", "median", "least",
               "p90", "target", "before");
    for (const Case& one : cases()) {
        if (!only.empty() && std::string(one.name).find(only) == std::string::npos) continue;
        const Figures figures = measure(one.options);
        fmt::print("{:<54} {:>7.0f} {:>6.0f} {:>6.0f} {:>7} {:>8}\n", one.name, figures.median,
                   figures.least, figures.p90, or_dash(one.target), or_dash(one.fact));
        std::fflush(stdout);
        results.push_back({{"case", one.name},
                           {"stages", one.stages},
                           {"flows", one.options.flows},
                           {"packets_in_circulation", one.options.packets},
                           {"median_cycles", figures.median},
                           {"least_cycles", figures.least},
                           {"p90_cycles", figures.p90},
                           {"target_cycles", one.target},
                           {"earlier_prototype_cycles", one.fact}});
    }
    if (file == nullptr) return 0;
    const boost::json::object document{{"benchmark", "pipeline"},
                                       {"frame_bytes", 214},
                                       {"buffer_pages", options.hugepages ? "huge" : "ordinary"},
                                       {"tsc_hz", rte_get_tsc_hz()},
                                       {"results", results}};
    std::ofstream(file) << boost::json::serialize(document) << '\n';
    return 0;
}

}  // namespace
}  // namespace weir::bench

// bench_micro_pipeline [JSON-FILE [CASE]]: CASE is a part of a case's name.
int main(int argc, char** argv) {
    try {
        return weir::bench::run(argc > 1 && *argv[1] != '\0' ? argv[1] : nullptr,
                                argc > 2 ? argv[2] : "");
    } catch (const std::exception& error) {
        fmt::print(stderr, "bench: {}\n", error.what());
        return 1;
    }
}
