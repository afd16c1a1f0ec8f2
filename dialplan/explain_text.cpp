// SPDX-License-Identifier: Apache-2.0
// An explanation for people: what they ask first stands first.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "config/base/text.hpp"
#include "dialplan/explain.hpp"
#include "dialplan/explain_limits.hpp"
#include "dialplan/show_classes.hpp"

namespace weir::dialplan {
namespace {

using config::Config;
using config::DialPeer;
using config::DialPeerTag;

constexpr std::size_t kLabel = 11;  // columns of the words at the left

std::string shown(const std::string& value) {
    return value.empty() ? "\"\"" : text::printable(value, kExplainValueBytes);
}

// A label and what stands beside it; "" continues the one above.
std::string row(const char* label, const std::string& value) {
    return fmt::format("{:<{}}{}\n", label, kLabel, value);
}

std::string described(const Config& config, DialPeerTag tag) {
    if (tag == DialPeerTag{0}) return "dial-peer 0, the default: no peer matched";
    const DialPeer* peer = config.find_peer(tag);
    const std::string& words = peer == nullptr ? std::string() : peer->description;
    return fmt::format("dial-peer {}{}{}", tag.value(), words.empty() ? "" : "  ", words);
}

std::string call_part(const Explanation& explanation) {
    const ExplainedSource& source = explanation.source;
    const RouteQuery& query = explanation.query;
    std::string out = row(
        "Call", fmt::format("{} -> {}", shown(query.calling.digits), shown(query.called.digits)));
    if (source.address.empty()) {
        out += row("Source",
                   query.via_host.empty()
                       ? "not given: trust and incoming uri via could not be asked (--source)"
                       : "not given: trust was not asked (--source)");
        return out;
    }
    const std::string transport = source.transport.empty() ? "" : " by " + source.transport;
    out += row("Source",
               fmt::format("{}{}: {}", source.address, transport,
                           source.trust.empty() ? "NOT trusted" : "trusted by " + source.trust));
    return out;
}

std::string refusal_part(const RouteRefusal& refusal) {
    const std::string answer = refusal.sip == 0 ? "no answer at all is sent"
                                                : fmt::format("SIP {}, Q.850 cause {}", refusal.sip,
                                                              static_cast<unsigned>(refusal.cause));
    return row("REFUSED", answer) + row("", refusal.why);
}

std::string inbound_part(const Config& config, const InboundMatch& inbound) {
    std::string out = row("Inbound", described(config, inbound.peer));
    if (inbound.peer == DialPeerTag{0})
        out += row("", "every voice codec, in-band DTMF, never recorded");
    else
        out += row("", fmt::format("by {}: {}", inbound.criterion, shown(inbound.matched)));
    return out;
}

// The type and plan only where a rule has changed them: SIP numbers have none.
std::string typed(const TypedNumber& number, const TypedNumber& other) {
    if (number.type == other.type && number.plan == other.plan) return shown(number.digits);
    return fmt::format("{} ({}/{})", shown(number.digits), word_of(number.type),
                       word_of(number.plan));
}

std::string rule_of(const TranslationStep& step) {
    std::string words;
    if (!step.profile.empty()) words = step.profile;
    if (step.rule_set != 0) words += fmt::format(" rule-set {}", step.rule_set);
    if (step.rule != 0) words += fmt::format(" rule {}", step.rule);
    return std::string(text::trim(words));
}

std::string step_text(const TranslationStep& step, std::size_t width) {
    const std::string change = step.rejected
                                   ? fmt::format("{} is rejected", shown(step.before.digits))
                                   : fmt::format("{} -> {}", typed(step.before, step.after),
                                                 typed(step.after, step.before));
    return fmt::format("{:<8}  {:<{}}  {}", to_word(step.number), rule_of(step), width, change);
}

std::string steps_part(const char* label, const std::vector<const TranslationStep*>& steps) {
    std::size_t width = 0;
    for (const TranslationStep* step : steps)
        width = std::max(width, rule_of(*step).size());
    std::string out;
    for (const TranslationStep* step : steps)
        out += row(out.empty() ? label : "", step_text(*step, width));
    return out;
}

std::vector<const TranslationStep*> steps_of(const RouteDecision& decision,
                                             std::optional<DialPeerTag> outbound) {
    std::vector<const TranslationStep*> steps;
    for (const TranslationStep& step : decision.translations)
        if (step.outbound == outbound) steps.push_back(&step);
    return steps;
}

std::string numbers_part(const Explanation& explanation) {
    const RouteDecision& decision = explanation.decision;
    std::string out = steps_part("Translated", steps_of(decision, std::nullopt));
    if (decision.called != explanation.query.called.digits ||
        decision.calling != explanation.query.calling.digits)
        out +=
            row(out.empty() ? "Routed as" : "",
                fmt::format("routed as {} -> {}", shown(decision.calling), shown(decision.called)));
    return out;
}

const char* hunt_words(std::uint8_t hunt) {
    static constexpr std::array<const char*, 8> kWords{
        "longest match, preference, random",
        "longest match, preference, least recently used",
        "preference, longest match, random",
        "preference, longest match, least recently used",
        "least recently used, longest match, preference",
        "least recently used, preference, longest match",
        "random",
        "least recently used"};
    return kWords[hunt < kWords.size() ? hunt : 0];
}

// By which criterion of spec A.8, and in which order.
std::string lookup_words(const Config& config, const RouteDecision& decision) {
    const std::string order = hunt_words(config.dial_peer_hunt);
    if (decision.outbound_by.empty()) return "order: " + order;
    if (decision.outbound_by.starts_with("destination dpg"))
        return fmt::format("by {} (order: preference of the member, then {})", decision.outbound_by,
                           order);
    return fmt::format("by {} (order: {})", decision.outbound_by, order);
}

struct CandidateWidths {
    std::size_t tag = 4;
    std::size_t matched = 7;
    std::size_t target = 6;
};

// What DNS is asked for when the call comes; a name of the configuration is known before.
std::string names_part(const DialPeer& peer, const RouteCandidate& candidate) {
    using Kind = config::SessionTarget::Kind;
    if (peer.target.kind == Kind::enum_table && candidate.enum_questions.empty())
        return row("", "    no rule of the enum-match-table matches: it leads nowhere");
    std::vector<std::string> names;
    for (const EnumQuestion& question : candidate.enum_questions)
        names.push_back(question.name);
    if (peer.target.kind == Kind::dns && candidate.host != peer.target.host)
        names.push_back(candidate.host);
    if (names.empty()) return "";
    return row("", fmt::format("    DNS is asked for {} when the call comes: the first one waits",
                               fmt::join(names, ", then ")));
}

std::string candidates_part(const Config& config, const Explanation& explanation) {
    const RouteDecision& decision = explanation.decision;
    CandidateWidths widths;
    for (const RouteCandidate& one : decision.candidates) {
        widths.tag = std::max(widths.tag, std::to_string(one.match.peer.value()).size());
        widths.matched = std::max(widths.matched, shown(one.match.matched).size());
        widths.target = std::max(widths.target, one.target.size());
    }
    std::string out = row("Outbound", lookup_words(config, decision));
    out += row("", fmt::format("{:>2}  {:<{}}  {:<{}}  {:>6}  {:>4}  {:<{}}  {}", "#", "PEER",
                               widths.tag, "MATCHED", widths.matched, "DIGITS", "PREF", "TARGET",
                               widths.target, "DESCRIPTION"));
    std::size_t place = 0;
    for (const RouteCandidate& one : decision.candidates) {
        const DialPeer* peer = config.find_peer(one.match.peer);
        out += row("",
                   fmt::format("{:>2}  {:<{}}  {:<{}}  {:>6}  {:>4}  {:<{}}  {}", ++place,
                               one.match.peer.value(), widths.tag, shown(one.match.matched),
                               widths.matched, one.match.length, one.match.preference, one.target,
                               widths.target, peer == nullptr ? std::string() : peer->description));
        if (peer != nullptr) out += names_part(*peer, one);
        if (peer != nullptr && peer->huntstop && place < decision.candidates.size())
            out += row("", "    huntstop: if this one fails, those below are not tried");
    }
    return out;
}

// What goes out where it differs from what was routed.
std::string sent_part(const RouteDecision& decision) {
    std::string out;
    std::vector<DialPeerTag> seen;  // a server group has a candidate for each server
    for (const RouteCandidate& one : decision.candidates) {
        const auto steps = steps_of(decision, one.match.peer);
        const bool same = one.called == decision.called && one.calling == decision.calling;
        if ((same && steps.empty()) ||
            std::find(seen.begin(), seen.end(), one.match.peer) != seen.end())
            continue;
        seen.push_back(one.match.peer);
        out += row(out.empty() ? "Sends" : "", fmt::format("{}: {} -> {}", one.match.peer.value(),
                                                           shown(one.calling), shown(one.called)));
        out += steps_part("", steps);
    }
    return out;
}

std::string tags_text(const std::vector<DialPeerTag>& tags) {
    std::vector<std::string> texts;
    for (const DialPeerTag tag : tags)
        texts.push_back(std::to_string(tag.value()));
    return fmt::format("{}", fmt::join(texts, ", then "));
}

std::string recording_row(const ExplainedRecording& recording) {
    std::string out = fmt::format("media class {} of dial-peer {}: ", recording.media_class,
                                  recording.anchor.value());
    out += recording.recorders.empty() ? std::string("no recorder can be used, NOTHING is recorded")
                                       : "recorder " + tags_text(recording.recorders);
    return out;
}

std::string recording_part(const Explanation& explanation) {
    if (explanation.decision.candidates.empty()) return "";
    const ExplainedRecording* first = explanation.recording();
    std::string out = row("Recording", first == nullptr ? "none" : recording_row(*first));
    if (first != nullptr) {
        for (const std::string& skipped : first->skipped)
            out += row("", "not used: " + skipped);
        if (!first->warning.empty()) out += row("", first->warning);
    }
    // Hunting may end on a peer of another class.
    for (const ExplainedRecording& other : explanation.recordings)
        if (&other != first && (first == nullptr || other.media_class != first->media_class))
            out += row("", fmt::format("on dial-peer {}: {}", other.outbound.value(),
                                       recording_row(other)));
    return out;
}

std::string losers_part(const std::vector<Loser>& losers) {
    std::size_t width = 0;
    for (const Loser& loser : losers)
        width = std::max(width, std::to_string(loser.peer.value()).size());
    std::string out;
    std::size_t printed = 0;
    for (const Loser& loser : losers) {
        if (printed == kExplainLosers) {
            out +=
                row("", fmt::format("and {} more; --json lists them all", losers.size() - printed));
            break;
        }
        out += row(printed++ == 0 ? "Not taken" : "",
                   fmt::format("{:<8}  {:>{}}  {}", to_word(loser.role), loser.peer.value(), width,
                               text::printable(loser.reason, 2 * kExplainValueBytes)));
    }
    return out;
}

}  // namespace

std::string explain_text(const Config& config, const Explanation& explanation) {
    const RouteDecision& decision = explanation.decision;
    std::vector<std::string> parts{call_part(explanation)};
    if (explanation.source.refused) {
        parts.front() += refusal_part(*explanation.source.refused);
        parts.front() += row("", "what follows is what would happen if it were let in");
    }
    parts.push_back(inbound_part(config, decision.inbound));
    parts.push_back(numbers_part(explanation));
    if (decision.refused) parts.push_back(refusal_part(*decision.refused));
    if (!decision.candidates.empty()) parts.push_back(candidates_part(config, explanation));
    parts.push_back(sent_part(decision));
    if (explanation.emergency)
        parts.push_back(row("Emergency", "yes: no limit on calls refuses it (e911)"));
    parts.push_back(recording_part(explanation));
    parts.push_back(losers_part(explanation.losers));
    std::erase(parts, "");
    return fmt::format("{}", fmt::join(parts, "\n"));
}

}  // namespace weir::dialplan
