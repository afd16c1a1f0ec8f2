// SPDX-License-Identifier: Apache-2.0
// How many calls the configuration promises, and how many ports, descriptors and memory carry: the
// arithmetic stands in each finding.
#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "config/base/text.hpp"
#include "dialplan/lint_parts.hpp"

namespace weir::dialplan {
namespace {

using config::Config;
using config::DialPeer;
using config::DialPeerTag;

constexpr std::uint64_t kPairsOfCall = 2;  // RTP and RTCP toward each party
constexpr std::uint64_t kPairsOfFork = 2;  // the two tracks toward a recorder
constexpr std::uint64_t kMiB = 1024 * 1024;

// So many calls at once somebody was promised.
struct Promise {
    std::uint64_t calls = 0;
    std::string by;  // "license capacity 2000"
    std::string block;
    std::string command;
};

// call threshold global total-calls low L high H stands among the kept lines until admission
// control reads it.
std::optional<Promise> threshold_of(const Config& config) {
    for (const auto& line : config.kept) {
        const auto words = text::words(line.text);
        for (std::size_t i = 0; i + 1 < words.size(); ++i)
            if (line.text.starts_with("call threshold global total-calls") && words[i] == "high")
                if (const auto calls = text::number(words[i + 1]))
                    return Promise{
                        *calls,
                        "call threshold global total-calls high " + std::string(words[i + 1]), "",
                        "call threshold global total-calls"};
    }
    return std::nullopt;
}

std::optional<Promise> license_of(const Config& config) {
    const auto& license = config.voice.license_capacity;
    if (!license) return std::nullopt;
    return Promise{*license, fmt::format("license capacity {}", *license), "voice service voip",
                   "mode border-element"};
}

// Every call goes out on some dial-peer: if all that can be dialled have a max-conn, the sum is the
// most there can be.
std::optional<Promise> max_conn_of(const LintContext& context) {
    std::uint64_t sum = 0;
    std::vector<DialPeerTag> tags;
    for (const auto& [tag, peer] : context.config.dial_peers) {
        if (!peer.usable_outbound() || peer.type != DialPeer::Type::voip ||
            context.recorders.contains(tag))
            continue;
        if (!peer.max_conn) return std::nullopt;
        sum += *peer.max_conn;
        tags.push_back(tag);
    }
    if (tags.empty()) return std::nullopt;
    return Promise{sum, fmt::format("max-conn of dial-peers {} together {}", list_of(tags), sum),
                   block_of(tags.front()), "max-conn"};
}

bool records(const Config& config) {
    return std::any_of(config.dial_peers.begin(), config.dial_peers.end(),
                       [](const auto& one) { return one.second.media_class.has_value(); });
}

// The smallest promise is what can really come; without one, what media.sessions is laid out for.
std::optional<Promise> promised(const LintContext& context) {
    std::optional<Promise> least;
    for (auto& one :
         {license_of(context.config), threshold_of(context.config), max_conn_of(context)})
        if (one && (!least || one->calls < least->calls)) least = one;
    if (!least && context.input.capacity && context.input.capacity->sessions != 0) {
        const auto sessions = context.input.capacity->sessions;
        least = Promise{sessions, fmt::format("media.sessions {}", sessions), "voice service voip",
                        "rtp-port range"};
    }
    return least;
}

void check_ports(LintContext& context, const Promise& promise) {
    const config::RtpPortRange& range = context.config.voice.rtp_ports;
    const std::uint64_t pairs = (std::uint64_t{range.max} - range.min) / 2 + 1;
    const bool recorded = records(context.config);
    const std::uint64_t each = kPairsOfCall + (recorded ? kPairsOfFork : 0);
    const std::uint64_t carried = pairs / each;
    if (carried >= promise.calls) return;
    const std::size_t addresses =
        context.input.capacity ? context.input.capacity->media_addresses : 1;
    context.add(
        "WL901", "voice service voip", "rtp-port range",
        fmt::format("rtp-port range {} {} carries {} calls on one address: ({} - {}) / 2 + 1 = {} "
                    "pairs, {} of them for a call ({} parties{}); {} promises {}{}",
                    range.min, range.max, carried, range.max, range.min, pairs, each, kPairsOfCall,
                    recorded ? " and 2 tracks to the recorder" : "", promise.by, promise.calls,
                    addresses > 1 ? fmt::format(" (the {} media addresses have a range each: "
                                                "{} pairs, if calls spread evenly)",
                                                addresses, pairs * addresses)
                                  : ""),
        fmt::format("use a range of at least {} ports, or promise {} calls",
                    promise.calls * each * 2, carried));
}

void check_descriptors(LintContext& context, const LintCapacity& capacity, std::uint64_t wanted) {
    if (capacity.descriptors_per_call == 0 || capacity.descriptor_limit == 0) return;
    const std::uint64_t needed =
        wanted * capacity.descriptors_per_call + capacity.descriptors_of_process;
    if (needed <= capacity.descriptor_limit) return;
    const std::uint64_t left = capacity.descriptor_limit > capacity.descriptors_of_process
                                   ? capacity.descriptor_limit - capacity.descriptors_of_process
                                   : 0;
    context.add("WL902", "voice service voip", "",
                fmt::format("the limit of {} descriptors carries {} recorded calls: {} a call in "
                            "media.io {} and {} of the process; {} calls need {} x {} + {} = {}",
                            capacity.descriptor_limit, left / capacity.descriptors_per_call,
                            capacity.descriptors_per_call, capacity.io,
                            capacity.descriptors_of_process, wanted, wanted,
                            capacity.descriptors_per_call, capacity.descriptors_of_process, needed),
                fmt::format("raise the limit: LimitNOFILE={} in the systemd unit, ulimit -n {} in "
                            "a shell",
                            needed, needed));
}

void check_memory(LintContext& context, const LintCapacity& capacity, std::uint64_t wanted) {
    if (records(context.config) && capacity.pre_roll_bytes_per_call != 0 &&
        wanted * capacity.pre_roll_bytes_per_call > capacity.pre_roll_bytes)
        context.add(
            "WL903", "voice service voip", "",
            fmt::format("media.pre_roll of {} MiB keeps the first seconds of {} recorded calls: {} "
                        "KiB a call of two tracks; {} calls need {} MiB",
                        capacity.pre_roll_bytes / kMiB,
                        capacity.pre_roll_bytes / capacity.pre_roll_bytes_per_call,
                        capacity.pre_roll_bytes_per_call / 1024, wanted,
                        (wanted * capacity.pre_roll_bytes_per_call + kMiB - 1) / kMiB),
            "raise media.pre_roll.mib of platform.yaml");
    if (capacity.memory_available_bytes != 0 &&
        capacity.memory_bytes > capacity.memory_available_bytes)
        context.add(
            "WL903", "voice service voip", "",
            fmt::format("weir-media takes {} MiB (media.memory_mib and media.pre_roll.mib), "
                        "and this machine has {} MiB to give",
                        capacity.memory_bytes / kMiB, capacity.memory_available_bytes / kMiB),
            "lower them in platform.yaml, or add memory");
    if (wanted > capacity.sessions && capacity.sessions != 0)
        context.add("WL903", "voice service voip", "",
                    fmt::format("media.sessions of platform.yaml is {}, and {} calls are promised",
                                capacity.sessions, wanted),
                    fmt::format("set media.sessions to {} or more", wanted));
}

void check_limits(LintContext& context) {
    const auto license = license_of(context.config);
    const auto threshold = threshold_of(context.config);
    if (license && threshold && threshold->calls > license->calls)
        context.add(
            "WL904", "", threshold->command,
            fmt::format("{} is never reached: {} ends calls before", threshold->by, license->by),
            "set the threshold below the capacity of the license");
}

}  // namespace

void lint_capacity(LintContext& context) {
    check_limits(context);
    const auto promise = promised(context);
    if (!promise) return;
    check_ports(context, *promise);
    if (!context.input.capacity) return;
    check_descriptors(context, *context.input.capacity, promise->calls);
    check_memory(context, *context.input.capacity, promise->calls);
}

}  // namespace weir::dialplan
