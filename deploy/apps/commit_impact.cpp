// SPDX-License-Identifier: Apache-2.0
// Both decisions about each call, compared.
#include "deploy/apps/commit_impact.hpp"

#include <algorithm>
#include <cerrno>
#include <map>
#include <utility>

#include <boost/json.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/base/random.hpp"
#include "config/base/unique_fd.hpp"
#include "deploy/apps/explain_call.hpp"
#include "dialplan/route.hpp"
#include "forking/policy/policy.hpp"
#include "signaling/edge/admission.hpp"
#include "signaling/edge/codec_choice.hpp"
#include "signaling/edge/trusted_sources.hpp"

namespace weir::apps {
namespace {

namespace json = boost::json;

constexpr std::uint64_t kSeed = 1;         // the same draw for both configurations
constexpr std::size_t kShownCalls = 20;    // of one group
constexpr std::size_t kShownGroups = 100;  // of one answer

// What matters to an operator about one call, each as a text.
struct Outcome {
    std::string refusal;      // "" = routed
    std::string peer;         // inbound
    std::string route;        // outbound peers in hunting order, with their targets
    std::string translation;  // the numbers that go out
    std::string codec;
    std::string recording;
};

std::string codecs_of(const config::Config& config, config::DialPeerTag inbound,
                      config::DialPeerTag outbound) {
    const config::DialPeer* in = config.find_peer(inbound);
    const config::DialPeer* out = config.find_peer(outbound);
    if (out == nullptr) return "";
    const config::DialPeer& from = in == nullptr ? config::default_dial_peer() : *in;
    std::vector<std::string> names;
    for (const auto codec : signaling::outbound_offer(config, {from, *out},
                                                      signaling::configured_codecs(config, from)))
        names.emplace_back(config::codec_info(codec).keyword);
    return names.empty() ? "none in common" : fmt::format("{}", fmt::join(names, ", "));
}

// Of the call as it goes to its first candidate.
std::string recording_of(const config::Config& config, config::DialPeerTag inbound,
                         config::DialPeerTag outbound) {
    const auto plan = forking::plan_recording(config, inbound, outbound);
    if (!plan) return "none";
    std::vector<std::string> tags;
    for (const auto& recorder : plan->recorders)
        tags.push_back(std::to_string(recorder.peer.value()));
    return fmt::format("class {} to {}", plan->media_class,
                       tags.empty() ? "no recorder" : fmt::format("{}", fmt::join(tags, ", ")));
}

// One configuration, ready to be asked about many calls.
class Judge {
public:
    explicit Judge(const dialplan::DialPlan& plan) : plan_(plan), trusted_(*plan.config()) {}

    [[nodiscard]] Outcome outcome_of(const PastCall& call) const {
        const config::Config& config = *plan_.config();
        if (call.source) {
            const auto door = signaling::admit(config.voice, trusted_,
                                               {.source = *call.source, .method = "INVITE"});
            if (door.verdict != signaling::Admission::Verdict::admit) {
                Outcome shut;
                shut.refusal = door.status == 0 ? "no answer: the source is not trusted"
                                                : fmt::format("{} at the door", door.status);
                return shut;
            }
        }
        CallWords words;
        words.calling = call.calling;
        words.called = call.called;
        if (call.source) words.source = Endpoint{*call.source, 0, 0};
        SeededRandom random(kSeed);
        const auto decision = dialplan::route(plan_, call_of_words(config, words).query, random,
                                              dialplan::UsageMap{});
        return outcome_of(decision);
    }

private:
    [[nodiscard]] Outcome outcome_of(const dialplan::RouteDecision& decision) const {
        const config::Config& config = *plan_.config();
        Outcome outcome;
        if (decision.refused || decision.candidates.empty()) {
            outcome.refusal = decision.refused
                                  ? fmt::format("{}, cause {}", decision.refused->sip,
                                                static_cast<unsigned>(decision.refused->cause))
                                  : "404";
            return outcome;
        }
        outcome.peer = fmt::format("dial-peer {}", decision.inbound.peer.value());
        std::vector<std::string> route;
        for (const auto& candidate : decision.candidates)
            route.push_back(fmt::format("{} ({})", candidate.match.peer.value(), candidate.target));
        outcome.route = fmt::format("{}", fmt::join(route, ", "));
        const auto& first = decision.candidates.front();
        outcome.translation = fmt::format("{} calls {}", first.calling, first.called);
        outcome.codec = codecs_of(config, decision.inbound.peer, first.match.peer);
        outcome.recording = recording_of(config, decision.inbound.peer, first.match.peer);
        return outcome;
    }

    const dialplan::DialPlan& plan_;
    signaling::TrustedSources trusted_;
};

std::vector<ImpactChange> changes_between(const Outcome& before, const Outcome& after) {
    if (before.refusal != after.refusal)
        return {{"refusal", before.refusal.empty() ? "routed to " + before.route : before.refusal,
                 after.refusal.empty() ? "routed to " + after.route : after.refusal}};
    std::vector<ImpactChange> changes;
    const auto compare = [&](const char* what, const std::string& old, const std::string& next) {
        if (old != next) changes.push_back({what, old, next});
    };
    compare("peer", before.peer, after.peer);
    compare("route", before.route, after.route);
    compare("translation", before.translation, after.translation);
    compare("codec", before.codec, after.codec);
    compare("recording", before.recording, after.recording);
    return changes;
}

std::string text_in(const json::object& object, const char* key) {
    const json::value* value = object.if_contains(key);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

std::optional<PastCall> past_call(std::string_view line) {
    boost::system::error_code failure;
    const json::value value = json::parse(line, failure);
    if (failure || !value.is_object()) return std::nullopt;
    const json::object& object = value.get_object();
    const json::value* caller = object.if_contains("caller");
    if (!object.contains("called") || caller == nullptr || !caller->is_object())
        return std::nullopt;
    PastCall call;
    call.setup = text_in(object, "setup");
    call.guid = text_in(object, "guid");
    call.calling = text_in(object, "calling");
    call.called = text_in(object, "called");
    if (const auto address = IpAddress::parse(text_in(caller->get_object(), "address")))
        call.source = *address;
    return call;
}

std::string from_text(const PastCall& call) {
    return call.source ? " from " + call.source->to_string() : "";
}

}  // namespace

PastCalls past_calls(std::string_view lines, std::size_t count) {
    PastCalls past;
    while (!lines.empty() && past.calls.size() < count) {
        if (lines.back() == '\n') lines.remove_suffix(1);
        const auto end = lines.rfind('\n');
        const std::string_view line = end == std::string_view::npos ? lines : lines.substr(end + 1);
        lines = lines.substr(0, end == std::string_view::npos ? 0 : end + 1);
        if (line.empty()) continue;
        if (auto call = past_call(line))
            past.calls.push_back(*std::move(call));
        else
            ++past.unreadable;
    }
    std::reverse(past.calls.begin(), past.calls.end());
    return past;
}

Result<std::string> end_of_file(const std::string& path) {
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat status {};
    if (!fd.is_open() || ::fstat(fd.get(), &status) != 0)
        return fail_errno("cannot read " + path, errno);
    if (!S_ISREG(status.st_mode)) return fail(ErrorCode::invalid, path + " is no regular file");
    const auto size = static_cast<std::size_t>(status.st_size);
    std::string text(std::min(size, kImpactBytes), '\0');
    std::size_t have = 0;
    while (have < text.size()) {
        const auto got = ::pread(fd.get(), text.data() + have, text.size() - have,
                                 static_cast<off_t>(size - text.size() + have));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail_errno("cannot read " + path, errno);
        if (got == 0) break;
        have += static_cast<std::size_t>(got);
    }
    text.resize(have);
    // The first line is a part of one where the file is longer.
    if (size > kImpactBytes) text.erase(0, std::min(text.find('\n'), text.size() - 1) + 1);
    return text;
}

Impact commit_impact(const dialplan::DialPlan& before, const dialplan::DialPlan& after,
                     const PastCalls& past) {
    Impact impact;
    impact.calls = past.calls.size();
    impact.unreadable = past.unreadable;
    const Judge old(before);
    const Judge next(after);
    std::map<std::string, std::size_t> groups;  // text of the changes -> place
    for (const PastCall& call : past.calls) {
        auto changes = changes_between(old.outcome_of(call), next.outcome_of(call));
        if (changes.empty()) continue;
        ++impact.changed;
        std::string key;
        for (const ImpactChange& change : changes)
            key += change.what + "\n" + change.before + "\n" + change.after + "\n";
        const auto [place, is_new] = groups.emplace(key, impact.groups.size());
        if (is_new) impact.groups.push_back({std::move(changes), {}});
        impact.groups[place->second].calls.push_back(call);
    }
    std::stable_sort(impact.groups.begin(), impact.groups.end(),
                     [](const auto& a, const auto& b) { return a.calls.size() > b.calls.size(); });
    return impact;
}

std::string impact_text(const Impact& impact) {
    std::string text = fmt::format("{} of the last {} calls would be treated otherwise\n",
                                   impact.changed, impact.calls);
    if (impact.unreadable > 0)
        text += fmt::format("{} records could not be read\n", impact.unreadable);
    std::size_t shown = 0;
    for (const ImpactGroup& group : impact.groups) {
        if (++shown > kShownGroups) {
            text +=
                fmt::format("\nand {} more kinds of change\n", impact.groups.size() - kShownGroups);
            break;
        }
        text +=
            fmt::format("\n{} call{}:\n", group.calls.size(), group.calls.size() == 1 ? "" : "s");
        for (const ImpactChange& change : group.changes)
            text += fmt::format("  {:<12} {}\n  {:<12} {}\n", change.what, change.before,
                                "  becomes", change.after);
        for (std::size_t i = 0; i < std::min(group.calls.size(), kShownCalls); ++i) {
            const PastCall& call = group.calls[i];
            text += fmt::format("    {}  {} -> {}{}\n", call.setup, call.calling, call.called,
                                from_text(call));
        }
        if (group.calls.size() > kShownCalls)
            text += fmt::format("    and {} more\n", group.calls.size() - kShownCalls);
    }
    return text;
}

std::string impact_json(const Impact& impact) {
    json::array groups;
    for (const ImpactGroup& group : impact.groups) {
        json::array changes;
        for (const ImpactChange& change : group.changes)
            changes.push_back(json::object{
                {"what", change.what}, {"before", change.before}, {"after", change.after}});
        json::array calls;
        for (const PastCall& call : group.calls)
            calls.push_back(json::object{{"setup", call.setup},
                                         {"guid", call.guid},
                                         {"calling", call.calling},
                                         {"called", call.called},
                                         {"source", call.source ? call.source->to_string() : ""}});
        groups.push_back(
            json::object{{"changes", std::move(changes)}, {"calls", std::move(calls)}});
    }
    return json::serialize(json::object{{"calls", impact.calls},
                                        {"changed", impact.changed},
                                        {"unreadable", impact.unreadable},
                                        {"groups", std::move(groups)}}) +
           "\n";
}

}  // namespace weir::apps
