// SPDX-License-Identifier: Apache-2.0
// Inbound and outbound matching over a compiled configuration (spec A.7, A.8).
#include "dialplan/dial_plan.hpp"

#include <array>
#include <optional>
#include <utility>

#include "config/base/text.hpp"
#include "dialplan/hunt.hpp"

namespace weir::dialplan {

// Compiles a configuration and collects what is wrong with it.
class DialPlan::Compiler {
public:
    explicit Compiler(const config::Config& config) : config_(config) {}

    std::vector<Peer> peers() {
        for (const auto& [tag, source] : config_.uri_classes) {
            auto compiled = CompiledUriClass::compile(source);
            if (compiled) {
                classes_[tag] = std::make_shared<const CompiledUriClass>(std::move(*compiled));
            } else {
                add_error(compiled.error().context);
            }
        }
        std::vector<Peer> made;
        made.reserve(config_.dial_peers.size());
        for (const auto& [tag, source] : config_.dial_peers)
            made.push_back(peer(source));
        return made;
    }

    [[nodiscard]] const std::string& errors() const { return errors_; }

private:
    Peer peer(const config::DialPeer& source) {
        Peer made;
        made.tag = source.tag;
        made.preference = source.preference;
        made.destination = pattern(source, "destination-pattern", source.destination_pattern);
        made.incoming_called =
            pattern(source, "incoming called-number", source.incoming_called_number);
        made.answer_address = pattern(source, "answer-address", source.answer_address);
        for (const auto& [header, tag] : source.incoming_uri) {
            // A class that does not exist matches nothing; the linter says so.
            if (const auto found = classes_.find(tag); found != classes_.end()) {
                made.incoming_uri[header] = found->second;
            }
        }
        // Spec A.7, the filter: admin up, oper up, protocol sipv2.
        made.inbound = source.type == config::DialPeer::Type::voip && source.session_protocol_sip &&
                       source.oper_up();
        made.outbound = source.usable_outbound();
        return made;
    }

    std::optional<NumberPattern> pattern(const config::DialPeer& source, const char* command,
                                         const std::string& text) {
        if (text.empty()) return std::nullopt;
        auto compiled = NumberPattern::compile(text);
        if (compiled) return std::move(*compiled);
        add_error(source.place.file + ":" + std::to_string(source.place.line) +
                  ": dial-peer voice " + std::to_string(source.tag.value()) + ": " + command +
                  ": " + compiled.error().context);
        return std::nullopt;
    }

    void add_error(const std::string& text) {
        if (++count_ > kConfigMaxErrors) return;
        if (!errors_.empty()) errors_ += '\n';
        errors_ += text;
    }

    const config::Config& config_;
    std::map<std::string, std::shared_ptr<const CompiledUriClass>> classes_;
    std::string errors_;
    std::size_t count_ = 0;
};

Result<std::shared_ptr<const DialPlan>> DialPlan::compile(config::ConfigPtr config) {
    WEIR_ASSERT(config != nullptr);
    Compiler compiler(*config);
    DialPlan plan(std::move(config));
    plan.peers_ = compiler.peers();
    if (!compiler.errors().empty()) return fail(ErrorCode::invalid, compiler.errors());
    return std::make_shared<const DialPlan>(std::move(plan));
}

InboundMatch DialPlan::match_inbound(const InboundQuery& query) const {
    using config::UriHeader;
    static constexpr std::array<std::pair<UriHeader, const char*>, 4> kUriCriteria{{
        {UriHeader::via, "incoming uri via"},
        {UriHeader::request, "incoming uri request"},
        {UriHeader::to, "incoming uri to"},
        {UriHeader::from, "incoming uri from"},
    }};
    for (const auto& [header, name] : kUriCriteria) {
        if (const Peer* peer = best_by_uri(header, query)) {
            return {peer->tag, name, config_->find_peer(peer->tag)->incoming_uri.at(header)};
        }
    }
    const struct {
        const char* name;
        PatternOf pattern;
        const std::string& number;
    } number_criteria[] = {
        {"incoming called-number", &Peer::incoming_called, query.called},
        {"answer-address", &Peer::answer_address, query.calling},
        {"destination-pattern", &Peer::destination, query.calling},
    };
    for (const auto& criterion : number_criteria) {
        if (const Peer* peer = best_by_number(criterion.pattern, criterion.number)) {
            const auto match = (peer->*criterion.pattern)->match(criterion.number);
            return {peer->tag, criterion.name, criterion.number.substr(0, match->consumed)};
        }
    }
    return {config::DialPeerTag{0}, "none", ""};
}

// The most specific class; peers stand in ascending tag, so the lowest tag wins a tie.
const DialPlan::Peer* DialPlan::best_by_uri(config::UriHeader header,
                                            const InboundQuery& query) const {
    const Peer* best = nullptr;
    std::optional<UriScore> best_score;
    for (const Peer& peer : peers_) {
        const auto found = peer.incoming_uri.find(header);
        if (!peer.inbound || found == peer.incoming_uri.end()) continue;
        std::optional<UriScore> score;
        switch (header) {
            case config::UriHeader::via:
                score = found->second->match_via(query.via_host);
                break;
            case config::UriHeader::request:
                score = found->second->match(query.request_uri);
                break;
            case config::UriHeader::to:
                score = found->second->match(query.to_uri);
                break;
            case config::UriHeader::from:
                score = found->second->match(query.from_uri);
                break;
        }
        if (score && (!best_score || *score > *best_score)) {
            best = &peer;
            best_score = score;
        }
    }
    return best;
}

// The longest explicit match; the lowest tag wins a tie (spec A.7, running-config order).
const DialPlan::Peer* DialPlan::best_by_number(PatternOf pattern, std::string_view number) const {
    const Peer* best = nullptr;
    unsigned best_length = 0;
    for (const Peer& peer : peers_) {
        if (!peer.inbound || !(peer.*pattern)) continue;
        const auto match = (peer.*pattern)->match(number);
        if (match && (best == nullptr || match->length > best_length)) {
            best = &peer;
            best_length = match->length;
        }
    }
    return best;
}

std::vector<OutboundCandidate> DialPlan::match_outbound(std::string_view called, Random& random,
                                                        const UsageMap& usage) const {
    std::vector<OutboundCandidate> candidates;
    // Spec A.1: without `allow-connections sip to sip` no peer is eligible.
    if (!config_->voice.allow_sip_to_sip) return candidates;
    for (const Peer& peer : peers_) {
        if (!peer.outbound) continue;
        const auto match = peer.destination->match(called);
        if (!match) continue;
        candidates.push_back({peer.tag, std::string(called.substr(0, match->consumed)),
                              match->length, peer.preference});
    }
    order_candidates(candidates, config_->dial_peer_hunt, random, usage);
    return candidates;
}

std::string outgoing_called(std::string_view called, const config::DialPeer& chosen) {
    if (chosen.destination_pattern == ".T" && called.starts_with('+')) called.remove_prefix(1);
    return std::string(called);
}

}  // namespace weir::dialplan
