// SPDX-License-Identifier: Apache-2.0
// weir-traffic-gen: reads its arguments, runs the generator, prints the figures as JSON.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <rte_cycles.h>
#include <unistd.h>

#include "bench/traffic/generator.hpp"

namespace weir::bench {
namespace {

constexpr const char* kUsage =
    "usage: weir-traffic-gen --flows FILE --vdev ARGS --macs OWN,PEER [--vdev ARGS --macs "
    "OWN,PEER ...]\n"
    "    [--rate PPS] [--tick-us US] [--window PACKETS] [--warm-up SECONDS] [--seconds SECONDS] "
    "[--late-ms MS]\n"
    "    [--core N] [--dut-core N] [--soak 1] [--memory MIB] [--huge 1] [--wait-link SECONDS]\n"
    "    [--watch NAME=PID,PID ...] [--napi-fd N ...]\n";

struct Settings {
    GeneratorOptions generator;
    DpdkPortsOptions ports;
    std::string flows;
    std::vector<DeviceMacs> macs;
    bool soaks = false;
    double wait_link = 10;
};

bool read_mac(const std::string& text, MacAddress& mac) {
    unsigned b[6] = {};
    if (std::sscanf(text.c_str(), "%x:%x:%x:%x:%x:%x", &b[0], &b[1], &b[2], &b[3], &b[4], &b[5]) !=
        6)
        return false;
    for (std::size_t i = 0; i < mac.size(); ++i)
        mac[i] = static_cast<std::uint8_t>(b[i]);
    return true;
}

bool take(Settings& settings, const std::string& name, const std::string& value) {
    const double number = std::atof(value.c_str());
    if (name == "--flows") {
        settings.flows = value;
    } else if (name == "--vdev") {
        settings.ports.vdevs.push_back(value);
    } else if (name == "--macs") {
        DeviceMacs macs;
        const auto comma = value.find(',');
        if (comma == std::string::npos || !read_mac(value.substr(0, comma), macs.own) ||
            !read_mac(value.substr(comma + 1), macs.peer))
            return false;
        settings.macs.push_back(macs);
    } else if (name == "--rate") {
        settings.generator.rate = number;
    } else if (name == "--tick-us") {
        settings.generator.tick_us = number;
    } else if (name == "--window") {
        settings.generator.window = static_cast<unsigned>(number);
    } else if (name == "--warm-up") {
        settings.generator.warm_up_seconds = number;
    } else if (name == "--seconds") {
        settings.generator.seconds = number;
    } else if (name == "--late-ms") {
        settings.generator.late_ms = number;
    } else if (name == "--core") {
        settings.ports.core = static_cast<int>(number);
    } else if (name == "--napi-fd") {
        settings.generator.napi_fds.push_back(static_cast<int>(number));
    } else if (name == "--dut-core") {
        settings.generator.core = static_cast<int>(number);
    } else if (name == "--soak") {
        settings.soaks = number != 0;
    } else if (name == "--memory") {
        settings.ports.memory_mib = static_cast<unsigned>(number);
    } else if (name == "--huge") {
        settings.ports.hugepages = number != 0;
    } else if (name == "--watch") {
        return read_task_group(value, settings.generator.watched.emplace_back());
    } else if (name == "--wait-link") {
        settings.wait_link = number;
    } else {
        return false;
    }
    return true;
}

bool is_complete(const Settings& settings) {
    return !settings.flows.empty() && !settings.ports.vdevs.empty() &&
           settings.macs.size() == settings.ports.vdevs.size();
}

boost::json::object to_json(const TargetCounts& counts, std::uint64_t sent) {
    const double cycles_per_us = static_cast<double>(rte_get_tsc_hz()) / 1e6;
    const auto us = [&](std::uint64_t cycles) {
        return static_cast<double>(cycles) / cycles_per_us;
    };
    const LatencyHistogram& latency = counts.latency;
    return {{"received", counts.received},
            {"lost", static_cast<std::int64_t>(sent - counts.received)},
            {"duplicated", counts.duplicated},
            {"reordered", counts.reordered},
            {"late", counts.late},
            {"misdelivered", counts.misdelivered},
            {"corrupt", counts.corrupt},
            {"latency_us",
             {{"p50", us(latency.at(0.5))},
              {"p99", us(latency.at(0.99))},
              {"p99.9", us(latency.at(0.999))},
              {"max", us(latency.largest())}}}};
}

boost::json::object to_json(const CoreUse& use, std::uint64_t relayed) {
    const auto per_packet = [&](double cycles) {
        return relayed == 0 ? 0.0 : cycles / static_cast<double>(relayed);
    };
    return {{"seconds", use.seconds},
            {"busy_share", use.busy_share},
            {"steal_share", use.steal_share},
            {"cycles_per_packet", per_packet(static_cast<double>(use.busy_cycles))}};
}

void print(const Settings& settings, const GeneratorTotals& totals, const Generator& generator) {
    const TargetCounts& relay = generator.arrivals().counts(Target::relay);
    const TargetCounts& copy = generator.arrivals().counts(Target::copy);
    boost::json::object out{{"offered_pps", settings.generator.rate},
                            {"tsc_hz", rte_get_tsc_hz()},
                            {"seconds", totals.seconds},
                            {"sent", totals.sent},
                            {"sent_pps", static_cast<double>(totals.sent) / totals.seconds},
                            {"warm_up_sent", totals.warm_up_sent},
                            {"warm_up_relayed", generator.arrivals().warm_up_relayed()},
                            {"relay", to_json(relay, totals.sent)},
                            {"other", totals.other},
                            {"arp_answers", totals.arp_answers},
                            {"generator",
                             {{"stalls", totals.stalls},
                              {"longest_stall_ms", totals.longest_stall_ms},
                              {"window_resets", totals.window_resets},
                              {"missed", totals.missed}}}};
    if (copy.received != 0) out["copy"] = to_json(copy, totals.sent);
    boost::json::object tasks;  // cycles of each relayed packet
    for (std::size_t i = 0; i < totals.task_ns.size() && relay.received != 0; ++i)
        tasks[settings.generator.watched[i].name] = static_cast<double>(totals.task_ns[i]) / 1e9 *
                                                    static_cast<double>(rte_get_tsc_hz()) /
                                                    static_cast<double>(relay.received);
    out["task_cycles_per_packet"] = tasks;
    if (totals.core_use) out["core"] = to_json(*totals.core_use, relay.received);
    fmt::print("{}\n", boost::json::serialize(out));
}

int trouble(const std::string& text) {
    fmt::print(stderr, "weir-traffic-gen: {}\n", text);
    return 1;
}

int run(const Settings& settings) {
    const auto flows = read_flows(settings.flows);
    if (!flows) return trouble(flows.error().context);
    for (const auto& flow : *flows)
        if (flow.device >= settings.macs.size())
            return trouble("a flow names a device without --vdev");
    const auto ports = DpdkPorts::open(settings.ports);
    if (!ports) return trouble(ports.error().context);
    const std::uint64_t limit =
        rte_rdtsc() +
        static_cast<std::uint64_t>(settings.wait_link * static_cast<double>(rte_get_tsc_hz()));
    while (!(*ports)->all_up())
        if (rte_rdtsc() > limit) return trouble("a device has no link");
    std::unique_ptr<IdleSoak> soak;
    if (settings.soaks) {
        auto started = IdleSoak::start(static_cast<unsigned>(settings.generator.core));
        if (!started) return trouble(started.error().context);
        soak = std::move(*started);
    }
    Generator generator(settings.generator, *flows, settings.macs, **ports, soak.get());
    const GeneratorTotals totals = generator.run();
    print(settings, totals, generator);
    return 0;
}

}  // namespace
}  // namespace weir::bench

int main(int argc, char** argv) {
    weir::bench::Settings settings;
    settings.ports.file_prefix = fmt::format("weir_gen_{}", ::getpid());
    bool is_good = argc % 2 == 1;
    for (int i = 1; i + 1 < argc && is_good; i += 2)
        is_good = weir::bench::take(settings, argv[i], argv[i + 1]);
    if (!is_good || !weir::bench::is_complete(settings)) {
        std::fputs(weir::bench::kUsage, stderr);
        return 2;
    }
    return weir::bench::run(settings);
}
