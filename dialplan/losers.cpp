// SPDX-License-Identifier: Apache-2.0
// Why a peer was not taken: the matchers of every peer are asked one by one, for people.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include <fmt/format.h>

#include "config/base/text.hpp"
#include "dialplan/matching.hpp"
#include "dialplan/show_classes.hpp"
#include "dialplan/uri_text.hpp"

namespace weir::dialplan {
namespace {

using config::DialPeer;

// One matching command of a peer, held against its part of the call.
struct Matcher {
    unsigned rank = 0;  // order of the criterion; the smaller decides first
    std::string name;   // "incoming called-number"
    std::string value;  // "2..."
    std::string text;   // what it is compared with: the number, the URI
    bool matches = false;
    unsigned length = 0;
};

const char* kHeaderNames[] = {"via", "request", "to", "from"};

class Examiner {
public:
    Examiner(const Compiled& plan, const RouteQuery& call, const RouteDecision& decision,
             const Busyout& busyout)
        : plan_(plan), call_(call), decision_(decision), busyout_(busyout) {
        for (const auto& candidate : decision.candidates)
            candidates_.insert(candidate.match.peer);
        for (const auto& step : decision.translations) {
            if (!step.rejected) continue;
            if (step.outbound)
                rejections_.emplace(*step.outbound, &step);
            else
                was_blocked_ = true;
        }
        const auto inbound = plan.find(decision.inbound.peer);
        inbound_ = inbound == nullptr ? &config::default_dial_peer() : inbound->source;
        if (inbound != nullptr) {
            const auto all = inbound_matchers(*inbound->source);
            for (const auto& matcher : all)
                if (matcher.matches && matcher.name == decision.inbound.criterion)
                    inbound_length_ = matcher.length;
        }
    }

    std::vector<Loser> run() {
        std::vector<Loser> losers;
        for (const CompiledPeer& peer : plan_.peers) {
            const config::DialPeerTag tag = peer.source->tag;
            if (tag != decision_.inbound.peer)
                losers.push_back({tag, Loser::Role::inbound, inbound_reason(peer)});
            if (!candidates_.contains(tag))
                losers.push_back({tag, Loser::Role::outbound, outbound_reason(peer)});
        }
        return losers;
    }

private:
    // ---- inbound (spec A.7) ------------------------------------------------------------------

    std::string inbound_reason(const CompiledPeer& peer) {
        const DialPeer& source = *peer.source;
        const bool pots_call = !call_.voice_port.empty();
        if (source.shutdown) return "shut down";
        if (pots_call != (source.type == DialPeer::Type::pots))
            return pots_call ? "a voip peer: calls from a port match pots peers only"
                             : "a pots peer: SIP calls match voip peers only";
        if (source.permission == config::Permission::orig)
            return "permission orig: for outbound calls only";
        if (source.permission == config::Permission::none) return "permission none";
        if (!pots_call && !source.session_protocol_sip) return "no session protocol sipv2";
        const auto matchers = inbound_matchers(source);
        if (matchers.empty()) return "no inbound matching command";
        if (!peer.inbound) return "operation state is down: no session target";
        if (std::string text = arrival_text(peer); !pots_call && !text.empty()) return text;
        const auto best = std::find_if(matchers.begin(), matchers.end(),
                                       [](const Matcher& one) { return one.matches; });
        return best == matchers.end() ? mismatch_text(matchers) : beaten_text(*best);
    }

    // The filter of A.7 by the place of arrival; "" = it lets the peer.
    [[nodiscard]] std::string arrival_text(const CompiledPeer& peer) const {
        if (const auto tenant = plan_.arrivals.tenant_of(call_.arrival)) {
            if (peer.source->tenant == tenant) return "";
            return fmt::format(
                "the call came to the listen-port of voice class tenant {}: only peers of that "
                "tenant match",
                *tenant);
        }
        const auto vrf = plan_.arrivals.vrf_of(call_.arrival);
        if (!vrf || *vrf == peer.vrf) return "";
        const auto name = [](const std::string& text) {
            return text.empty() ? std::string("no VRF") : "VRF " + text;
        };
        return fmt::format("the call came in {}, this peer is bound in {}", name(*vrf),
                           name(peer.vrf));
    }

    // In the order of the criteria.
    std::vector<Matcher> inbound_matchers(const DialPeer& peer) {
        std::vector<Matcher> found;
        const bool sip = call_.voice_port.empty();
        const std::array<const std::string*, 4> texts{&call_.via_host, &call_.request_uri,
                                                      &call_.to_uri, &call_.from_uri};
        if (sip)
            for (const auto& [header, tag] : peer.incoming_uri) {
                const auto index = static_cast<unsigned>(header);
                found.push_back(by_class(index, fmt::format("incoming uri {}", kHeaderNames[index]),
                                         tag, *texts[index]));
            }
        const TypedNumber& called = call_.called;
        const TypedNumber& calling = call_.calling;
        add_pattern(found, 4, "incoming called-number", peer.incoming_called_number, called);
        add_map(found, 4, "incoming called e164-pattern-map", peer.incoming_called_map, called);
        add_dnis(found, 4, peer.dnis_map, called);
        add_map(found, 5, "incoming calling e164-pattern-map", peer.incoming_calling_map, calling);
        if (sip) add_pattern(found, 5, "answer-address", peer.answer_address, calling);
        add_pattern(found, 6, "destination-pattern", peer.destination_pattern, calling);
        check_type(found, peer, called.type, calling.type);
        add_word(found, 7, "carrier-id source", peer.carrier_source, call_.carrier);
        if (!sip) add_word(found, 8, "port", peer.port, call_.voice_port);
        return found;
    }

    std::string beaten_text(const Matcher& best) {
        const std::string winner = std::to_string(decision_.inbound.peer.value());
        const std::string& criterion = decision_.inbound.criterion;
        if (best.rank < rank_of(criterion) || decision_.inbound.peer.value() == 0)
            return fmt::format("{} {} matches", best.name, best.value);
        if (best.rank > rank_of(criterion))
            return fmt::format("{} {} matches, but dial-peer {} matches by {}, which decides first",
                               best.name, best.value, winner, criterion);
        if (best.rank < 4)
            return fmt::format(
                "{} {} matches, but the class of dial-peer {} is more specific, or "
                "its tag is lower",
                best.name, best.value, winner);
        if (best.length < inbound_length_)
            return fmt::format("{} {} matches {} explicit digits, dial-peer {} matches {}",
                               best.name, best.value, best.length, winner, inbound_length_);
        return fmt::format("{} {} matches as long, but dial-peer {} has the lower tag", best.name,
                           best.value, winner);
    }

    static unsigned rank_of(const std::string& criterion) {
        static const std::map<std::string, unsigned> kRanks{
            {"incoming uri via", 0},
            {"incoming uri request", 1},
            {"incoming uri to", 2},
            {"incoming uri from", 3},
            {"incoming called-number", 4},
            {"incoming called e164-pattern-map", 4},
            {"dnis-map", 4},
            {"incoming calling e164-pattern-map", 5},
            {"answer-address", 5},
            {"destination-pattern", 6},
            {"carrier-id source", 7},
            {"port", 8},
        };
        const auto found = kRanks.find(criterion);
        return found == kRanks.end() ? 9 : found->second;
    }

    // ---- outbound (spec A.8) -----------------------------------------------------------------

    std::string outbound_reason(const CompiledPeer& peer) {
        const DialPeer& source = *peer.source;
        if (source.shutdown) return "shut down";
        if (source.permission == config::Permission::term)
            return "permission term: for inbound calls only";
        if (source.permission == config::Permission::none) return "permission none";
        if (!source.has_outbound_matcher()) return "no outbound matching command";
        if (!peer.outbound) return down_text(source);
        // A call that is refused before the lookup has no candidates at all.
        if (decision_.refused && decision_.outbound_by.empty() && was_blocked_)
            return "the call is refused before the lookup: " + decision_.refused->why;
        if (decision_.outbound_by.starts_with("destination dpg"))
            return filtered_text(peer, is_member(source.tag)
                                           ? std::string()
                                           : "no member of the group: " + decision_.outbound_by);
        if (decision_.outbound_by.starts_with("destination provision-policy"))
            return filtered_text(peer, "no line of the policy matches: " + decision_.outbound_by);
        const auto matchers = outbound_matchers(source);
        const auto best = std::find_if(matchers.begin(), matchers.end(),
                                       [](const Matcher& one) { return one.matches; });
        if (best == matchers.end()) return mismatch_text(matchers);
        return filtered_text(
            peer, best->name == decision_.outbound_by || is_called(*best, decision_.outbound_by)
                      ? std::string()
                      : fmt::format("{} {} matches, but {} decides", best->name, best->value,
                                    decision_.outbound_by.empty() ? "another criterion"
                                                                  : decision_.outbound_by));
    }

    static bool is_called(const Matcher& matcher, const std::string& by) {
        return by == "destination-pattern" &&
               (matcher.name == "destination e164-pattern-map" || matcher.name == "dnis-map");
    }

    [[nodiscard]] bool is_member(config::DialPeerTag tag) const {
        const auto group = plan_.config->dial_peer_groups.find(inbound_->dpg.value_or(0));
        if (!inbound_->dpg || group == plan_.config->dial_peer_groups.end()) return false;
        return std::any_of(group->second.members.begin(), group->second.members.end(),
                           [tag](const auto& member) { return member.peer == tag; });
    }

    // A peer that matched: what took it out of the list; else `otherwise`.
    std::string filtered_text(const CompiledPeer& peer, const std::string& otherwise) const {
        const DialPeer& source = *peer.source;
        if (!otherwise.empty()) return otherwise;
        if (!connection_allowed(*plan_.config, call_, source))
            return "allow-connections sip to sip is not configured";
        if (!cor_allows(*plan_.config, *inbound_, source))
            return fmt::format(
                "corlist outgoing {} is not covered by corlist incoming {} of the "
                "inbound dial-peer",
                source.corlist_outgoing, inbound_->corlist_incoming);
        if (is_busy(peer, busyout_)) return "busyout: its target does not answer OPTIONS";
        if (const auto found = rejections_.find(source.tag); found != rejections_.end())
            return fmt::format(
                "rule {} of voice translation-rule {} in its profile {} rejects "
                "the number",
                found->second->rule, found->second->rule_set, found->second->profile);
        return "not a candidate";
    }

    std::string down_text(const DialPeer& peer) const {
        if (peer.type == DialPeer::Type::pots) return "operation state is down: no port";
        if (!peer.session_protocol_sip) return "no session protocol sipv2";
        if (peer.server_group) {
            const auto group = plan_.config->server_groups.find(*peer.server_group);
            const std::string name = fmt::format("voice class server-group {}", *peer.server_group);
            if (group == plan_.config->server_groups.end()) return name + " does not exist";
            if (group->second.shutdown) return name + " is shut down";
            if (group->second.servers.empty()) return name + " has no server";
        } else if (peer.target.kind == config::SessionTarget::Kind::none) {
            return "operation state is down: no session target";
        }
        return "its e164-pattern-map is invalid, and nothing else selects it";
    }

    std::vector<Matcher> outbound_matchers(const DialPeer& peer) {
        std::vector<Matcher> found;
        if (!peer.destination_uri.empty())
            found.push_back(
                by_class(0, "destination uri", peer.destination_uri, call_.request_uri));
        const TypedNumber called{decision_.called, decision_.called_type};
        const TypedNumber calling{decision_.calling, decision_.calling_type};
        add_pattern(found, 1, "destination-pattern", peer.destination_pattern, called);
        add_map(found, 1, "destination e164-pattern-map", peer.destination_map, called);
        add_dnis(found, 1, peer.dnis_map, called);
        add_map(found, 2, "destination calling e164-pattern-map", peer.destination_calling_map,
                calling);
        check_type(found, peer, called.type, calling.type);
        if (peer.route_string)
            add_word(found, 3, "destination route-string", std::to_string(*peer.route_string),
                     call_.route_string);
        for (const auto& [attribute, tag] : peer.destination_uri_of)
            found.push_back({4, "destination uri-... for provision policies", tag, "", false, 0});
        return found;
    }

    // ---- matchers ----------------------------------------------------------------------------

    Matcher by_class(unsigned rank, std::string name, const std::string& tag,
                     const std::string& text) const {
        Matcher made{rank, std::move(name), tag, text, false, 0};
        const auto found = plan_.classes.find(tag);
        if (found == plan_.classes.end()) return made;
        const bool via = made.name.ends_with("via");
        made.matches =
            (via ? found->second.match_via(text) : found->second.match(text)).has_value();
        return made;
    }

    static void add_pattern(std::vector<Matcher>& found, unsigned rank, const char* name,
                            const std::string& pattern, const TypedNumber& number) {
        if (pattern.empty()) return;
        Matcher made{rank, name, pattern, number.digits, false, 0};
        const auto compiled = NumberPattern::compile(pattern);
        if (const auto match = compiled ? compiled->match(number.digits) : std::nullopt) {
            made.matches = true;
            made.length = match->length;
        }
        found.push_back(std::move(made));
    }

    void add_map(std::vector<Matcher>& found, unsigned rank, const char* name,
                 const std::optional<std::uint32_t>& map, const TypedNumber& number) {
        if (!map) return;
        Matcher made{rank, name, std::to_string(*map), number.digits, false, 0};
        if (plan_.map_is_valid(*map)) {
            NumberIndex::Hit best;
            if (index_of(*map).find_best(number.digits, best)) {
                made.matches = true;
                made.length = best.match.length;
            }
        }
        found.push_back(std::move(made));
    }

    void add_dnis(std::vector<Matcher>& found, unsigned rank, const std::string& map,
                  const TypedNumber& number) {
        if (map.empty()) return;
        Matcher made{rank, "dnis-map", map, number.digits, false, 0};
        NumberIndex::Hit best;
        if (dnis_index_of(map).find_best(number.digits, best)) {
            made.matches = true;
            made.length = best.match.length;
        }
        found.push_back(std::move(made));
    }

    // numbering-type: the number fits, its type does not.
    static void check_type(std::vector<Matcher>& found, const DialPeer& peer,
                           config::NumberType called, config::NumberType calling) {
        if (!peer.numbering_type) return;
        for (Matcher& matcher : found) {
            if (!matcher.matches || matcher.name.starts_with("incoming uri") ||
                matcher.name == "destination uri")
                continue;
            const bool by_called = matcher.name == "incoming called-number" ||
                                   matcher.name == "incoming called e164-pattern-map" ||
                                   matcher.name == "dnis-map" ||
                                   matcher.name == "destination e164-pattern-map" ||
                                   (matcher.name == "destination-pattern" && matcher.rank == 1);
            const config::NumberType type = by_called ? called : calling;
            if (takes_type(peer, type)) continue;
            matcher.matches = false;
            matcher.text += fmt::format(" of type {}: numbering-type {}", word_of(type),
                                        word_of(*peer.numbering_type));
        }
    }

    static void add_word(std::vector<Matcher>& found, unsigned rank, const char* name,
                         const std::string& wanted, const std::string& word) {
        if (wanted.empty()) return;
        found.push_back({rank, name, wanted, word, wanted == word, 0});
    }

    // Many peers share few maps: each is made into an index once.
    const NumberIndex& index_of(std::uint32_t map) {
        const auto known = maps_.find(map);
        if (known != maps_.end()) return known->second;
        NumberIndex::Builder builder;
        for (const auto entry : plan_.entries_of(map))
            if (const auto compiled = NumberPattern::compile(entry)) builder.add(*compiled, 0);
        return maps_.emplace(map, builder.build()).first->second;
    }

    const NumberIndex& dnis_index_of(const std::string& map) {
        const auto known = dnis_.find(map);
        if (known != dnis_.end()) return known->second;
        NumberIndex::Builder builder;
        for (const NumberPattern& number : plan_.dnis_numbers(map))
            builder.add(number, 0);
        return dnis_.emplace(map, builder.build()).first->second;
    }

    static std::string mismatch_text(const std::vector<Matcher>& matchers) {
        std::string text;
        for (const Matcher& matcher : matchers) {
            if (!text.empty()) text += "; ";
            text += fmt::format("{} {} does not match {}", matcher.name, matcher.value,
                                matcher.text.empty() ? "(empty)" : text::printable(matcher.text));
        }
        return text;
    }

    const Compiled& plan_;
    const RouteQuery& call_;
    const RouteDecision& decision_;
    const Busyout& busyout_;
    const DialPeer* inbound_ = nullptr;
    unsigned inbound_length_ = 0;
    std::set<config::DialPeerTag> candidates_;
    std::map<config::DialPeerTag, const TranslationStep*> rejections_;  // by outgoing profiles
    bool was_blocked_ = false;                                          // before the lookup
    std::map<std::uint32_t, NumberIndex> maps_;
    std::map<std::string, NumberIndex> dnis_;
};

}  // namespace

std::vector<Loser> losers(const DialPlan& plan, const RouteQuery& query,
                          const RouteDecision& decision, const Busyout& busyout) {
    return Examiner(plan.compiled(), query, decision, busyout).run();
}

}  // namespace weir::dialplan
