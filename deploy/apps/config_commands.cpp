// SPDX-License-Identifier: Apache-2.0
// Prints the configuration and takes the blocks that are wanted out of the text, so that a part
// reads as it does in the whole.
#include "deploy/apps/config_commands.hpp"

#include <algorithm>
#include <string_view>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "config/base/interface_name.hpp"
#include "config/base/text.hpp"
#include "config/language/language.hpp"

namespace weir::apps {
namespace {

using config::Answer;
using config::Config;
using dialplan::DialPlan;
using Arguments = std::vector<std::string>;

// The blocks whose head line is wanted, with their lines.
template <typename Wanted>
std::string blocks_of(const Config& config, const Wanted& wanted) {
    const std::string whole = config::language::print_running_config(config);
    std::string text;
    bool in_block = false;
    for (const std::string_view line : text::split(whole, '\n')) {
        if (!line.empty() && line.front() != ' ') {
            const bool was = in_block;
            in_block = line != "!" && wanted(line);
            if (was && !in_block) text += "!\n";
        }
        if (in_block) text.append(line).push_back('\n');
    }
    return text;
}

Answer interface_of(const DialPlan& plan, const Arguments& arguments) {
    const auto words = text::words(arguments.front());
    const auto name = words.size() <= 2
                          ? config::interface_name(words[0], words.size() == 2 ? words[1] : "")
                          : fail(ErrorCode::invalid, "one interface is named at a time");
    if (!name) return {false, "% " + name.error().context + "\n"};
    const std::string text = blocks_of(*plan.config(), [&](std::string_view head) {
        constexpr std::string_view kHead = "interface ";
        return head.starts_with(kHead) &&
               config::same_interface(text::trim(head.substr(kHead.size())), *name);
    });
    if (text.empty())
        return {false, fmt::format("% There is no interface {}\n", text::printable(*name, 80))};
    return {true, "Building configuration...\n\n" + text};
}

// `show voice class KIND [TAG]` of the kinds that have no table of their own.
PlanPrinter class_of(const std::string& kind) {
    return [kind](const DialPlan& plan, const Arguments& arguments) {
        const std::string head = "voice class " + kind + " ";
        const std::string text = blocks_of(*plan.config(), [&](std::string_view line) {
            if (!line.starts_with(head)) return false;
            return arguments.empty() ||
                   text::iequals(text::words(line.substr(head.size())).front(), arguments.front());
        });
        if (text.empty() && !arguments.empty())
            return Answer{false, fmt::format("% voice class {} {} does not exist\n", kind,
                                             text::printable(arguments.front(), 80))};
        return Answer{true, text};
    };
}

// The session targets by which a dial-peer makes an address trusted.
std::vector<const config::DialPeer*> trusted_peers(const Config& config) {
    std::vector<const config::DialPeer*> peers;
    for (const auto& [tag, peer] : config.dial_peers)
        if (peer.session_protocol_sip && peer.target.kind == config::SessionTarget::Kind::address)
            peers.push_back(&peer);
    return peers;
}

Answer trusted_list(const DialPlan& plan, const Arguments& /*none*/) {
    const Config& config = *plan.config();
    const config::TrustedList& trusted = config.voice.trusted;
    std::string text = fmt::format(
        "IP Address Trusted Authentication\n Administration State: {}\n Operation State:      {}\n"
        "\nIP Address Trusted Call Block Cause: {}\n"
        "\nVoIP Dial-peer IPv4 and IPv6 Session Targets:\n{:<16}{:<16}{}\n{:<16}{:<16}{}\n",
        trusted.authenticate ? "UP" : "DOWN", trusted.authenticate ? "UP" : "DOWN",
        trusted.call_block_cause, "Peer Tag", "Oper State", "Session Target", "--------",
        "----------", "--------------");
    for (const config::DialPeer* peer : trusted_peers(config))
        text += fmt::format("{:<16}{:<16}{}\n", peer->tag.value(), peer->oper_up() ? "UP" : "DOWN",
                            to_words(peer->target));
    text += "\nIP Address Trusted List:\n";
    for (const Prefix& prefix : trusted.prefixes)
        text += fmt::format(" {} {}\n", prefix.address.family == Family::v6 ? "ipv6" : "ipv4",
                            prefix.to_string());
    return {true, text};
}

Answer trusted_json(const DialPlan& plan, const Arguments& /*none*/) {
    const Config& config = *plan.config();
    boost::json::array peers;
    for (const config::DialPeer* peer : trusted_peers(config))
        peers.push_back(boost::json::object{{"tag", peer->tag.value()},
                                            {"operation", peer->oper_up() ? "up" : "down"},
                                            {"session_target", to_words(peer->target)}});
    boost::json::array prefixes;
    for (const Prefix& prefix : config.voice.trusted.prefixes)
        prefixes.emplace_back(prefix.to_string());
    return {true, boost::json::serialize(boost::json::object{
                      {"authenticate", config.voice.trusted.authenticate},
                      {"call_block_cause", config.voice.trusted.call_block_cause},
                      {"session_targets", peers},
                      {"list", prefixes}}) +
                      "\n"};
}

PlanPrinter whole(config::language::PrintDepth depth) {
    return [depth](const DialPlan& plan, const Arguments& /*none*/) {
        return Answer{true, config::language::print_running_config(*plan.config(), depth)};
    };
}

}  // namespace

void add_config_commands(config::CommandTable& table, const PlanSources& plans) {
    using config::language::PrintDepth;
    const auto add = [&](const std::string& words, const std::string& help, PlanPrinter text,
                         PlanPrinter json = nullptr) {
        add_plan_command(table, plans, {words, help, std::move(text), std::move(json)});
    };
    add("show running-config", "The configuration in use", whole(PrintDepth::changed));
    add("show running-config all", "The same with the values that are defaults",
        whole(PrintDepth::all));
    add("show running-config interface <line>", "One interface", interface_of);
    add("show ip address trusted list", "Who may place calls", trusted_list, trusted_json);
    for (const char* kind : {"codec", "dscp-profile", "e164-translation", "media", "route-string",
                             "sip-copylist", "sip-hdr-passthrulist", "sip-profiles", "srtp-crypto",
                             "tenant", "tls-cipher", "tls-profile"}) {
        const std::string words = std::string("show voice class ") + kind;
        add(words, "As configured", class_of(kind));
        add(words + " <tag>", "One of them", class_of(kind));
    }
}

}  // namespace weir::apps
