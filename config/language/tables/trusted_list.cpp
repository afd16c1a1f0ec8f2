// SPDX-License-Identifier: Apache-2.0
// ip address trusted: whose calls are accepted (spec B.3).
#include <algorithm>

#include "config/base/limits.hpp"
#include "config/language/argument.hpp"
#include "config/language/fields.hpp"
#include "config/language/tables/kept_tables.hpp"
#include "config/model/release_cause.hpp"

namespace weir::config::language {
namespace {

TrustedList& trusted(Config& config, const Scope&) {
    return config.voice.trusted;
}

const Scope& trusted_scope() {
    static const Scope scope{ModeId::trusted_list, 0, "", "ip address trusted list"};
    return scope;
}

std::string cause_syntax() {
    std::string words;
    for (const auto& cause : release_causes())
        words += std::string(cause.keyword) + " | ";
    return "ip address trusted call-block cause {" + words + "<1-255>}";
}

Command<VoiceService> trusted_call_block_cause() {
    return {cause_syntax(), "Why calls from other sources are refused",
            [](const Words& words, VoiceService& service) -> Result<void> {
                if (words.given("number"))
                    service.trusted.call_block_cause = static_cast<std::uint8_t>(words.number());
                for (const auto& cause : release_causes())
                    if (words.has(cause.keyword)) service.trusted.call_block_cause = cause.value;
                return {};
            },
            [](const Words&, VoiceService& service) {
                service.trusted.call_block_cause = TrustedList{}.call_block_cause;
            },
            [](const VoiceService& service, Printer& out) {
                if (service.trusted.call_block_cause != TrustedList{}.call_block_cause)
                    out.line("ip address trusted call-block cause " +
                             release_cause_text(service.trusted.call_block_cause));
            }};
}

// The default is on, so `no` is what a configuration shows (spec B.3).
Command<VoiceService> trusted_authenticate() {
    return {"ip address trusted authenticate",
            "Refuse calls from sources that are not trusted",
            [](const Words&, VoiceService& service) -> Result<void> {
                service.trusted.authenticate = true;
                return {};
            },
            [](const Words&, VoiceService& service) { service.trusted.authenticate = false; },
            [](const VoiceService& service, Printer& out) {
                if (!service.trusted.authenticate) out.line("no ip address trusted authenticate");
            },
            [](const Words&, VoiceService& service) {
                service.trusted.authenticate = TrustedList{}.authenticate;
            }};
}

Command<VoiceService> trusted_list_opener() {
    Command<VoiceService> command{
        "ip address trusted list", "Sources whose calls are accepted", nullptr,
        [](const Words&, VoiceService& service) { service.trusted.prefixes.clear(); },
        [](const VoiceService&, Printer& out) {
            out.block_if_any("ip address trusted list", trusted_scope());
        }};
    command.open = [](const Words&, VoiceService&, const Place&) -> Result<Scope> {
        return trusted_scope();
    };
    return command;
}

// ---- ip address trusted list
// -------------------------------------------------------------------------

Result<Prefix> v4_of(const Words& words) {
    std::uint8_t length = 32;
    if (words.given("mask")) {
        const auto mask = mask_length(words.text("mask"));
        if (!mask) return fail(mask.error());
        length = *mask;
    }
    return Prefix{words.address("address"), length};
}

Result<void> add_prefix(const Result<Prefix>& prefix, TrustedList& list) {
    if (!prefix) return fail(prefix.error());
    if (std::find(list.prefixes.begin(), list.prefixes.end(), *prefix) != list.prefixes.end())
        return {};
    if (list.prefixes.size() >= kMaxTrustedPrefixes)
        return fail(
            ErrorCode::exhausted,
            "the trusted list has " + std::to_string(kMaxTrustedPrefixes) + " entries already");
    list.prefixes.push_back(*prefix);
    return {};
}

void remove_prefix(const Result<Prefix>& prefix, TrustedList& list) {
    if (prefix)
        list.prefixes.erase(std::remove(list.prefixes.begin(), list.prefixes.end(), *prefix),
                            list.prefixes.end());
}

void print_trusted_v4(const TrustedList& list, Printer& out) {
    for (const auto& prefix : list.prefixes) {
        if (prefix.address.family != Family::v4) continue;
        out.line("ipv4 " + prefix.address.to_string() +
                 (prefix.length == 32 ? "" : " " + mask_text(prefix.length)));
    }
}

void print_trusted_v6(const TrustedList& list, Printer& out) {
    for (const auto& prefix : list.prefixes)
        if (prefix.address.family == Family::v6) out.line("ipv6 " + prefix.to_string());
}

}  // namespace

std::vector<Command<VoiceService>> trusted_commands() {
    return {trusted_list_opener(), trusted_call_block_cause(), trusted_authenticate()};
}

Mode trusted_list_mode() {
    std::vector<Command<TrustedList>> commands{
        {"ipv4 <address=ipv4> [<mask>]", "Trusted IPv4 address or network",
         [](const Words& words, TrustedList& list) { return add_prefix(v4_of(words), list); },
         [](const Words& words, TrustedList& list) { remove_prefix(v4_of(words), list); },
         print_trusted_v4},
        {"ipv6 {<prefix=ipv6-prefix> | <prefix=ipv6>}", "Trusted IPv6 address or network",
         [](const Words& words, TrustedList& list) {
             return add_prefix(Prefix::parse(words.text("prefix")), list);
         },
         [](const Words& words, TrustedList& list) {
             remove_prefix(Prefix::parse(words.text("prefix")), list);
         },
         print_trusted_v6},
    };
    for (auto& command : commands)
        command.key_words = 2;
    return {ModeId::trusted_list, ModeId::voice_service, "ip address trusted list",
            "cfg-iptrust-list", make_rows(commands, trusted)};
}

}  // namespace weir::config::language
