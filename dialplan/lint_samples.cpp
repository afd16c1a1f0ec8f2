// SPDX-License-Identifier: Apache-2.0
// Makes the calls that the linter routes: numbers out of patterns, sources out of URI classes and
// the trusted list.
#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "dialplan/lint_limits.hpp"
#include "dialplan/lint_parts.hpp"
#include "dialplan/number_pattern.hpp"

namespace weir::dialplan {
namespace {

using config::DialPeer;
using config::DialPeerTag;

// Callers whom no matcher is likely to be made for; the first that none matches is taken.
constexpr std::array<const char*, 6> kStrangeNumbers{"5550199",     "9985550199",   "0985550199",
                                                     "+9985550199", "*99985550199", "#99985550199"};
constexpr std::size_t kStrangeHosts = 8;
constexpr std::size_t kNesting = 16;  // of groups: the pattern itself refuses deeper ones

// Writes one number that a pattern matches; `variant` chooses among the possible ones.
class NumberMaker {
public:
    NumberMaker(std::string_view pattern, std::size_t variant)
        : pattern_(pattern), variant_(variant) {}

    std::string make() { return sequence(0); }

private:
    std::string sequence(std::size_t depth) {
        std::string out;
        while (at_ < pattern_.size() && pattern_[at_] != ')') {
            const std::string piece = atom(depth);
            const char operation = at_ < pattern_.size() ? pattern_[at_] : '\0';
            const bool optional = operation == '%' || operation == '?';
            if ((optional || operation == '+') && !piece.empty()) ++at_;
            if (!(optional && variant_ == 1)) out += piece;
        }
        return out;
    }

    std::string atom(std::size_t depth) {
        const char character = pattern_[at_++];
        switch (character) {
            case '.':
                return std::string(1, "509"[variant_ % 3]);
            case '[':
                return set();
            case '(': {
                std::string inside = depth < kNesting ? sequence(depth + 1) : std::string();
                if (at_ < pattern_.size()) ++at_;  // the closing one
                return inside;
            }
            case '\\':
                return at_ < pattern_.size() ? std::string(1, pattern_[at_++]) : "";
            case 'T':
                return variant_ == 2 ? "" : "5550123";
            case '^':
            case '$':
            case ',':
                return "";
            default:
                return std::string(1, character);
        }
    }

    std::string set() {
        const auto end = std::min(pattern_.find(']', at_), pattern_.size());
        std::string_view inside = pattern_.substr(at_, end - at_);
        at_ = std::min(end + 1, pattern_.size());
        const bool negated = inside.starts_with('^');
        if (negated) inside.remove_prefix(1);
        const auto holds = [&](char digit) {
            for (std::size_t i = 0; i < inside.size(); ++i) {
                if (inside[i] == digit && digit != ',') return true;
                if (i + 2 < inside.size() && inside[i + 1] == '-' && inside[i] <= digit &&
                    digit <= inside[i + 2])
                    return true;
            }
            return false;
        };
        std::string fitting;
        for (const char digit : std::string_view("0123456789*#"))
            if (holds(digit) != negated) fitting += digit;
        if (fitting.empty()) return "";
        return std::string(1, variant_ == 1 ? fitting.back() : fitting.front());
    }

    std::string_view pattern_;
    std::size_t variant_;
    std::size_t at_ = 0;
};

// How a call can be made to look so that an inbound peer may be chosen for it.
struct Probe {
    std::string host;  // of Via and From
    std::string calling;
    std::string called{};      // "" = any number will do
    std::string voice_port{};  // of a call that comes from a trunk
};

std::string host_of_class(const config::Config& config, const std::string& tag) {
    const auto found = config.uri_classes.find(tag);
    if (found == config.uri_classes.end()) return "";
    const config::UriClass& uris = found->second;
    if (!uris.host_addresses.empty()) return uri_host(uris.host_addresses.front());
    if (!uris.host_names.empty()) return uris.host_names.front();
    // An expression without operators stands for itself.
    std::string plain;
    for (const char character : uris.host_pattern)
        if (character != '\\' && character != '^' && character != '$') plain += character;
    return plain.find_first_of("*+?()[]|&#") == std::string::npos ? plain : "";
}

void add_map_numbers(const config::Config& config, const std::optional<std::uint32_t>& map,
                     std::vector<std::string>& numbers) {
    if (!map) return;
    const auto found = config.pattern_maps.find(*map);
    if (found == config.pattern_maps.end()) return;
    for (const std::string& entry : found->second.entries) {
        if (numbers.size() >= 2 * kLintSamples) return;
        for (std::string& number : sample_numbers(entry))
            numbers.push_back(std::move(number));
    }
}

// A calling number without a matcher: answer-address and destination-pattern look at it (A.7).
std::string strange_number(const config::Config& config) {
    std::vector<NumberPattern> patterns;
    for (const auto& [tag, peer] : config.dial_peers)
        for (const std::string& text : {peer.destination_pattern, peer.answer_address})
            if (auto pattern = NumberPattern::compile(text); !text.empty() && pattern)
                patterns.push_back(std::move(*pattern));
    for (const char* number : kStrangeNumbers)
        if (std::none_of(patterns.begin(), patterns.end(),
                         [&](const NumberPattern& one) { return one.match(number).has_value(); }))
            return number;
    return "";  // withheld
}

void add_probes(const config::Config& config, const DialPeer& peer, const std::string& stranger,
                std::vector<Probe>& probes) {
    for (const auto& [header, tag] : peer.incoming_uri)
        if (std::string host = host_of_class(config, tag); !host.empty())
            probes.push_back({std::move(host), stranger});
    std::vector<std::string> called = sample_numbers(peer.incoming_called_number);
    add_map_numbers(config, peer.incoming_called_map, called);
    for (std::string& number : called)
        probes.push_back({"", stranger, std::move(number), peer.port});
    std::vector<std::string> calling = sample_numbers(peer.answer_address);
    add_map_numbers(config, peer.incoming_calling_map, calling);
    if (!calling.empty()) probes.push_back({"", calling.front()});
}

std::vector<std::string> numbers_of(const config::Config& config, const DialPeer& peer) {
    std::vector<std::string> numbers = sample_numbers(peer.destination_pattern);
    add_map_numbers(config, peer.destination_map, numbers);
    return numbers;
}

// Addresses that may call and that no inbound peer was made for: the first and last of each net of
// the trusted list, and the session targets, which are trusted by themselves (spec B.3).
std::vector<std::string> strange_hosts(const config::Config& config) {
    if (!config.voice.trusted.authenticate) return {"198.18.0.1"};  // anybody
    std::vector<std::string> hosts;
    const auto add = [&](const IpAddress& address) {
        const std::string host = uri_host(address);
        if (hosts.size() < kStrangeHosts &&
            std::find(hosts.begin(), hosts.end(), host) == hosts.end())
            hosts.push_back(host);
    };
    for (const Prefix& prefix : config.voice.trusted.prefixes) {
        const std::size_t bytes = prefix.address.family == Family::v4 ? 4 : 16;
        IpAddress address = prefix.address;
        if (prefix.length < 8 * bytes) {
            address.bytes[bytes - 1] |= 1U;
            add(address);
            if (prefix.length + 2U < 8 * bytes) address.bytes[bytes - 1] |= 2U;
        }
        if (prefix.contains(address)) add(address);
    }
    for (const auto& [tag, peer] : config.dial_peers)
        if (peer.target.kind == config::SessionTarget::Kind::address && peer.usable_outbound())
            add(peer.target.address);
    return hosts;
}

// Collects what is new: ten numbers that go the same way are one call.
class Collector {
public:
    explicit Collector(LintContext& context) : context_(context) {}

    // The inbound peer, if the call was routed at all.
    std::optional<DialPeerTag> call(const Probe& probe, const std::string& called) {
        // Equal peers make equal calls; one of each is enough.
        const auto [known, is_new] =
            asked_.try_emplace({probe.host, probe.calling, called, probe.voice_port}, std::nullopt);
        if (!is_new) return known->second;
        known->second = route_call(probe, called);
        return known->second;
    }

private:
    std::optional<DialPeerTag> route_call(const Probe& probe, const std::string& called) {
        RouteQuery query = sample_query(probe.host, probe.calling, called);
        query.voice_port = probe.voice_port;
        const auto decision = context_.try_call(query);
        if (!decision || decision->candidates.empty()) return std::nullopt;
        SampledCall call{probe.host, probe.calling, called, decision->inbound.peer, {}};
        std::set<DialPeerTag> once;
        for (const RouteCandidate& candidate : decision->candidates)
            if (once.insert(candidate.match.peer).second)
                call.candidates.push_back(candidate.match.peer);
        const DialPeerTag inbound = call.inbound;
        if (seen_.emplace(inbound, call.candidates).second)
            context_.calls.push_back(std::move(call));
        return inbound;
    }

    LintContext& context_;
    std::map<std::array<std::string, 4>, std::optional<DialPeerTag>> asked_;
    std::set<std::pair<DialPeerTag, std::vector<DialPeerTag>>> seen_;
};

}  // namespace

std::vector<std::string> sample_numbers(const std::string& pattern) {
    std::vector<std::string> numbers;
    if (pattern.empty()) return numbers;
    const auto compiled = NumberPattern::compile(pattern);
    if (!compiled) return numbers;
    for (std::size_t variant = 0; variant < kLintSamples; ++variant) {
        std::string number = NumberMaker(pattern, variant).make();
        if (number.empty() || !compiled->match(number)) continue;
        if (std::find(numbers.begin(), numbers.end(), number) == numbers.end())
            numbers.push_back(std::move(number));
    }
    return numbers;
}

RouteQuery sample_query(const std::string& host, const std::string& calling,
                        const std::string& called) {
    RouteQuery query;
    query.calling.digits = calling;
    query.called.digits = called;
    query.via_host = host;
    const std::string at_host = host.empty() ? "weir.invalid" : host;
    query.from_uri = fmt::format("sip:{}@{}", calling, at_host);
    query.request_uri = fmt::format("sip:{}@weir.invalid", called);
    query.to_uri = query.request_uri;
    return query;
}

void sample_calls(LintContext& context) {
    const config::Config& config = context.config;
    std::vector<Probe> probes;
    const std::string stranger = strange_number(config);
    for (const auto& [tag, peer] : config.dial_peers) {
        if (peer.shutdown) continue;
        if (auto numbers = numbers_of(config, peer); !numbers.empty())
            context.numbers[tag] = std::move(numbers);
        add_probes(config, peer, stranger, probes);
    }
    Collector collector(context);
    for (const Probe& probe : probes)
        if (!probe.called.empty()) (void)collector.call(probe, probe.called);
    std::erase_if(probes, [](const Probe& probe) { return !probe.called.empty(); });
    const std::vector<std::string> strangers = strange_hosts(config);
    for (const auto& [tag, numbers] : context.numbers) {
        if (context.result.is_sample_cut) return;
        for (const std::string& number : numbers) {
            for (const Probe& probe : probes)
                (void)collector.call(probe, number);
            for (const std::string& host : strangers)
                if (collector.call({host, stranger}, number) == DialPeerTag{0}) break;
        }
    }
}

}  // namespace weir::dialplan
