// SPDX-License-Identifier: Apache-2.0
// Settings of weir-sip's parts.
#include "deploy/apps/sip_settings.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "config/base/limits.hpp"
#include "config/base/text.hpp"
#include "config/store/atomic_file.hpp"
#include "deploy/apps/flash_file.hpp"
#include "deploy/apps/plan_files.hpp"

namespace weir::apps {

namespace {

// weir-media starts beside us: EAL and its devices take a second or two, taps come after them.
constexpr auto kTapWait = seconds(15);
constexpr auto kTapLook = milliseconds(50);

}  // namespace

UniqueFd take_signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int number : {SIGTERM, SIGINT})
        sigaddset(&set, number);
    ::sigprocmask(SIG_BLOCK, &set, nullptr);
    (void)::signal(SIGPIPE, SIG_IGN);
    return UniqueFd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

bool was_signalled(const UniqueFd& signals) {
    bool any = false;
    signalfd_siginfo info{};
    while (::read(signals.get(), &info, sizeof info) == sizeof info)
        any = true;
    return any;
}

signaling::SofiaOptions sofia_options(const Node& node) {
    signaling::SofiaOptions options;
    for (const config::SipListener& listener : sip_listeners(*node.config, node.platform)) {
        // Named in a warning at the start and in `show version`.
        if (node.is_absent(listener.endpoint.address)) continue;
        if (listener.udp)
            options.listeners.push_back({signaling::SipTransport::udp, listener.endpoint});
        if (listener.tcp)
            options.listeners.push_back({signaling::SipTransport::tcp, listener.endpoint});
    }
    return options;
}

Result<std::unique_ptr<signaling::SofiaStack>> open_stack(const Node& node,
                                                          signaling::SofiaLoop& loop,
                                                          Random& random, const UniqueFd& signals) {
    const signaling::SofiaOptions options = sofia_options(node);
    const bool waits = std::any_of(
        options.listeners.begin(), options.listeners.end(),
        [&](const auto& listener) { return node.platform.is_on_port(listener.address.address); });
    const MonoTime end = loop.clock().now() + kTapWait;
    for (;;) {
        auto stack = signaling::SofiaStack::create(loop, options, random);
        const bool is_missing = !stack && stack.error().code == ErrorCode::not_found;
        if (!is_missing || !waits || loop.clock().now() >= end) return stack;
        pollfd stop{signals.get(), POLLIN, 0};
        if (::poll(&stop, 1, static_cast<int>(kTapLook.count())) > 0) return stack;
    }
}

signaling::NetworkKnowledge network_knowledge(const Node& node, const MediaRealms& realms,
                                              const RouteLookup& route) {
    signaling::NetworkKnowledge network;
    network.realm_of = [&realms](const config::Config& config, const IpAddress& party) {
        return realms.toward(config, party);
    };
    network.advertised = [&node](dataplane::RealmIndex realm) {
        return node.platform.realms[realm].advertised;
    };
    network.source_of = route;
    network.realm_at = [&node](const IpAddress& local) -> std::optional<dataplane::RealmIndex> {
        if (const auto realm = node.platform.realm_of(local)) return *realm;
        return std::nullopt;
    };
    return network;
}

config::StoreSettings store_settings(const config::Platform& platform, const SipPlaces& places) {
    const std::string beside = places.startup + ".history";
    config::StoreSettings settings;
    settings.startup = places.startup;
    settings.directory = platform.store.directory.empty() ? beside : platform.store.directory;
    settings.running = places.running;
    settings.read_file = [startup = places.startup,
                          flash = flash_directory(platform, places.startup)](
                             const std::string& file) -> Result<std::string> {
        if (text::iequals(file, "startup-config") || text::iequals(file, "nvram:startup-config"))
            return config::read_bounded(startup, kConfigMaxBytes);
        auto read = read_flash_file(flash, file, kConfigMaxBytes);
        if (read && read->size() > kConfigMaxBytes)
            return fail(ErrorCode::exhausted,
                        "the file is larger than " + std::to_string(kConfigMaxBytes) + " bytes");
        return read;
    };
    return settings;
}

std::function<void()> rollback_hook(config::Store& store, Logger& log) {
    return [&] {
        if (const auto done = store.on_time()) log.warning("store.rolled_back", {{"what", *done}});
    };
}

forking::RecordHooks record_hooks(signaling::CdrLog& cdr) {
    return {[&cdr](signaling::CallId call) { return cdr.hold(call); },
            [&cdr](signaling::CallId call, std::vector<signaling::RecordingSummary> recordings) {
                cdr.release(call, std::move(recordings));
            }};
}

config::AdminSettings admin_settings(const Node& node, const std::string& runtime) {
    config::AdminSettings settings;
    settings.socket_path = runtime + "/admin.sock";
    settings.sessions = node.platform.admin.sessions;
    if (node.platform.http.enabled) settings.http = node.platform.http.listen;
    // Root and our own user are administrators; strangers may look.
    settings.privilege_of = [users = node.platform.users](const std::string& name) {
        for (const config::PlatformUser& user : users)
            if (user.name == name && user.role == config::UserRole::admin)
                return config::Privilege::admin;
        return config::Privilege::read_only;
    };
    return settings;
}

std::function<void(std::function<void(config::Readiness)>)> readiness_hook(
    signaling::EventLoop& loop, const dataplane::MediaPlane& plane,
    const signaling::SipStack& stack) {
    // When the loop's queue is full there is no answer, and the asker gets 503 in time.
    return [&](const std::function<void(config::Readiness)>& answer) {
        (void)loop.post([&, answer] {
            const bool up = plane.is_up();
            answer({up, fmt::format("media link: {}\n{}\n", up ? "up" : "down",
                                    listeners_text(stack))});
        });
    };
}

std::string http_text(const config::AdminServer& admin) {
    const auto endpoint = admin.http();
    return endpoint ? "http " + endpoint->to_string() : "http off";
}

std::string listeners_text(const signaling::SipStack& stack) {
    std::string text = "sip";
    for (const auto& [transport, endpoint] : stack.listeners())
        text += fmt::format(" {}:{}", signaling::to_string(transport), endpoint.to_string());
    return text;
}

}  // namespace weir::apps
