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
using dialplan::ShownDialplan;
using Question = std::function<Result<ShownDialplan>(const DialPlan&, const Arguments&)>;

dialplan::PeerBlock block_of(const DialPlan& plan) {
    return [config = plan.config()](const config::DialPeer& peer) {
        return config::show_dial_peer_voice(*config, peer);
    };
}

PlanPrinter printer(Question question, bool as_json) {
    return [question = std::move(question), as_json](const DialPlan& plan,
                                                     const Arguments& arguments) {
        const auto shown = question(plan, arguments);
        if (!shown) return Answer{false, "% " + shown.error().context + "\n"};
        if (!shown->error.empty()) return Answer{false, shown->error};
        return Answer{true, as_json ? dialplan::show_dialplan_json(plan, *shown)
                                    : dialplan::show_dialplan_text(plan, *shown, block_of(plan))};
    };
}

// The words behind `show dialplan number`, in any order.
Result<ShownDialplan> show_number(const DialPlan& plan, const Arguments& arguments) {
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
            return fail(ErrorCode::invalid,
                        fmt::format("Unrecognized word \"{}\": carrier NAME, huntstop, timeout, "
                                    "voice, fax and candidate may follow the number",
                                    text::printable(words[i])));
    }
    SystemRandom random;
    return dialplan::show_dialplan_number(plan, asked, random);
}

Result<ShownDialplan> show_peer(const DialPlan& plan, const Arguments& arguments) {
    const auto tag = text::number(arguments[0]);
    if (!tag || *tag > UINT32_MAX) return fail(ErrorCode::invalid, "A dial-peer tag is a number");
    return dialplan::show_dialplan_peer(plan, config::DialPeerTag{static_cast<std::uint32_t>(*tag)},
                                        arguments[1]);
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

PlanPrinter explained(bool as_json) {
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

void add_dialplan_commands(config::CommandTable& table, const PlanSources& plans) {
    const auto add = [&](const char* words, const char* help, const Question& question) {
        add_plan_command(table, plans,
                         {words, help, printer(question, false), printer(question, true)});
    };
    add("show dialplan number <line>",
        "Candidates of a called number [carrier C] [huntstop] [timeout] [candidate]", show_number);
    add("show dialplan uri <uri>", "Candidates by destination uri",
        [](const DialPlan& plan, const Arguments& arguments) -> Result<ShownDialplan> {
            return dialplan::show_dialplan_uri(plan, arguments[0]);
        });
    add("show dialplan dialpeer <tag> number <number>", "One dial-peer against a called number",
        show_peer);
    add("show dialplan incall uri <uri>", "The inbound dial-peer by a URI",
        [](const DialPlan& plan, const Arguments& arguments) -> Result<ShownDialplan> {
            return dialplan::show_dialplan_incall_uri(plan, arguments[0], "");
        });
    add("show dialplan incall uri <uri> number <calling>",
        "The inbound dial-peer by a URI and the calling number",
        [](const DialPlan& plan, const Arguments& arguments) -> Result<ShownDialplan> {
            return dialplan::show_dialplan_incall_uri(plan, arguments[0], arguments[1]);
        });
    add("show dialplan incall number <calling>", "The inbound dial-peer by the calling number",
        [](const DialPlan& plan, const Arguments& arguments) -> Result<ShownDialplan> {
            return dialplan::show_dialplan_incall_number(plan, arguments[0], "");
        });
    add("show dialplan incall voice-port <port> number <calling>",
        "The inbound dial-peer of a call from a port",
        [](const DialPlan& plan, const Arguments& arguments) -> Result<ShownDialplan> {
            return dialplan::show_dialplan_incall_number(plan, arguments[1], arguments[0]);
        });
    add_plan_command(
        table, plans,
        {"explain <line>",
         "Where a call would go and why: calling N called N [source A] [transport T] [candidate]",
         explained(false), explained(true)});
}

}  // namespace weir::apps
