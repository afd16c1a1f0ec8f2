// SPDX-License-Identifier: Apache-2.0
// An explanation for programs.
#include <boost/json.hpp>

#include "config/base/text.hpp"
#include "dialplan/explain.hpp"

namespace weir::dialplan {
namespace {

namespace json = boost::json;

// JSON is UTF-8, what a caller sends need not be: other bytes than printable ASCII become \xNN.
std::string ascii(const std::string& text) {
    return text::printable(text, text.size());
}

json::array translations_of(const std::vector<TranslationStep>& steps) {
    json::array array;
    for (const TranslationStep& step : steps)
        array.push_back(json::object{{"profile", step.profile},
                                     {"rule", step.rule},
                                     {"number", to_word(step.number)},
                                     {"before", ascii(step.before.digits)},
                                     {"after", ascii(step.after.digits)}});
    return array;
}

json::array candidates_of(const std::vector<RouteCandidate>& candidates) {
    json::array array;
    for (const RouteCandidate& candidate : candidates) {
        json::object one{{"tag", candidate.match.peer.value()},
                         {"matched", ascii(candidate.match.matched)},
                         {"length", candidate.match.length},
                         {"preference", candidate.match.preference},
                         {"target", candidate.target}};
        json::array names;
        for (const EnumQuestion& question : candidate.enum_questions)
            names.emplace_back(ascii(question.name));
        if (!names.empty()) one["enum_names"] = std::move(names);
        array.push_back(std::move(one));
    }
    return array;
}

json::array losers_of(const std::vector<Loser>& losers) {
    json::array array;
    for (const Loser& loser : losers)
        array.push_back(json::object{{"tag", loser.peer.value()},
                                     {"role", to_word(loser.role)},
                                     {"reason", ascii(loser.reason)}});
    return array;
}

}  // namespace

std::string explain_json(const Explanation& explanation) {
    json::object object;
    const RouteDecision& decision = explanation.decision;
    object["inbound"] = json::object{{"tag", decision.inbound.peer.value()},
                                     {"criterion", decision.inbound.criterion},
                                     {"matched", ascii(decision.inbound.matched)}};
    object["translations"] = translations_of(decision.translations);
    object["called"] = ascii(decision.called);
    object["calling"] = ascii(decision.calling);
    object["candidates"] = candidates_of(decision.candidates);
    if (explanation.emergency) object["emergency"] = true;
    if (const ExplainedRecording* recording = explanation.recording()) {
        json::array recorders;
        for (const auto tag : recording->recorders)
            recorders.push_back(tag.value());
        object["recording"] =
            json::object{{"class", recording->media_class}, {"recorders", recorders}};
    }
    object["losers"] = losers_of(explanation.losers);
    if (const RouteRefusal* refusal = explanation.refusal())
        object["refused"] = json::object{{"cause", refusal->cause}, {"sip", refusal->sip}};
    return json::serialize(object) + "\n";
}

}  // namespace weir::dialplan
