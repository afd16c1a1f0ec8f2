// SPDX-License-Identifier: Apache-2.0
// weir-sip: the SIP B2BUA. The table of contents of the program: every object, in the order of
// dependency.
#include <cstdio>

#include <fmt/format.h>
#include <signal.h>
#include <sys/signalfd.h>

#include "config/admin/admin.hpp"
#include "config/base/random.hpp"
#include "dataplane/link/link_client.hpp"
#include "deploy/apps/media_realms.hpp"
#include "deploy/apps/media_reports.hpp"
#include "deploy/apps/node.hpp"
#include "deploy/apps/notify.hpp"
#include "deploy/apps/operator_commands.hpp"
#include "deploy/apps/options.hpp"
#include "forking/ledger/book.hpp"
#include "forking/ledger/render.hpp"
#include "signaling/call/call_table.hpp"
#include "signaling/call/sip_router.hpp"
#include "signaling/cdr/cdr_file.hpp"
#include "signaling/cdr/cdr_log.hpp"
#include "signaling/sip/sofia_loop.hpp"
#include "signaling/sip/sofia_stack.hpp"

namespace weir::apps {
namespace {

constexpr const char* kUsage =
    "usage: weir-sip --config FILE --platform FILE [--runtime DIR] [--log FILE]";

int trouble(const std::string& text) {
    fmt::print(stderr, "weir-sip: {}\n", text);
    return 1;
}

// Blocked from here on in every thread that follows; read by the SIP thread.
UniqueFd take_signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int number : {SIGTERM, SIGINT})
        sigaddset(&set, number);
    ::sigprocmask(SIG_BLOCK, &set, nullptr);
    (void)::signal(SIGPIPE, SIG_IGN);
    return UniqueFd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

signaling::SofiaOptions sofia_options(const Node& node) {
    signaling::SofiaOptions options;
    for (const config::SipListener& listener : sip_listeners(*node.config, node.platform)) {
        if (listener.udp)
            options.listeners.push_back({signaling::SipTransport::udp, listener.endpoint});
        if (listener.tcp)
            options.listeners.push_back({signaling::SipTransport::tcp, listener.endpoint});
    }
    return options;
}

signaling::NetworkKnowledge network_knowledge(const Node& node, const MediaRealms& realms) {
    signaling::NetworkKnowledge network;
    network.realm_of = [&realms](const config::Config& config, const IpAddress& party) {
        return realms.toward(config, party);
    };
    network.advertised = [&node](dataplane::RealmIndex realm) {
        return node.platform.realms[realm].advertised;
    };
    network.source_of = kernel_route;
    return network;
}

std::string listeners_text(const signaling::SipStack& stack) {
    std::string text = "sip";
    for (const auto& [transport, endpoint] : stack.listeners())
        text += fmt::format(" {}:{}", signaling::to_string(transport), endpoint.to_string());
    return text;
}

int run(const Node& node, const std::string& runtime, Logger& log) {
    const SystemClock clock;
    SystemRandom random;
    const UniqueFd signals = take_signals();

    // SIP thread: the loop, the media link, the stack.
    auto loop = signaling::SofiaLoop::create(log);
    if (!loop) return trouble(loop.error().context);
    auto plane =
        dataplane::LinkClient::make({runtime + "/media.sock", random.next() | 1U}, clock, log);
    if (!plane) return trouble(plane.error().context);
    MediaReports reports(**plane, **loop, node.config->voice.rtp_ports);
    (*plane)->add_listener(
        reports);  // first: the port range goes out before anybody asks for ports
    auto stack = signaling::SofiaStack::create(**loop, sofia_options(node), random, log);
    if (!stack) return trouble(stack.error().context);

    // CDRs, calls, recordings.
    auto cdr_file = signaling::CdrFile::open(node.platform.paths.cdr, log);
    if (!cdr_file) return trouble(cdr_file.error().context);
    signaling::CdrLog cdr(**loop, **cdr_file, log, forking::recording_json);
    const MediaRealms realms(node.platform, kernel_route);
    signaling::CallTable calls({**loop, **stack, **plane, cdr, random, log},
                               network_knowledge(node, realms));
    (*plane)->add_listener(calls);
    calls.set_config(node.plan);
    forking::LedgerBook ledger;
    signaling::SipRouter router(calls);
    (*stack)->set_events(router);

    // Operators and scrapers: a thread of their own.
    config::AdminServer* admin_metrics = nullptr;
    config::AdminHooks hooks;
    hooks.metrics = [&](const auto& answer) {
        const bool posted = (*loop)->post([&, answer] {
            reports.read_plane([&, answer](const std::optional<dataplane::PlaneReport>& report) {
                std::vector<Metric> all;
                const auto add = [&all](const std::vector<Metric>& some) {
                    all.insert(all.end(), some.begin(), some.end());
                };
                add(calls.metrics());
                add((*stack)->metrics());
                add((*plane)->metrics());
                add(cdr.metrics());
                add((*cdr_file)->metrics());
                add(ledger.metrics());
                if (report) add(plane_metrics(*report));
                if (admin_metrics != nullptr) add(admin_metrics->metrics());
                answer(std::move(all));
            });
        });
        if (!posted) log.warning("admin.sip_thread_busy");
    };
    hooks.readiness = [&](const auto& answer) {
        const bool posted = (*loop)->post([&, answer] {
            const bool up = (*plane)->is_up();
            answer({up, fmt::format("media link: {}\n{}\n", up ? "up" : "down",
                                    listeners_text(**stack))});
        });
        if (!posted) answer({false, "the SIP thread is busy\n"});
    };
    config::AdminSettings settings;
    settings.socket_path = runtime + "/admin.sock";
    settings.sessions = node.platform.admin.sessions;
    if (node.platform.http.enabled) settings.http = node.platform.http.listen;
    auto admin = config::AdminServer::start(
        settings,
        operator_commands({**loop, node, **stack, **plane, calls, ledger, reports, clock.now()}),
        hooks, log);
    if (!admin) return trouble(admin.error().context);
    admin_metrics = admin->get();

    // Ready when weir-media is there; the end: calls first, then their recordings, then the loop.
    reports.set_on_first_up([&] {
        const auto http = (*admin)->http();
        notify_ready(
            fmt::format("{}; http {}", listeners_text(**stack), http ? http->to_string() : "off"));
        log.info("sip.ready", {{"listeners", listeners_text(**stack)}});
    });
    (void)(*loop)->watch((*plane)->fd(), [&] { (*plane)->run_once(); });
    (void)(*loop)->watch(signals.get(), [&] { (*loop)->stop(); });
    (*plane)->run_once();
    (*loop)->run();
    log.info("sip.stopped");
    admin->reset();
    return 0;
}

int start(const Options& options) {
    const auto config_file = options.required("--config");
    const auto platform_file = options.required("--platform");
    if (!config_file || !platform_file)
        return trouble(fmt::format(
            "{}\n{}", (config_file ? platform_file : config_file).error().context, kUsage));
    const auto host = config::read_host_facts();
    if (!host) return trouble(host.error().context);
    const NodeCheck check = load_node({*config_file, *platform_file}, &*host);
    std::fputs(check.report.c_str(), stderr);
    if (!check.node) return trouble("the configuration has errors");
    const std::string* log_file = options.find("--log");
    auto log = make_logger("weir-sip", log_file == nullptr ? "" : *log_file,
                           check.node->platform.log_level);
    if (!log) return trouble(log.error().context);
    const std::string* runtime = options.find("--runtime");
    return run(*check.node, runtime == nullptr ? check.node->platform.paths.runtime : *runtime,
               **log);
}

}  // namespace
}  // namespace weir::apps

int main(int argc, char** argv) {
    const auto options = weir::apps::parse_options(
        argc, argv, {"--config", "--platform", "--runtime", "--log"}, {"--help"});
    if (!options)
        return weir::apps::trouble(
            fmt::format("{}\n{}", options.error().context, weir::apps::kUsage));
    if (options->find("--help") != nullptr) {
        std::puts(weir::apps::kUsage);
        return 0;
    }
    return weir::apps::start(*options);
}
