// SPDX-License-Identifier: Apache-2.0
// Each command: its words, and the question to the dial plan that answers it.
#include "deploy/apps/dialplan_commands.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "config/base/text.hpp"
#include "config/model/show_peer.hpp"
#include "deploy/apps/explain_call.hpp"
#include "dialplan/show_dialplan.hpp"

namespace weir::apps {
namespace {

using config::Answer;
using dialplan::DialPlan;
using Arguments = std::vector<std::string>;
using Printer = std::function<Answer(const DialPlan&, const Arguments&)>;

config::CommandHandler handler(const WithPlan& with_plan, Printer print) {
    return [with_plan, print = std::move(print)](const Arguments& arguments,
                                                 const config::Respond& respond) {
        with_plan(
            [print, arguments, respond](const auto& plan) { respond(print(*plan, arguments)); },
            respond);
    };
}

dialplan::PeerBlock block_of(const DialPlan& plan) {
    return [config = plan.config()](const config::DialPeer& peer) {
        return config::show_dial_peer_voice(*config, peer);
    };
}

// The words behind `show dialplan number`, in any order.
Answer show_number(const DialPlan& plan, const Arguments& arguments) {
    dialplan::ShowNumber asked;
    const auto words = text::words(arguments.front());
    for (std::size_t i = 0; i < words.size(); ++i) {
        const auto is = [&](std::string_view keyword) {
            return text::istarts_with(keyword, words[i]);
        };
        if (i == 0)
            asked.number = words[i] == "\"\"" ? "" : std::string(words[i]);
        else if (is("carrier") && i + 1 < words.size())
            asked.carrier = std::string(words[++i]);
        else if (is("huntstop"))
            asked.until_huntstop = true;
        else if (is("timeout"))
            asked.variable_length = true;
        else if (!is("voice") && !is("fax"))
            return {false, fmt::format("% Unrecognized word \"{}\": carrier NAME, huntstop, "
                                       "timeout, voice and fax may follow the number\n",
                                       text::printable(words[i]))};
    }
    SystemRandom random;
    return {true, dialplan::show_dialplan_number(plan, asked, block_of(plan), random)};
}

Answer show_peer(const DialPlan& plan, const Arguments& arguments) {
    const auto tag = text::number(arguments[0]);
    if (!tag || *tag > UINT32_MAX) return {false, "% A dial-peer tag is a number\n"};
    return {true, dialplan::show_dialplan_peer(
                      plan, config::DialPeerTag{static_cast<std::uint32_t>(*tag)}, arguments[1],
                      block_of(plan))};
}

// calling N, called N, source A, in any order.
Result<CallWords> call_words(std::string_view line) {
    CallWords call;
    const auto words = text::words(line);
    for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
        const std::string value = words[i + 1] == "\"\"" ? "" : std::string(words[i + 1]);
        if (text::iequals(words[i], "calling")) {
            call.calling = value;
        } else if (text::iequals(words[i], "called")) {
            call.called = value;
        } else if (text::iequals(words[i], "source")) {
            const auto source = Endpoint::parse(value, 5060);
            if (!source) return fail(source.error());
            call.source = *source;
        } else if (text::iequals(words[i], "transport")) {
            call.transport = value;
        } else {
            return fail(ErrorCode::invalid,
                        "explain [calling NUMBER] called NUMBER [source ADDRESS] [transport T]");
        }
    }
    if (words.size() % 2 != 0)
        return fail(ErrorCode::invalid, fmt::format("{} needs a value", words.back()));
    return call;
}

Printer explained(bool as_json) {
    return [as_json](const DialPlan& plan, const Arguments& arguments) {
        const auto words = call_words(arguments.front());
        if (!words) return Answer{false, "% " + words.error().context + "\n"};
        SystemRandom random;
        const auto explanation =
            explain_call(plan, call_of_words(*plan.config(), *words), random, dialplan::UsageMap{});
        return Answer{true, as_json ? dialplan::explain_json(explanation)
                                    : dialplan::explain_text(*plan.config(), explanation)};
    };
}

}  // namespace

void add_dialplan_commands(config::CommandTable& table, const WithPlan& with_plan) {
    const auto add = [&](const char* words, const char* help, Printer print) {
        table.add({words, help, handler(with_plan, std::move(print))});
    };
    add("show dialplan number <line>",
        "Candidates of a called number [carrier C] [huntstop] [timeout]", show_number);
    add("show dialplan uri <uri>", "Candidates by destination uri",
        [](const DialPlan& plan, const Arguments& arguments) {
            return Answer{true, dialplan::show_dialplan_uri(plan, arguments[0], block_of(plan))};
        });
    add("show dialplan dialpeer <tag> number <number>", "One dial-peer against a called number",
        show_peer);
    add("show dialplan incall uri <uri>", "The inbound dial-peer by a URI",
        [](const DialPlan& plan, const Arguments& arguments) {
            return Answer{true,
                          dialplan::show_dialplan_incall_uri(plan, arguments[0], block_of(plan))};
        });
    add("show dialplan incall number <calling>", "The inbound dial-peer by the calling number",
        [](const DialPlan& plan, const Arguments& arguments) {
            return Answer{true, dialplan::show_dialplan_incall_number(plan, arguments[0], "",
                                                                      block_of(plan))};
        });
    add("show dialplan incall voice-port <port> number <calling>",
        "The inbound dial-peer of a call from a port",
        [](const DialPlan& plan, const Arguments& arguments) {
            return Answer{true, dialplan::show_dialplan_incall_number(
                                    plan, arguments[1], arguments[0], block_of(plan))};
        });
    table.add({"explain <line>",
               "Where a call would go and why: calling N called N [source A] [transport T]",
               handler(with_plan, explained(false)), config::Access::all,
               handler(with_plan, explained(true))});
}

}  // namespace weir::apps
