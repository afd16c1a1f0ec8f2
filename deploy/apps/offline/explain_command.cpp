// SPDX-License-Identifier: Apache-2.0
// weir explain: from its options to its exit status.
#include "deploy/apps/offline/explain_command.hpp"

#include <cstdio>
#include <memory>

#include <fmt/format.h>

#include "config/base/text.hpp"
#include "config/store/atomic_file.hpp"
#include "deploy/apps/explain_call.hpp"
#include "deploy/apps/offline/capture_invites.hpp"
#include "deploy/apps/offline/capture_limits.hpp"
#include "deploy/apps/offline/explained_config.hpp"

namespace weir::apps {
namespace {

constexpr int kRouted = 0;
constexpr int kRefused = 1;
constexpr int kUnusable = 2;  // wrong options, or a configuration with errors

Result<CallWords> words_of(const Options& options) {
    CallWords words;
    if (const auto* calling = options.find("--calling")) words.calling = *calling;
    if (const auto* called = options.find("--called")) words.called = *called;
    if (const auto* port = options.find("--voice-port")) words.voice_port = *port;
    for (const auto& [option, place] :
         {std::pair{"--source", &words.source}, std::pair{"--local", &words.local}}) {
        const auto* given = options.find(option);
        if (given == nullptr) continue;
        const auto endpoint = Endpoint::parse(*given, 5060);
        if (!endpoint)
            return fail(ErrorCode::invalid,
                        fmt::format("{} {}: an address is needed, with or without a port", option,
                                    text::printable(*given)));
        *place = *endpoint;
    }
    if (const auto* transport = options.find("--transport")) {
        words.transport = text::lower(*transport);
        if (words.transport != "udp" && words.transport != "tcp" && words.transport != "tls")
            return fail(ErrorCode::invalid, fmt::format("--transport is udp, tcp or tls, not {}",
                                                        text::printable(*transport)));
    }
    return words;
}

// A call, and where it was found: a line above the explanation, "" for one made from words.
struct CallToExplain {
    ExplainedCall call;
    std::string origin;
};

Result<CallToExplain> call_of_capture(const std::string& path, const Options& options,
                                      CallWords words) {
    std::uint64_t wanted = 1;
    if (const auto* call = options.find("--call")) {
        const auto number = text::number(*call);
        if (!number || *number == 0)
            return fail(ErrorCode::invalid, "--call is the number of an INVITE, from 1");
        wanted = *number;
    }
    const auto bytes = config::read_bounded(path, kCaptureMaxBytes);
    if (!bytes) return fail(bytes.error());
    auto invite = find_invite(*bytes, wanted);
    if (!invite) return fail(invite.error().within(path));
    if (!words.source) words.source = invite->source;
    if (!words.local) words.local = invite->destination;
    if (words.transport.empty()) words.transport = invite->is_tcp ? "tcp" : "udp";
    auto call = call_of_invite(invite->text, words);
    const std::string place = fmt::format("frame {} of {}", invite->frame, path);
    if (!call) return fail(call.error().within(place));
    return CallToExplain{std::move(*call),
                         fmt::format("{}: {} to {}", place, invite->source.to_string(),
                                     invite->destination.to_string())};
}

Result<CallToExplain> find_call(const config::Config& config, const Options& options) {
    const auto words = words_of(options);
    if (!words) return fail(words.error());
    const auto* invite = options.find("--invite");
    const auto* capture = options.find("--pcap");
    if (invite != nullptr && capture != nullptr)
        return fail(ErrorCode::invalid, "--invite or --pcap, not both");
    if ((invite != nullptr || capture != nullptr) &&
        (options.find("--called") != nullptr || options.find("--calling") != nullptr))
        return fail(ErrorCode::invalid,
                    "the numbers stand in the INVITE: --calling and --called go without one");
    if (capture != nullptr) return call_of_capture(*capture, options, *words);
    if (invite != nullptr) {
        const auto bytes = config::read_bounded(*invite, kInviteMaxBytes);
        if (!bytes) return fail(bytes.error());
        auto call = call_of_invite(*bytes, *words);
        if (!call) return fail(call.error().within(*invite));
        return CallToExplain{std::move(*call), *invite};
    }
    if (options.find("--called") == nullptr)
        return fail(ErrorCode::invalid,
                    "which call? --called NUMBER (and --calling NUMBER, --source ADDRESS), or "
                    "--invite FILE, or --pcap FILE");
    return CallToExplain{call_of_words(config, *words), ""};
}

}  // namespace

int explain_command(const Options& options) {
    const auto chosen = explained_config(options);
    if (!chosen) {
        fmt::print(stderr, "weir explain: {}\n", chosen.error().context);
        return kUnusable;
    }
    const NodeCheck& check = chosen->check;
    if (!check.node) {
        std::fputs(check.report.c_str(), stderr);
        fmt::print(stderr, "weir explain: {} has {} error{}: nothing can be explained\n",
                   chosen->name, check.errors, check.errors == 1 ? "" : "s");
        return kUnusable;
    }
    const auto found = find_call(*check.node->config, options);
    if (!found) {
        fmt::print(stderr, "weir explain: {}\n", found.error().context);
        return kUnusable;
    }
    // The same answer each time: where chance decides, one of the possible orders is shown.
    SeededRandom random(1);
    const auto explanation =
        explain_call(*check.node->plan, found->call, random, dialplan::UsageMap{});
    if (options.find("--json") != nullptr) {
        std::fputs(dialplan::explain_json(explanation).c_str(), stdout);
    } else {
        if (!found->origin.empty()) fmt::print("{:<11}{}\n", "INVITE", found->origin);
        std::fputs(dialplan::explain_text(*check.node->config, explanation).c_str(), stdout);
    }
    return explanation.refusal() == nullptr ? kRouted : kRefused;
}

}  // namespace weir::apps
