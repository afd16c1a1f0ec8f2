// SPDX-License-Identifier: Apache-2.0
// One call from its INVITE to its candidates: inbound peer, block, translations, lookup, order.
#include "dialplan/route.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "dialplan/cause.hpp"
#include "dialplan/digits.hpp"
#include "dialplan/hunt.hpp"
#include "dialplan/matching.hpp"
#include "dialplan/pattern_reader.hpp"
#include "dialplan/profile.hpp"
#include "dialplan/session_host.hpp"

namespace weir::dialplan {
namespace {

const char* number_name(config::TranslatedNumber number) {
    switch (number) {
        case config::TranslatedNumber::calling:
            return "calling number";
        case config::TranslatedNumber::called:
            return "called number";
        default:
            return "redirecting number";
    }
}

std::string rejected_text(const TranslationStep& step) {
    return fmt::format("rule {} of voice translation-rule {} rejects the {} {}", step.rule,
                       step.rule_set, number_name(step.number), step.before.digits);
}

class Router {
public:
    Router(const Compiled& plan, const RouteQuery& call, const UsageMap& usage,
           const Busyout& busyout)
        : plan_(plan), call_(call), usage_(usage), busyout_(busyout) {
        numbers_ = {call.calling, call.called, call.redirecting};
    }

    RouteDecision run(Random& random) {
        inbound_ = find_inbound(plan_, call_);
        made_.inbound = inbound_.match;
        const bool goes_on = numbers_fit() && block() && translate();
        made_.calling = numbers_.calling.digits;
        made_.called = numbers_.called.digits;
        made_.calling_type = numbers_.calling.type;
        made_.called_type = numbers_.called.type;
        made_.redirecting = numbers_.redirecting.digits;
        if (goes_on) choose(random);
        return std::move(made_);
    }

private:
    bool refuse(RouteRefusal why) {
        made_.refused = std::move(why);
        return false;
    }

    // No pattern matches a number beyond the bound: unrefused, it would go past every peer that
    // records or blocks, to dial-peer 0.
    bool numbers_fit() {
        for (const auto* number : {&call_.called, &call_.calling}) {
            const std::string& digits = number->digits;
            if (digits.size() <= kNumberMaxBytes ||
                digits.find_first_not_of(kDialSymbols) != std::string::npos)
                continue;
            return refuse(refusal(kCauseInvalidNumber,
                                  fmt::format("a number of {} digits: at most {} are taken",
                                              digits.size(), kNumberMaxBytes)));
        }
        return true;
    }

    // Spec C.4: the reject lookup precedes translation.
    bool block() {
        if (inbound_.peer == nullptr || inbound_.peer->call_block == nullptr) return true;
        auto step = blocked_by(*inbound_.peer->call_block, numbers_);
        if (!step) return true;
        const int cause =
            inbound_.peer->source->call_block_cause.value_or(kCauseServiceUnavailable);
        std::string why = fmt::format("call-block of dial-peer {}: {}", inbound_.match.peer.value(),
                                      rejected_text(*step));
        made_.translations.push_back(*std::move(step));
        return refuse(refusal(cause, std::move(why)));
    }

    // Spec C.3, the steps 3 and 5, then num-exp (A.3).
    bool translate() {
        const CompiledProfile* profiles[] = {
            inbound_.peer == nullptr ? nullptr : inbound_.peer->incoming,
            call_.voice_port.empty() ? plan_.voip_incoming : nullptr};
        for (const CompiledProfile* profile : profiles) {
            if (profile == nullptr ||
                apply_profile(*profile, std::nullopt, numbers_, made_.translations))
                continue;
            return refuse(refusal(kCauseCallRejected, rejected_text(made_.translations.back())));
        }
        std::string expanded = expand_number(plan_, numbers_.called.digits);
        if (expanded != numbers_.called.digits) {
            TranslationStep step;
            step.profile = "num-exp";
            step.before = numbers_.called;
            numbers_.called.digits = std::move(expanded);
            step.after = numbers_.called;
            made_.translations.push_back(std::move(step));
        }
        return true;
    }

    void choose(Random& random) {
        OutboundFound found =
            find_outbound(plan_, {call_, numbers_.called, numbers_.calling, inbound_.peer});
        made_.outbound_by = found.by;
        if (found.refused) {
            refuse(*std::move(found.refused));
            return;
        }
        const bool matched = !found.peers.empty();
        filter(found.peers);
        if (found.peers.empty()) {
            refuse_empty(matched);
            return;
        }
        for (OutboundCandidate& match : ordered(found, random))
            add_candidate(std::move(match), found.group);
        if (made_.candidates.empty())
            refuse(refusal(kCauseCallRejected, rejected_text(made_.translations.back())));
    }

    void filter(std::vector<PeerMatch>& peers) {
        const config::DialPeer& inbound =
            inbound_.peer == nullptr ? config::default_dial_peer() : *inbound_.peer->source;
        std::erase_if(peers, [&](const PeerMatch& match) {
            const CompiledPeer& peer = plan_.peers[match.peer];
            if (!connection_allowed(*plan_.config, call_, *peer.source)) return forbidden_ = true;
            if (!cor_allows(*plan_.config, inbound, *peer.source)) return restricted_ = true;
            if (!is_busy(peer, busyout_)) return false;
            busy_ = &peer;
            return true;
        });
    }

    void refuse_empty(bool matched) {
        if (busy_ != nullptr) {
            RouteRefusal why = refusal(kCauseBusyout, "every dial-peer for this call is busyout");
            why.sip = busyout_status(why.sip);
            refuse(std::move(why));
        } else if (matched && forbidden_) {
            refuse(
                refusal(kCauseUnassignedNumber, "allow-connections sip to sip is not configured"));
        } else if (matched && restricted_) {
            refuse(refusal(kCauseUnassignedNumber,
                           "the corlist of the inbound dial-peer allows none of the dial-peers"));
        } else {
            refuse(refusal(
                kCauseUnassignedNumber,
                fmt::format("no outbound dial-peer matches the called number {}",
                            numbers_.called.digits.empty() ? "(empty)" : numbers_.called.digits)));
        }
    }

    // Spec A.12: error-code-override options-keepalive failure, of the busy peer, its tenant, all.
    [[nodiscard]] std::uint16_t busyout_status(std::uint16_t otherwise) const {
        const config::DialPeer& peer = *busy_->source;
        std::vector<const config::SipOptions*> levels{&peer.sip};
        if (const auto tenant = plan_.config->tenants.find(peer.tenant.value_or(0));
            peer.tenant && tenant != plan_.config->tenants.end())
            levels.push_back(&tenant->second.sip);
        levels.push_back(&plan_.config->voice.sip);
        for (const auto* level : levels) {
            const auto found = level->error_code_override.find("options-keepalive failure");
            if (found != level->error_code_override.end()) return found->second;
        }
        return otherwise;
    }

    // The preference of a group's members first, then the scheme (spec A.8).
    std::vector<OutboundCandidate> ordered(OutboundFound& found, Random& random) {
        std::stable_sort(found.peers.begin(), found.peers.end(),
                         [](const PeerMatch& a, const PeerMatch& b) {
                             return a.member_preference < b.member_preference;
                         });
        std::vector<OutboundCandidate> all;
        for (std::size_t from = 0; from < found.peers.size();) {
            const unsigned level = found.peers[from].member_preference;
            std::vector<OutboundCandidate> same;
            for (; from < found.peers.size() && found.peers[from].member_preference == level;
                 ++from) {
                const PeerMatch& match = found.peers[from];
                const config::DialPeer& peer = *plan_.peers[match.peer].source;
                same.push_back({peer.tag, numbers_.called.digits.substr(0, match.consumed),
                                match.length, peer.preference});
            }
            order_candidates(same, plan_.config->dial_peer_hunt, random, usage_);
            for (auto& candidate : same) {
                if (found.group) candidate.preference = level;
                all.push_back(std::move(candidate));
            }
        }
        return all;
    }

    // Spec C.3: every candidate starts from the number after the inbound translation. One whose
    // profile rejects the number is no candidate.
    void add_candidate(OutboundCandidate match, bool by_group) {
        const CompiledPeer& peer = *plan_.find(match.peer);
        CallNumbers numbers = numbers_;
        const bool by_pattern = !by_group && made_.outbound_by == "destination-pattern";
        if (by_pattern) {
            std::string called = outgoing_called(numbers.called.digits, *peer.source);
            change(".T", match.peer, numbers.called, std::move(called));
        }
        if (peer.outgoing != nullptr &&
            !apply_profile(*peer.outgoing, match.peer, numbers, made_.translations))
            return;
        RouteCandidate made;
        if (peer.source->type == config::DialPeer::Type::pots)
            change("digit-strip", match.peer, numbers.called,
                   pots_digits(numbers.called.digits, *peer.source, by_group));
        made.match = std::move(match);
        made.called = std::move(numbers.called.digits);
        made.calling = std::move(numbers.calling.digits);
        made.redirecting = std::move(numbers.redirecting.digits);
        made.target = target_text(*peer.source);
        made.host = session_host(*peer.source, numbers_.called.digits, made.called);
        if (!made.host.empty() && made.host != peer.source->target.host) {
            config::SessionTarget filled = peer.source->target;
            filled.host = made.host;
            made.target = config::to_words(filled);
        }
        if (const auto table = plan_.enum_tables.find(peer.source->target.number);
            peer.source->target.kind == config::SessionTarget::Kind::enum_table &&
            table != plan_.enum_tables.end())
            made.enum_questions = table->second.questions(made.called);
        if (peer.servers != nullptr) made.servers = order_servers(*peer.servers, usage_, busyout_);
        made_.candidates.push_back(std::move(made));
    }

    void change(const char* by, config::DialPeerTag peer, TypedNumber& number, std::string digits) {
        if (digits == number.digits) return;
        TranslationStep step;
        step.profile = by;
        step.before = number;
        number.digits = std::move(digits);
        step.after = number;
        step.outbound = peer;
        made_.translations.push_back(std::move(step));
    }

    const Compiled& plan_;
    const RouteQuery& call_;
    const UsageMap& usage_;
    const Busyout& busyout_;
    InboundFound inbound_;
    CallNumbers numbers_;
    RouteDecision made_;
    bool forbidden_ = false;              // a voip peer without allow-connections
    bool restricted_ = false;             // a peer that COR does not allow
    const CompiledPeer* busy_ = nullptr;  // the last busyout peer
};

}  // namespace

RouteDecision route(const DialPlan& plan, const RouteQuery& query, Random& random,
                    const UsageMap& usage, const Busyout& busyout) {
    return Router(plan.compiled(), query, usage, busyout).run(random);
}

std::string target_text(const config::DialPeer& peer) {
    if (peer.type == config::DialPeer::Type::pots)
        return peer.port.empty() ? "" : "port " + peer.port;
    if (peer.server_group) return fmt::format("server-group {}", *peer.server_group);
    return config::to_words(peer.target);
}

}  // namespace weir::dialplan
