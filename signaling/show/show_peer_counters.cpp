// SPDX-License-Identifier: Apache-2.0
// The block of counters, and the table of calls per peer.
#include "signaling/show/show_peer_counters.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "signaling/show/cause_text.hpp"
#include "signaling/show/show_legs.hpp"

namespace weir::signaling {
namespace {

constexpr std::int64_t kNsPerTick = 10'000'000;  // the router's hundredths of a second

std::int64_t ticks(std::chrono::nanoseconds time) {
    return time.count() / kNsPerTick;
}

std::int64_t ticks_since(MonoTime start, const std::optional<MonoTime>& time) {
    return time ? ticks(*time - start) : 0;
}

}  // namespace

std::string show_peer_counters(const PeerCounters& counters, MonoTime started, MonoTime now) {
    constexpr const char* kIndent = "        ";
    std::string text =
        fmt::format("{}Time elapsed since last clearing of voice call statistics {}\n", kIndent,
                    counters.cleared ? ios_duration(now - *counters.cleared) : "never");
    text += fmt::format("{}Connect Time = {}, Charged Units = 0,\n", kIndent,
                        ticks(counters.connect_time));
    text += fmt::format("{}Successful Calls = {}, Failed Calls = {}, Incomplete Calls = {}\n",
                        kIndent, counters.successful, counters.failed, counters.incomplete);
    text += fmt::format("{}Accepted Calls = {}, Refused Calls = {},\n", kIndent, counters.accepted,
                        counters.refused);
    text += fmt::format("{}Last Disconnect Cause is \"{}\",\n", kIndent,
                        counters.last_cause == 0 ? "" : fmt::format("{:X}", counters.last_cause));
    text += fmt::format("{}Last Disconnect Text is \"{}\",\n", kIndent,
                        cause_text(counters.last_cause));
    text += fmt::format("{}Last Setup Time = {}.\n", kIndent,
                        ticks_since(started, counters.last_setup));
    text += fmt::format("{}Last Disconnect Time = {}.\n", kIndent,
                        ticks_since(started, counters.last_disconnect));
    return text;
}

std::string peer_counters_json(const PeerCounters& counters, MonoTime started) {
    constexpr std::int64_t kNsPerMs = 1'000'000;
    return boost::json::serialize(boost::json::object{
        {"connect_time_ms", counters.connect_time.count() / kNsPerMs},
        {"successful", counters.successful},
        {"failed", counters.failed},
        {"incomplete", counters.incomplete},
        {"accepted", counters.accepted},
        {"refused", counters.refused},
        {"last_cause", counters.last_cause},
        {"last_cause_text", std::string(cause_name(counters.last_cause))},
        {"last_setup_ticks", ticks_since(started, counters.last_setup)},
        {"last_disconnect_ticks", ticks_since(started, counters.last_disconnect)}});
}

std::string show_busy_trigger(const std::vector<PeerBusy>& peers) {
    std::string text =
        fmt::format("{:<12}{:<10}{:<10}{}\n", "Dial-peer", "Calls", "Maximum", "State");
    for (const PeerBusy& peer : peers)
        text += fmt::format("{:<12}{:<10}{:<10}{}\n", peer.peer.value(), peer.calls,
                            peer.max_conn ? std::to_string(*peer.max_conn) : "unlimited",
                            peer.max_conn && peer.calls >= *peer.max_conn ? "busy" : "free");
    return text;
}

std::string busy_trigger_json(const std::vector<PeerBusy>& peers) {
    boost::json::array rows;
    for (const PeerBusy& peer : peers)
        rows.push_back(
            boost::json::object{{"dial_peer", peer.peer.value()},
                                {"calls", peer.calls},
                                {"max_conn", peer.max_conn ? boost::json::value(*peer.max_conn)
                                                           : boost::json::value(nullptr)}});
    return boost::json::serialize(rows) + "\n";
}

}  // namespace weir::signaling
