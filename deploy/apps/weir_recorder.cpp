// SPDX-License-Identifier: Apache-2.0
// weir-recorder: answers recording calls and writes what it receives. Wiring only.
#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <poll.h>
#include <sys/signalfd.h>

#include "config/base/log.hpp"
#include "config/base/random.hpp"
#include "config/base/unique_fd.hpp"
#include "deploy/apps/notify.hpp"
#include "deploy/apps/options.hpp"
#include "deploy/apps/recorder_options.hpp"
#include "forking/recorder/deaf_sockets.hpp"
#include "forking/recorder/recorder_server.hpp"
#include "signaling/sip/sofia_loop.hpp"
#include "signaling/sip/sofia_stack.hpp"

namespace weir::apps {
namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;
constexpr const char* kUsageText =
    "usage: weir-recorder --platform FILE [--config FILE] [--runtime DIR] [--log FILE]\n"
    "       weir-recorder --listen ADDRESS:PORT --directory DIR [--rtp-address ADDRESS]\n"
    "                     [--rtp-ports MIN-MAX] [--max-sessions N] [--log FILE]\n"
    "       for tests: [--answer-delay-ms N] [--refuse CODE [--redirect CONTACT]] [--silent]";

int trouble(int status, const std::string& text) {
    fmt::print(stderr, "weir-recorder: {}\n", text);
    return status;
}

// Blocked from here on in every thread that follows; read by the loop.
Result<UniqueFd> take_signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    UniqueFd fd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!fd.is_open() || ::sigprocmask(SIG_BLOCK, &set, nullptr) != 0)
        return fail(ErrorCode::io, "cannot receive signals");
    (void)::signal(SIGPIPE, SIG_IGN);
    return fd;
}

// A recorder that takes everything in and never says a word (spec N13).
int run_silent(const RecorderProgram& settings, int signals, Logger& log) {
    const auto sockets = forking::DeafSockets::open(settings.listen);
    if (!sockets) return trouble(kFailed, sockets.error().context);
    log.info("recorder.ready", {{"listen", settings.listen.to_string()}, {"silent", "yes"}});
    notify_ready("recorder, silent");
    pollfd wait{signals, POLLIN, 0};
    while (::poll(&wait, 1, -1) < 1) {
    }
    return 0;
}

int serve(const RecorderProgram& settings, int signals, Logger& log) {
    using signaling::SipTransport;
    SystemRandom random;
    const auto loop = signaling::SofiaLoop::create(log);
    if (!loop) return trouble(kFailed, loop.error().context);
    signaling::SofiaOptions options;
    options.listeners = {{SipTransport::udp, settings.listen},
                         {SipTransport::tcp, settings.listen}};
    const auto stack = signaling::SofiaStack::create(**loop, options, random);
    if (!stack) return trouble(kFailed, stack.error().context);
    const auto server = forking::RecorderServer::start(settings.recorder, **stack, **loop, log);
    if (!server) return trouble(kFailed, server.error().context);
    (*stack)->set_events(**server);
    const auto watch = (*loop)->watch(signals, [&] { (*server)->stop([&] { (*loop)->stop(); }); });
    if (!watch) return trouble(kFailed, watch.error().context);
    for (const auto& [transport, endpoint] : (*stack)->listeners())
        log.info("recorder.ready", {{"listen", endpoint.to_string()},
                                    {"transport", signaling::to_string(transport)},
                                    {"directory", settings.recorder.directory}});
    notify_ready(fmt::format("recorder on {}", settings.listen.to_string()));
    (*loop)->run();
    log.info("recorder.stopped");
    return 0;
}

int run(const Options& options) {
    const auto settings = read_recorder_options(options);
    if (!settings)
        return trouble(kUsage, fmt::format("{}\n{}", settings.error().context, kUsageText));
    const auto signals = take_signals();
    if (!signals) return trouble(kFailed, signals.error().context);
    const std::string* log_file = options.find("--log");
    const auto log =
        make_logger("weir-recorder", log_file != nullptr ? *log_file : "", settings->log_level);
    if (!log) return trouble(kFailed, log.error().context);
    if (options.find("--silent") != nullptr) return run_silent(*settings, signals->get(), **log);
    return serve(*settings, signals->get(), **log);
}

}  // namespace
}  // namespace weir::apps

int main(int argc, char** argv) {
    const auto options = weir::apps::parse_options(
        argc, argv,
        {"--platform", "--config", "--runtime", "--shared-memory-fd", "--log", "--listen",
         "--directory", "--rtp-address", "--rtp-ports", "--max-sessions", "--answer-delay-ms",
         "--refuse", "--redirect"},
        {"--silent", "--help"});
    if (options && options->find("--help") != nullptr) {
        std::puts(weir::apps::kUsageText);
        return 0;
    }
    if (!options || !options->words.empty())
        return weir::apps::trouble(weir::apps::kUsage,
                                   fmt::format("{}\n{}",
                                               options ? "unexpected word " + options->words.front()
                                                       : options.error().context,
                                               weir::apps::kUsageText));
    return weir::apps::run(*options);
}
