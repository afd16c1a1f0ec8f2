// SPDX-License-Identifier: Apache-2.0
// weir-sip: the SIP B2BUA, from its options to its end. Every object it is made of stands in
// sip_parts.hpp.
#include <cstdio>

#include <fmt/format.h>

#include "config/admin/admin.hpp"
#include "deploy/apps/drain.hpp"
#include "deploy/apps/notify.hpp"
#include "deploy/apps/operator_commands.hpp"
#include "deploy/apps/operator_extras.hpp"
#include "deploy/apps/operator_part.hpp"
#include "deploy/apps/options.hpp"
#include "deploy/apps/sip_parts.hpp"
#include "deploy/apps/spare_memory.hpp"
#include "signaling/debug/debug_board.hpp"

namespace weir::apps {
namespace {

constexpr std::uint8_t kCauseOutOfOrder =
    41;  // Q.850 temporary failure: the node goes down under the call
constexpr const char* kUsage =
    "usage: weir-sip --config FILE --platform FILE [--startup FILE] [--runtime DIR] [--log FILE]";

int trouble(const std::string& text) {
    fmt::print(stderr, "weir-sip: {}\n", text);
    return 1;
}

std::vector<Metric> build_metrics() {
    return {{"weir_apps_build_info",
             "always 1; the version is its label",
             MetricKind::gauge,
             1,
             {{"version", WEIR_VERSION}}}};
}

// Until a signal. The end: calls, then their recordings, then the loop.
int serve(SipParts& parts, const UniqueFd& signals) {
    Logger& log = parts.around.log;
    signaling::SofiaLoop& loop = *parts.opened.loop;
    dataplane::LinkClient& plane = *parts.opened.plane;
    const auto release = [&] {
        parts.calls.release_all(kCauseOutOfOrder);
        parts.edge.stop();
    };
    const auto is_done = [&] {
        return parts.calls.size() == 0 && parts.recordings.size() == 0 && parts.edge.is_idle();
    };
    const auto hurry = [&] {
        parts.calls.give_up_byes();
        parts.edge.give_up();
    };
    const auto stop = [&](bool clean) {
        log.info("sip.stopping", {{"clean", clean ? "yes" : "no"}, {"calls", parts.calls.size()}});
        loop.stop();
    };
    Drain drain(loop, {release, is_done, hurry, stop});
    const auto media_watch = loop.watch(plane.fd(), [&] { plane.run_once(); });
    const auto signal_watch = loop.watch(signals.get(), [&] {
        if (was_signalled(signals)) drain.begin();
    });
    if (!media_watch || !signal_watch)
        return trouble((media_watch ? signal_watch : media_watch).error().context);
    const SpareMemory spare(loop);
    plane.run_once();
    loop.run();
    return 0;
}

// Operators and scrapers, on a thread of their own, until the end.
int operate(SipParts& parts, SipMetrics& metrics, const UniqueFd& signals) {
    const auto& [node, places, clock, random, log] = parts.around;
    signaling::SofiaLoop& loop = *parts.opened.loop;
    DialpeerDebug dialpeer(loop, parts.calls);
    signaling::DebugBoard ccsip(loop, parts.calls, parts.opened.plain->shared_stats(),
                                random.next());
    signaling::ClearedCounts cleared;
    const OperatorExtras extras =
        operator_extras(parts.live, {loop, dialpeer, ccsip}, node.platform.paths.cdr, log);
    config::CommandTable commands = operator_commands(
        {loop, node, parts.stack, *parts.opened.plane, parts.calls, parts.ledger, parts.reports,
         *parts.opened.plain, *parts.opened.secure, parts.history, cleared, clock.now(), parts.live,
         parts.store, [&] { return parts.edge.keepalive_column(); }});
    parts.flight.add_commands(commands);
    parts.edge.add_commands(commands);
    auto admin = config::AdminServer::start(
        admin_settings(node, places.runtime), std::move(commands),
        {metrics.hook(), readiness_hook(loop, *parts.opened.plane, parts.stack),
         operator_parts(parts.store, extras), rollback_hook(parts.store, log)},
        log);
    if (!admin) return trouble(admin.error().context);
    metrics.add_parts(**admin);

    // Ready when weir-media is there.
    parts.reports.set_on_first_up([&] {
        notify_ready(fmt::format("{}; {}", listeners_text(parts.stack), http_text(**admin)));
        parts.around.log.info("sip.ready", {{"listeners", listeners_text(parts.stack)}});
    });
    return serve(parts, signals);
}

int run(Node& node, const SipPlaces& places, const UniqueFd& signals, LogTap& log) {
    const SystemClock clock;
    SystemRandom random;
    const SipSurroundings around{node, places, clock, random, log};
    auto opened = open_parts(around, signals);
    if (!opened) return trouble(opened.error().context);
    SipParts parts(around, *opened);
    parts.begin();
    SipMetrics metrics(*opened->loop, parts.reports);
    metrics.add(build_metrics);
    parts.add_to(metrics);
    return operate(parts, metrics, signals);
}

int start(const Options& options) {
    const auto config_file = options.required("--config");
    const auto platform_file = options.required("--platform");
    if (!config_file || !platform_file)
        return trouble(fmt::format(
            "{}\n{}", (config_file ? platform_file : config_file).error().context, kUsage));
    const auto host = config::read_host_facts();
    if (!host) return trouble(host.error().context);
    const std::string* startup = options.find("--startup");
    NodeCheck check =
        load_node({*config_file, *platform_file, startup == nullptr ? "" : *startup}, &*host);
    std::fputs(check.report.c_str(), stderr);
    if (!check.node) return trouble("the configuration has errors");
    const UniqueFd signals = take_signals();  // before the log has its thread
    const std::string* log_file = options.find("--log");
    auto log = make_logger("weir-sip", log_file == nullptr ? "" : *log_file,
                           check.node->platform.log_level);
    if (!log) return trouble(log.error().context);
    const std::string* runtime = options.find("--runtime");
    const SipPlaces places{startup == nullptr ? *config_file : *startup,
                           startup == nullptr ? "" : *config_file,
                           runtime == nullptr ? check.node->platform.paths.runtime : *runtime};
    const SystemClock clock;
    LogTap tap(**log, clock);
    return run(*check.node, places, signals, tap);
}

}  // namespace
}  // namespace weir::apps

int main(int argc, char** argv) {
    const auto options = weir::apps::parse_options(
        argc, argv, {"--config", "--startup", "--platform", "--runtime", "--log"}, {"--help"});
    if (!options)
        return weir::apps::trouble(
            fmt::format("{}\n{}", options.error().context, weir::apps::kUsage));
    if (options->find("--help") != nullptr) {
        std::puts(weir::apps::kUsage);
        return 0;
    }
    return weir::apps::start(*options);
}
