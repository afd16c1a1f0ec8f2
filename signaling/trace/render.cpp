// SPDX-License-Identifier: Apache-2.0
// The ladder and the JSON of a traced call.
#include "signaling/trace/render.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "signaling/trace/describe.hpp"
#include "signaling/trace/ways.hpp"

namespace weir::signaling {
namespace {

constexpr std::size_t kLane = 46;  // characters between two lines of the ladder

std::string cut(std::string text, std::size_t most) {
    if (text.size() > most) text = text.substr(0, most - 2) + "..";
    return text;
}

// "|--- INVITE sip:200@192.0.2.20 (SDP) ------>|" in its lane, or the words beside the lanes.
std::string arrow(const TracedMessage& traced, std::string words) {
    const bool to_right = (traced.side == Side::a) != traced.is_ours;
    words = " " + cut(std::move(words), kLane - 8) + " ";
    const std::string line = to_right ? fmt::format("--{:-<{}}>", words, kLane - 3)
                                      : fmt::format("<{:->{}}--", words, kLane - 3);
    const std::string empty(kLane, ' ');
    return traced.side == Side::a ? fmt::format("|{}|{}|", line, empty)
                                  : fmt::format("|{}|{}|", empty, line);
}

std::string time_text(const RecordedCall& call, const Moment& now) {
    const auto since = now.mono - call.steps.front().now.mono;
    return fmt::format("{:>9.3f} ", std::chrono::duration<double>(since).count());
}

std::string head(const RecordedCall& call) {
    const CallSetup& setup = call.setup;
    std::string text = fmt::format("call {}.{}  {} -> {}  {}\nGuid {}  inbound dial-peer {}",
                                   call.id.boot, call.id.call.value(), setup.calling, setup.called,
                                   iso8601(call.steps.front().now.wall), setup.guid.to_string(),
                                   setup.caller.dial_peer.value());
    if (setup.refusal)
        text += fmt::format("  refused by routing: {} (cause {})", setup.refusal->status,
                            setup.refusal->q850_cause);
    if (setup.name_wait)
        text += fmt::format("\nwaited {} ms for the address of {}: {}",
                            setup.name_wait->time.count(), setup.name_wait->names,
                            setup.name_wait->known ? "known" : "no answer in time");
    for (const OutboundRoute& route : setup.routes)
        text += fmt::format(
            "\ncandidate dial-peer {}  {}  {}", route.party.dial_peer.value(), route.party.number,
            route.reachable ? route.dialog.path.remote.to_string() : "not reachable");
    return text + "\n\n";
}

double since_begin(const RecordedCall& call, const Moment& now) {
    const auto since = now.mono - call.steps.front().now.mono;
    return std::chrono::duration<double, std::milli>(since).count();
}

boost::json::object message_json(const SipMessage& message) {
    boost::json::array headers;
    for (const Header& header : message.headers)
        headers.push_back({{"name", header.name}, {"value", header.value}});
    boost::json::object object;
    if (message.is_request) {
        object["method"] = message.method;
        object["request_uri"] = message.request_uri;
    } else {
        object["status"] = message.status;
        object["phrase"] = message.phrase;
    }
    object["headers"] = std::move(headers);
    object["body"] = message.body;
    return object;
}

// Asked in the order of the trace.
boost::json::object entry(std::string words, const std::optional<TracedMessage>& traced,
                          Ways& ways) {
    boost::json::object object{{"what", std::move(words)}};
    if (!traced) return object;
    object["leg"] = traced->side == Side::a ? "caller" : "callee";
    object["transport"] = to_string(ways.of(*traced).transport);
    object["message"] = message_json(*traced->message);
    return object;
}

}  // namespace

std::string ladder(const RecordedCall& call, bool events) {
    const std::string& caller_id = call.setup.caller.sip_call_id;
    std::string text = head(call);
    text += fmt::format("{:10}{:<{}}{:<{}}{}\n", "seconds", "caller", kLane + 1, "Weir", kLane + 1,
                        "callee");
    CallState state = CallState::routing;
    const auto line = [&](const RecordedStep& step, const std::string& words) {
        text += time_text(call, step.now) + words + "\n";
    };
    for (const RecordedStep& step : call.steps) {
        const TracedMessage invite{&call.setup.invite.message, Side::a, false, {}};
        const auto came = step.input ? message_of(*step.input, caller_id) : std::optional(invite);
        if (came)
            line(step, arrow(*came, describe(*came->message)));
        else if (events)
            line(step, "  * " + describe(*step.input));
        for (const CallAction& action : step.actions) {
            if (const auto sent = message_of(action, caller_id))
                line(step, arrow(*sent, describe(*sent->message)));
            else if (events || std::holds_alternative<CancelInvite>(action))
                line(step, "  . " + describe(action));
        }
        for (const auto& [now, way] : step.ways)
            text += time_text(call, now) + "  . " + describe(way) + "\n";
        if (events && step.state != state)
            line(step, fmt::format("  = {} -> {}", to_string(state), to_string(step.state)));
        state = step.state;
    }
    if (!call.is_finished) text += "(the call goes on, or the process ended under it)\n";
    return text;
}

std::string trace_json(const RecordedCall& call) {
    const std::string& caller_id = call.setup.caller.sip_call_id;
    Ways ways(call);
    boost::json::array steps;
    for (const RecordedStep& step : call.steps) {
        const TracedMessage invite{&call.setup.invite.message, Side::a, false, {}};
        auto input = step.input
                         ? entry(describe(*step.input), message_of(*step.input, caller_id), ways)
                         : entry(describe(*invite.message), invite, ways);
        boost::json::array actions;
        for (const CallAction& action : step.actions)
            actions.push_back(entry(describe(action), message_of(action, caller_id), ways));
        boost::json::array switched;
        for (const auto& [now, way] : step.ways) {
            ways.note(way);
            switched.push_back({{"at_ms", since_begin(call, now)}, {"what", describe(way)}});
        }
        boost::json::object told{{"at_ms", since_begin(call, step.now)},
                                 {"input", std::move(input)},
                                 {"state", to_string(step.state)},
                                 {"actions", std::move(actions)}};
        if (!switched.empty()) told["transports"] = std::move(switched);
        steps.push_back(std::move(told));
    }
    boost::json::array routes;
    for (const OutboundRoute& route : call.setup.routes)
        routes.push_back({{"dial_peer", route.party.dial_peer.value()},
                          {"called", route.party.number},
                          {"target", route.reachable ? route.dialog.path.remote.to_string() : ""}});
    boost::json::object whole{{"call", fmt::format("{}.{}", call.id.boot, call.id.call.value())},
                              {"began", iso8601(call.steps.front().now.wall)},
                              {"calling", call.setup.calling},
                              {"called", call.setup.called},
                              {"guid", call.setup.guid.to_string()},
                              {"inbound_dial_peer", call.setup.caller.dial_peer.value()},
                              {"candidates", std::move(routes)},
                              {"finished", call.is_finished},
                              {"steps", std::move(steps)}};
    if (const auto& wait = call.setup.name_wait)
        whole["waited_for_names"] = boost::json::object{
            {"names", wait->names}, {"ms", wait->time.count()}, {"known", wait->known}};
    return boost::json::serialize(whole);
}

}  // namespace weir::signaling
