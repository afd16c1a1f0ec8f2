// SPDX-License-Identifier: Apache-2.0
// RouteTest: a configuration of a few peers, and the decision about one call.
#pragma once

#include <functional>

#include <gtest/gtest.h>

#include "dialplan/route.hpp"

namespace weir::dialplan {

using config::DialPeer;
using config::DialPeerTag;
using config::PolicyAttribute;
using Tags = std::vector<std::uint32_t>;

class RouteTest : public testing::Test {
protected:
    RouteTest() { config_.voice.allow_sip_to_sip = true; }

    DialPeer& add_in(std::uint32_t tag, const char* called = "T") {
        DialPeer& peer = config_.dial_peers[DialPeerTag{tag}];
        peer.tag = DialPeerTag{tag};
        peer.session_protocol_sip = true;
        peer.incoming_called_number = called;
        return peer;
    }
    DialPeer& add_out(std::uint32_t tag, const char* pattern) {
        DialPeer& peer = config_.dial_peers[DialPeerTag{tag}];
        peer.tag = DialPeerTag{tag};
        peer.session_protocol_sip = true;
        peer.destination_pattern = pattern;
        peer.target = {config::SessionTarget::Kind::address, IpAddress::v4(192, 0, 2, 1), "", 0, 0};
        return peer;
    }
    DialPeer& add_pots(std::uint32_t tag, const char* pattern) {
        DialPeer& peer = config_.dial_peers[DialPeerTag{tag}];
        peer.tag = DialPeerTag{tag};
        peer.type = DialPeer::Type::pots;
        peer.destination_pattern = pattern;
        peer.port = "0/1/0:15";
        return peer;
    }
    void add_rule(std::uint32_t set, const char* match, const char* replace, bool reject = false) {
        config_.translation_rules[set].tag = set;
        auto& rule =
            config_.translation_rules[set]
                .rules[static_cast<std::uint8_t>(config_.translation_rules[set].rules.size() + 1)];
        rule.match = match;
        rule.replace = replace;
        rule.reject = reject;
    }
    void add_profile(const std::string& name, config::TranslatedNumber number, std::uint32_t set) {
        auto& profile = config_.translation_profiles[name];
        profile.name = name;
        profile.steps[static_cast<std::size_t>(number)].rule_set = set;
    }
    void add_host_class(const std::string& tag, const std::string& host) {
        config_.uri_classes[tag].tag = tag;
        config_.uri_classes[tag].host_names.push_back(host);
    }
    void add_map(std::uint32_t tag, std::vector<std::string> entries) {
        config_.pattern_maps[tag].tag = tag;
        config_.pattern_maps[tag].entries = std::move(entries);
    }
    static RouteQuery call(const std::string& called, const std::string& calling = "1000") {
        RouteQuery query;
        query.called.digits = called;
        query.calling.digits = calling;
        query.via_host = "via.example";
        query.request_uri = "sip:" + called + "@request.example";
        query.to_uri = "sip:" + called + "@to.example";
        query.from_uri = "sip:" + calling + "@from.example";
        return query;
    }
    std::shared_ptr<const DialPlan> plan() {
        auto made = DialPlan::compile(std::make_shared<const config::Config>(config_));
        EXPECT_TRUE(made.has_value()) << made.error().context;
        return *made;
    }
    RouteDecision decide(const RouteQuery& query) {
        SeededRandom random(1);
        return route(*plan(), query, random, usage_, busyout_);
    }
    static Tags tags_of(const RouteDecision& decision) {
        Tags tags;
        for (const auto& candidate : decision.candidates)
            tags.push_back(candidate.match.peer.value());
        return tags;
    }
    Tags tags(const RouteQuery& query) { return tags_of(decide(query)); }
    std::string loser_text(const RouteQuery& query, std::uint32_t tag, Loser::Role role) {
        const auto compiled = plan();
        SeededRandom random(1);
        const auto decision = route(*compiled, query, random, usage_, busyout_);
        for (const auto& loser : losers(*compiled, query, decision, busyout_))
            if (loser.peer == DialPeerTag{tag} && loser.role == role) return loser.reason;
        return "no loser";
    }

    config::Config config_;
    UsageMap usage_;
    Busyout busyout_;
};

}  // namespace weir::dialplan
