// SPDX-License-Identifier: Apache-2.0
// The words of debug, and the list of what is on.
#include "deploy/apps/debug_commands.hpp"

#include <algorithm>
#include <utility>

#include <boost/json.hpp>

namespace weir::apps {
namespace {

using config::Access;
using config::Answer;
using config::OperatorCommand;
using config::Respond;

constexpr std::pair<const char*, const char*> kCcsipTopics[] = {
    {"all", "Messages, events and states"},
    {"events", "What goes into a call and what it decides"},
    {"messages", "SIP messages as they come and go"},
    {"states", "Changes of state of calls"}};
constexpr std::pair<const char*, const char*> kFilters[] = {
    {"call <id>", "Of one call, by the number of show call active voice brief"},
    {"number <number>", "Of calls from or to a number"},
    {"peer <tag>", "Of calls over a dial-peer"}};

// The router's words for what a topic of ours shows: the same switch.
struct Alias {
    const char* words;
    const char* topic;
    const char* help;
};
constexpr Alias kAliases[] = {
    {"ccsip error", "ccsip events", "As ccsip events: an error is an event of its call"},
    {"ccsip feature all", "ccsip events", "As ccsip events"},
    {"ccsip info", "ccsip events", "As ccsip events"},
    {"ccsip media", "ccsip events", "As ccsip events: what is asked of weir-media"},
    {"voip ccapi all", "ccsip events", "As ccsip events: setup, connect, disconnect of legs"},
    {"voip ccapi inout", "ccsip events", "As ccsip events: setup, connect, disconnect of legs"},
};

// Debugs of the router for which there is another way here.
constexpr std::pair<const char*, const char*> kElsewhere[] = {
    {"ccsip transport",
     "connections are in the log (terminal monitor) and in show sip-ua connections tcp detail"},
    {"voice translation",
     "test voice translation-rule tries a rule, explain follows a call through all of them, and "
     "show voip trace has what they did to a call that was"},
    {"voip fpi all",
     "debug ccsip events shows what a call asks of the fast path, show voip fpi stats its drops"},
    {"voip recmsp all",
     "debug ccsip messages shows the dialogs with recorders, show voip recmsp session and show "
     "recording ledger what became of them; failures are in the log (terminal monitor)"},
    {"voip recmsp error", "failures of recordings are in the log (terminal monitor)"},
    {"voip recmsp event",
     "debug ccsip messages shows the dialogs with recorders, show voip recmsp session the copies"},
    {"voip recmsp inout", "debug ccsip messages shows the dialogs with recorders"},
    {"wsapi xmf all", "there is no HTTP interface for applications"},
};

// "ccsip messages number 4930" and "ccsip messages" are the same switch.
std::string topic_of(const std::string& what) {
    std::size_t end = what.find(' ');
    if (end != std::string::npos && what.starts_with("ccsip ")) end = what.find(' ', end + 1);
    return what.starts_with("ccsip ") ? what.substr(0, end) : what;
}

}  // namespace

SessionDebugs::~SessionDebugs() {
    if (switch_ && !on_.empty()) (void)switch_(session_, "", false, emit_);
}

Answer SessionDebugs::turn_on(const std::string& what) {
    const Answer answer = switch_(session_, what, true, emit_);
    if (!answer.ok) return answer;
    std::erase_if(on_, [&](const auto& each) { return topic_of(each) == topic_of(what); });
    on_.push_back(what);
    return {true, what + " debugging is on\n"};
}

Answer SessionDebugs::turn_off(const std::string& what) {
    const Answer answer = switch_(session_, what, false, emit_);
    if (!answer.ok) return answer;
    const std::string topic = topic_of(what);
    if (what.empty() || topic == "ccsip all")
        std::erase_if(on_,
                      [&](const auto& each) { return what.empty() || each.starts_with("ccsip "); });
    std::erase_if(on_, [&](const auto& each) { return topic_of(each) == topic; });
    return {true, what.empty() ? "All possible debugging has been turned off\n"
                               : what + " debugging is off\n"};
}

std::string SessionDebugs::text() const {
    if (on_.empty()) return "No debugging is on in this session\n";
    std::string text;
    for (const std::string& what : on_)
        text += what + " debugging is on\n";
    return text;
}

void SessionDebugs::add_switch(std::vector<OperatorCommand>& list, const std::string& what,
                               const std::string& help) {
    // The words of `what` up to an argument, then what was typed for it.
    const auto fixed = what.substr(0, what.find('<'));
    const auto full = [fixed](const Arguments& typed) {
        return typed.empty() ? fixed : fixed + typed.front();
    };
    list.push_back({"debug " + what, help,
                    [this, full](const Arguments& typed, const Respond& respond) {
                        respond(turn_on(full(typed)));
                    },
                    Access::admin});
    for (const char* off : {"undebug ", "no debug "})
        list.push_back({off + what, "Off again",
                        [this, full](const Arguments& typed, const Respond& respond) {
                            respond(turn_off(full(typed)));
                        },
                        Access::admin});
}

void SessionDebugs::add_ccsip(std::vector<OperatorCommand>& list) {
    for (const auto& [topic, help] : kCcsipTopics) {
        add_switch(list, std::string("ccsip ") + topic, help);
        for (const auto& [filter, words] : kFilters)
            add_switch(list, std::string("ccsip ") + topic + " " + filter, words);
    }
}

void SessionDebugs::add_aliases(std::vector<OperatorCommand>& list) {
    for (const Alias& alias : kAliases) {
        const auto answer = [alias](Answer done) {
            if (done.ok)
                done.text = std::string(alias.words) + " is " + alias.topic + " here\n" + done.text;
            return done;
        };
        list.push_back({std::string("debug ") + alias.words, alias.help,
                        [this, alias, answer](const Arguments&, const Respond& respond) {
                            respond(answer(turn_on(alias.topic)));
                        },
                        Access::admin});
        for (const std::string off : {"undebug ", "no debug "})
            list.push_back({off + alias.words, "Off again",
                            [this, alias, answer](const Arguments&, const Respond& respond) {
                                respond(answer(turn_off(alias.topic)));
                            },
                            Access::admin});
    }
    for (const auto& [words, way] : kElsewhere)
        list.push_back({std::string("debug ") + words, "Not here; says where to look",
                        [text = std::string("% There is no debug ") + words + " here: " + way +
                                "\n"](const Arguments&, const Respond& respond) {
                            respond({false, text});
                        },
                        Access::admin});
}

void SessionDebugs::add(std::vector<OperatorCommand>& list) {
    if (!switch_) return;
    add_switch(list, "voip dialpeer inout", "Each decision of routing, on this terminal");
    add_ccsip(list);
    add_aliases(list);
    for (const char* words : {"undebug all", "no debug all"})
        list.push_back({words, "Every debug off",
                        [this](const Arguments&, const Respond& respond) { respond(turn_off("")); },
                        Access::admin});
    list.push_back({"show debugging", "What this session debugs",
                    [this](const Arguments&, const Respond& respond) {
                        respond({true, text()});
                    },
                    Access::all,
                    [this](const Arguments&, const Respond& respond) {
                        boost::json::array all(on_.begin(), on_.end());
                        respond({true, boost::json::serialize(all) + "\n"});
                    }});
}

}  // namespace weir::apps
