// SPDX-License-Identifier: Apache-2.0
// weir-media: relays and forks RTP as weir-sip tells it over the media link. Wiring only.
#include <charconv>
#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>

#include "config/base/clock.hpp"
#include "config/base/log.hpp"
#include "config/base/random.hpp"
#include "config/base/unique_fd.hpp"
#include "config/platform/host.hpp"
#include "config/platform/platform.hpp"
#include "dataplane/control/media_node.hpp"
#include "dataplane/host/judgement.hpp"
#include "dataplane/host/read_machine.hpp"
#include "deploy/apps/io_wish.hpp"
#include "deploy/apps/media_settings.hpp"
#include "deploy/apps/notify.hpp"
#include "deploy/apps/options.hpp"

namespace weir::apps {
namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;
constexpr const char* kUsageText =
    "usage: weir-media --platform FILE [--config FILE] [--runtime DIR] [--shared-memory-fd N] "
    "[--log FILE]";

int trouble(int status, const std::string& text) {
    fmt::print(stderr, "weir-media: {}\n", text);
    return status;
}

// Blocked from here on in every thread that follows; read by the control thread.
Result<UniqueFd> take_signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    UniqueFd fd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!fd.is_open() || ::sigprocmask(SIG_BLOCK, &set, nullptr) != 0)
        return fail(ErrorCode::io, "cannot receive signals");
    // No stop signal of ours is lost by a reader that hung up.
    (void)::signal(SIGPIPE, SIG_IGN);
    return fd;
}

// -1 without the option.
Result<int> shared_memory_fd(const Options& options) {
    const std::string* text = options.find("--shared-memory-fd");
    if (text == nullptr) return -1;
    int fd = -1;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), fd);
    if (error != std::errc{} || end != text->data() + text->size() || fd < 3)
        return fail(ErrorCode::invalid,
                    fmt::format("--shared-memory-fd {} is not a descriptor", *text));
    return fd;
}

// The platform with its errors, and what this machine lacks of it, as text.
Result<config::Platform> load_platform(const std::string& path) {
    auto reading = config::read_platform(path);
    if (reading.ok()) {
        const auto host = config::read_host_facts();
        if (!host) return fail(host.error());
        reading.errors = config::check_against_host(reading.platform, *host);
        (void)config::take_absent(reading.platform, *host,
                                  reading.errors);  // weir run has named them
    }
    if (reading.ok()) return std::move(reading.platform);
    std::string text;
    for (const auto& error : reading.errors)
        text += (text.empty() ? "" : "\n") + config::to_string(path, error);
    return fail(ErrorCode::invalid, text);
}

int run(const Options& options) {
    const auto platform_file = options.required("--platform");
    const auto memory_fd = shared_memory_fd(options);
    if (!platform_file || !memory_fd) {
        const auto& error = platform_file ? memory_fd.error() : platform_file.error();
        return trouble(kUsage, fmt::format("{}\n{}", error.context, kUsageText));
    }
    const auto platform = load_platform(*platform_file);
    if (!platform) return trouble(kFailed, platform.error().context);
    const std::string* runtime = options.find("--runtime");
    const std::string* log_file = options.find("--log");
    const auto signals = take_signals();
    if (!signals) return trouble(kFailed, signals.error().context);
    auto logger =
        make_logger("weir-media", log_file != nullptr ? *log_file : "", platform->log_level);
    if (!logger) return trouble(kFailed, logger.error().context);

    // The supervisor asked for it too, but the kernel forgets it when our file has capabilities.
    if (*memory_fd >= 0) (void)::prctl(PR_SET_PDEATHSIG, SIGTERM);
    // Nothing that we might be made to execute gains what we do not have.
    (void)::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    const SystemClock clock;
    SystemRandom random;
    const auto machine = dataplane::read_machine("");
    if (!machine) return trouble(kFailed, machine.error().context);
    if (const auto lack = dataplane::judge_hugepages(io_wish(*platform), *machine))
        (*logger)->error(
            "media.hugepages",
            {{"reason", lack->what}, {"advice", lack->command}, {"instead", "ordinary pages"}});
    const auto eal = dataplane::Eal::start(eal_options(*platform, *machine));
    if (!eal) return trouble(kFailed, eal.error().context);
    const auto node = dataplane::MediaNode::start(
        node_options(*platform, *machine, runtime != nullptr ? *runtime : platform->paths.runtime,
                     *memory_fd),
        {**eal, random, clock, **logger});
    if (!node) return trouble(kFailed, node.error().context);
    notify_ready(fmt::format("media {}, {} worker{}", (*node)->io_mode(), (*node)->workers(),
                             (*node)->workers() == 1 ? "" : "s"));
    (*node)->run(signals->get());
    (*logger)->info("media.stopping",
                    {{"sessions", (*node)->control().sessions().in_use().size()}});
    return 0;
}

}  // namespace
}  // namespace weir::apps

int main(int argc, char** argv) {
    const auto options = weir::apps::parse_options(
        argc, argv, {"--platform", "--config", "--runtime", "--shared-memory-fd", "--log"},
        {"--help"});
    if (options && options->find("--help") != nullptr) {
        std::puts(weir::apps::kUsageText);
        return 0;
    }
    if (!options || !options->words.empty()) {
        return weir::apps::trouble(weir::apps::kUsage,
                                   fmt::format("{}\n{}",
                                               options ? "unexpected word " + options->words.front()
                                                       : options.error().context,
                                               weir::apps::kUsageText));
    }
    return weir::apps::run(*options);
}
