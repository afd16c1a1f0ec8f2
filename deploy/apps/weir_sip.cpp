// SPDX-License-Identifier: Apache-2.0
// weir-sip: the SIP B2BUA. The table of contents of the program: every object, in the order of
// dependency.
#include <cstdio>

#include <fmt/format.h>

#include "config/admin/admin.hpp"
#include "config/base/random.hpp"
#include "dataplane/link/link_client.hpp"
#include "deploy/apps/drain.hpp"
#include "deploy/apps/edge_part.hpp"
#include "deploy/apps/flight_recorder.hpp"
#include "deploy/apps/live_config.hpp"
#include "deploy/apps/media_realms.hpp"
#include "deploy/apps/media_reports.hpp"
#include "deploy/apps/name_service.hpp"
#include "deploy/apps/node.hpp"
#include "deploy/apps/notify.hpp"
#include "deploy/apps/operator_commands.hpp"
#include "deploy/apps/operator_extras.hpp"
#include "deploy/apps/operator_part.hpp"
#include "deploy/apps/options.hpp"
#include "deploy/apps/plan_files.hpp"
#include "deploy/apps/route_cache.hpp"
#include "deploy/apps/sip_metrics.hpp"
#include "deploy/apps/sip_settings.hpp"
#include "deploy/apps/tls_wiring.hpp"
#include "forking/ledger/book.hpp"
#include "forking/ledger/render.hpp"
#include "forking/session/recording_manager.hpp"
#include "signaling/call/call_table.hpp"
#include "signaling/call/sip_router.hpp"
#include "signaling/cdr/cdr_file.hpp"
#include "signaling/cdr/cdr_log.hpp"
#include "signaling/debug/debug_board.hpp"
#include "signaling/show/call_history.hpp"
#include "signaling/sip/sofia_loop.hpp"
#include "signaling/sip/sofia_stack.hpp"
#include "signaling/tls/stack_mux.hpp"
#include "signaling/tls/tls_stack.hpp"

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

struct ServedParts {
    signaling::SofiaLoop& loop;
    dataplane::LinkClient& plane;
    signaling::CallTable& calls;
    forking::RecordingManager& recordings;
    EdgePart& edge;
};

// Until a signal. The end: calls, then their recordings, then the loop.
int serve(const ServedParts& parts, const UniqueFd& signals, Logger& log) {
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
        parts.loop.stop();
    };
    Drain drain(parts.loop, {release, is_done, hurry, stop});
    const auto media_watch = parts.loop.watch(parts.plane.fd(), [&] { parts.plane.run_once(); });
    const auto signal_watch = parts.loop.watch(signals.get(), [&] {
        if (was_signalled(signals)) drain.begin();
    });
    if (!media_watch || !signal_watch)
        return trouble((media_watch ? signal_watch : media_watch).error().context);
    parts.plane.run_once();
    parts.loop.run();
    return 0;
}

// What operators see and serve() runs.
struct OperatedParts {
    Node& node;
    const std::string& runtime;
    signaling::SofiaLoop& loop;
    signaling::SipStack& stack;
    signaling::SofiaStack& plain;
    signaling::TlsStack& secure;
    dataplane::LinkClient& plane;
    signaling::CallTable& calls;
    signaling::CallHistory& history;
    forking::RecordingManager& recordings;
    forking::LedgerBook& ledger;
    MediaReports& reports;
    LiveConfig& live;
    config::Store& store;
    EdgePart& edge;
    FlightRecorder& flight;
    SipMetrics& metrics;
    Random& random;
    MonoTime started_at;
};

// Operators and scrapers, on a thread of their own, until the end.
int operate(const OperatedParts& parts, const UniqueFd& signals, LogTap& log) {
    DialpeerDebug dialpeer(parts.loop, parts.calls);
    signaling::DebugBoard ccsip(parts.loop, parts.calls, parts.plain.shared_stats(),
                                parts.random.next());
    signaling::ClearedCounts cleared;
    const OperatorExtras extras = operator_extras(parts.live, {parts.loop, dialpeer, ccsip},
                                                  parts.node.platform.paths.cdr, log);
    config::CommandTable commands = operator_commands(
        {parts.loop, parts.node, parts.stack, parts.plane, parts.calls, parts.ledger, parts.reports,
         parts.plain, parts.secure, parts.history, cleared, parts.started_at, parts.live,
         parts.store, [&] { return parts.edge.keepalive_column(); }});
    parts.flight.add_commands(commands);
    parts.edge.add_commands(commands);
    auto admin = config::AdminServer::start(
        admin_settings(parts.node, parts.runtime), std::move(commands),
        {parts.metrics.hook(), readiness_hook(parts.loop, parts.plane, parts.stack),
         operator_parts(parts.store, extras), rollback_hook(parts.store, log)},
        log);
    if (!admin) return trouble(admin.error().context);
    parts.metrics.add_parts(**admin);

    // Ready when weir-media is there.
    parts.reports.set_on_first_up([&] {
        notify_ready(fmt::format("{}; {}", listeners_text(parts.stack), http_text(**admin)));
        log.info("sip.ready", {{"listeners", listeners_text(parts.stack)}});
    });
    return serve({parts.loop, parts.plane, parts.calls, parts.recordings, parts.edge}, signals,
                 log);
}

void connect(dataplane::LinkClient& plane, signaling::CallTable& calls,
             forking::RecordingManager& recordings, MediaReports& reports,
             signaling::CallHistory& history) {
    plane.add_listener(calls);
    plane.add_listener(recordings);
    plane.add_listener(reports);  // last: when it is told, the others have asked what they must
    calls.add_listener(recordings);
    calls.add_listener(history);
}

// What the first call finds: the configuration, and the endpoints that were registered.
void begin(LiveConfig& live, const config::Store& store, EdgePart& edge, const Node& node) {
    live.begin(store.running_id());
    edge.set_config(node.config);
    edge.keep_bindings(bindings_file(node.platform.paths.cdr));
}

int run(Node& node, const SipPlaces& places, const UniqueFd& signals, LogTap& log) {
    const SystemClock clock;
    SystemRandom random;

    // SIP thread: the loop, the media link, the stack.
    auto loop = signaling::SofiaLoop::create(log);
    if (!loop) return trouble(loop.error().context);
    auto plane = dataplane::LinkClient::make({places.runtime + "/media.sock", random.next() | 1U},
                                             clock, log);
    if (!plane) return trouble(plane.error().context);
    MediaReports reports(**plane, **loop);
    auto plain = open_stack(node, **loop, random, log, signals);
    if (!plain) return trouble(plain.error().context);
    auto secure = signaling::TlsStack::create({**loop, random, (*plain)->shared_stats(), log}, {});
    if (!secure) return trouble(secure.error().context);
    signaling::StackMux stack(**plain, **secure);

    // CDRs, calls, recordings.
    auto cdr_file = signaling::CdrFile::open(node.platform.paths.cdr, log);
    if (!cdr_file) return trouble(cdr_file.error().context);
    signaling::CdrLog cdr(**loop, **cdr_file, log, forking::recording_json);
    RouteCache routes(clock, kernel_route);
    const MediaRealms realms(node.platform, routes.lookup());
    auto names = NameService::create(**loop, node.platform, random, log);
    if (!names) return trouble(names.error().context);
    signaling::NetworkKnowledge network = network_knowledge(node, realms, routes.lookup());
    (*names)->answer_for(network);
    signaling::CallTable calls({**loop, stack, **plane, cdr, random, log}, network);
    FlightRecorder flight(node.platform.paths.trace_directory(), calls, random, clock, log);
    forking::LedgerBook ledger;
    forking::RecordingManager recordings({**loop, stack, **plane, ledger, random, log}, network,
                                         record_hooks(cdr));

    // Who hears what.
    signaling::CallHistory history(clock);
    connect(**plane, calls, recordings, reports, history);
    signaling::SipRouter router(calls);
    router.add(recordings);
    EdgePart edge({**loop, stack, random, log}, network, calls, router);
    stack.set_events(router);
    const auto set_trunks = [&](const config::Config& config) {
        history.configure(config);
        (*names)->keep(config);
        (*secure)->configure(tls_settings(config, node.platform, places.startup));
    };
    set_trunks(*node.config);

    // The configuration: commits come from the admin thread, which the store belongs to.
    LiveConfig live({**loop, node, calls, flash_directory(node.platform, places.startup),
                     [&](const config::Config& config) {
                         set_trunks(config);
                         edge.set_config(node.config);
                     }});
    config::Store store(
        store_settings(node.platform, places), node.config,
        [&](const auto& next) { return live.prepare(next); }, clock);
    if (const auto opened = store.open(); !opened)
        log.warning("store.history_not_kept", {{"why", opened.error().context}});
    begin(live, store, edge, node);

    SipMetrics metrics(**loop, reports);
    metrics.add(build_metrics);
    metrics.add_parts(calls, recordings, ledger, cdr, **cdr_file, **plain, **secure, **names,
                      **plane, flight, edge);
    return operate(
        {node, places.runtime, **loop, stack, **plain, **secure, **plane, calls, history,
         recordings, ledger, reports, live, store, edge, flight, metrics, random, clock.now()},
        signals, log);
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
