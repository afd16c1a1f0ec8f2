// SPDX-License-Identifier: Apache-2.0
// The tables of voice service voip, its trusted list and its sip sub-mode (spec B.1, B.3, B.4,
// A.13).
#include <algorithm>

#include "config/base/limits.hpp"
#include "config/language/argument.hpp"
#include "config/language/fields.hpp"
#include "config/language/tables.hpp"
#include "config/model/release_cause.hpp"

namespace weir::config::language {
namespace {

VoiceService& voice(Config& config, const Scope&) {
    return config.voice;
}
TrustedList& trusted(Config& config, const Scope&) {
    return config.voice.trusted;
}

const Scope& trusted_scope() {
    static const Scope scope{ModeId::trusted_list, 0, "", "ip address trusted list"};
    return scope;
}
const Scope& sip_scope() {
    static const Scope scope{ModeId::voice_service_sip, 0, "", "sip"};
    return scope;
}

// ---- voice service voip
// ----------------------------------------------------------------------------

Command<VoiceService> border_element() {
    return {"mode border-element [license capacity <1-999999>]", "Relay calls between networks",
            [](const Words& words, VoiceService& service) -> Result<void> {
                service.border_element = true;
                service.license_capacity.reset();
                if (words.has("license"))
                    service.license_capacity = static_cast<std::uint32_t>(words.number());
                return {};
            },
            [](const Words&, VoiceService& service) {
                service.border_element = false;
                service.license_capacity.reset();
            },
            [](const VoiceService& service, Printer& out) {
                if (!service.border_element) return;
                const auto& capacity = service.license_capacity;
                out.line("mode border-element" +
                         (capacity ? " license capacity " + std::to_string(*capacity) : ""));
            }};
}

Result<void> read_ports(const Words& words, VoiceService& service) {
    const auto min = static_cast<std::uint16_t>(words.number("min"));
    const auto max = static_cast<std::uint16_t>(words.number("max"));
    if (min % 2 != 0 || max % 2 != 0)
        return fail(ErrorCode::invalid,
                    "rtp-port range takes even ports, RTCP has the odd one above each: " +
                        std::to_string(min % 2 != 0 ? min : max) + " is odd");
    if (min > max)
        return fail(ErrorCode::invalid,
                    "rtp-port range begins with the lower port: " + std::to_string(min) +
                        " is above " + std::to_string(max));
    if (min == max)
        return fail(ErrorCode::invalid, "rtp-port range " + std::to_string(min) + " " +
                                            std::to_string(max) +
                                            " holds one pair of ports, a call needs two");
    service.rtp_ports = {min, max};
    return {};
}

Command<VoiceService> rtp_port_range() {
    return {"rtp-port range <min=1024-65534> <max=1024-65534>", "UDP ports of media", read_ports,
            [](const Words&, VoiceService& service) { service.rtp_ports = {}; },
            [](const VoiceService& service, Printer& out) {
                const auto& ports = service.rtp_ports;
                if (ports.min != RtpPortRange{}.min || ports.max != RtpPortRange{}.max)
                    out.line("rtp-port range " + std::to_string(ports.min) + " " +
                             std::to_string(ports.max));
            }};
}

std::string cause_syntax() {
    std::string words;
    for (const auto& cause : release_causes())
        words += std::string(cause.keyword) + " | ";
    return "ip address trusted call-block cause {" + words + "<1-255>}";
}

Command<VoiceService> call_block_cause() {
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

Command<VoiceService> sip_opener() {
    Command<VoiceService> command{
        "sip", "Behaviour common to all SIP calls", nullptr,
        [](const Words&, VoiceService& service) {
            const VoiceService fresh;
            service.sip.bind = fresh.sip.bind;
            service.session_transport = fresh.session_transport;
            service.silent_discard_untrusted = fresh.silent_discard_untrusted;
        },
        [](const VoiceService&, Printer& out) { out.block_if_any("sip", sip_scope()); }};
    command.open = [](const Words&, VoiceService&, const Place&) -> Result<Scope> {
        return sip_scope();
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

void print_v4(const TrustedList& list, Printer& out) {
    for (const auto& prefix : list.prefixes) {
        if (prefix.address.family != Family::v4) continue;
        out.line("ipv4 " + prefix.address.to_string() +
                 (prefix.length == 32 ? "" : " " + mask_text(prefix.length)));
    }
}

void print_v6(const TrustedList& list, Printer& out) {
    for (const auto& prefix : list.prefixes)
        if (prefix.address.family == Family::v6) out.line("ipv6 " + prefix.to_string());
}

// ---- sip
// ---------------------------------------------------------------------------------------------

Command<VoiceService> bind() {
    return {"bind {control | media | all} source-interface <interface=word> [<unit=word>]",
            "Interface of signalling or media",
            [](const Words& words, VoiceService& service) -> Result<void> {
                const std::string name = words.text("interface") + words.text("unit");
                if (!words.has("media")) service.sip.bind.control = name;
                if (!words.has("control")) service.sip.bind.media = name;
                return {};
            },
            [](const Words& words, VoiceService& service) {
                if (!words.has("media")) service.sip.bind.control.clear();
                if (!words.has("control")) service.sip.bind.media.clear();
            },
            [](const VoiceService& service, Printer& out) {
                const auto& [control, media] = service.sip.bind;
                if (!control.empty()) out.line("bind control source-interface " + control);
                if (!media.empty()) out.line("bind media source-interface " + media);
            }};
}

Command<VoiceService> session_transport() {
    return {"session transport {udp | tcp}", "Transport protocol of peers that do not say",
            [](const Words& words, VoiceService& service) -> Result<void> {
                service.session_transport = words.has("tcp") ? Transport::tcp : Transport::udp;
                return {};
            },
            [](const Words&, VoiceService& service) {
                service.session_transport = VoiceService{}.session_transport;
            },
            [](const VoiceService& service, Printer& out) {
                if (service.session_transport == Transport::tcp) out.line("session transport tcp");
            }};
}

}  // namespace

static Mode voice_service_mode() {
    const std::vector<Command<VoiceService>> commands{
        trusted_list_opener(),
        call_block_cause(),
        trusted_authenticate(),
        border_element(),
        flag("allow-connections sip to sip", "Connect SIP calls to SIP",
             &VoiceService::allow_sip_to_sip),
        rtp_port_range(),
        flag("shutdown", "Take no further calls", &VoiceService::shutdown),
        sip_opener(),
    };
    return {ModeId::voice_service, ModeId::global, "voice service voip", "conf-voi-serv",
            make_rows(commands, voice)};
}

static Mode trusted_list_mode() {
    std::vector<Command<TrustedList>> commands{
        {"ipv4 <address=ipv4> [<mask>]", "Trusted IPv4 address or network",
         [](const Words& words, TrustedList& list) { return add_prefix(v4_of(words), list); },
         [](const Words& words, TrustedList& list) { remove_prefix(v4_of(words), list); },
         print_v4},
        {"ipv6 {<prefix=ipv6-prefix> | <prefix=ipv6>}", "Trusted IPv6 address or network",
         [](const Words& words, TrustedList& list) {
             return add_prefix(Prefix::parse(words.text("prefix")), list);
         },
         [](const Words& words, TrustedList& list) {
             remove_prefix(Prefix::parse(words.text("prefix")), list);
         },
         print_v6},
    };
    for (auto& command : commands)
        command.key_words = 2;
    return {ModeId::trusted_list, ModeId::voice_service, "ip address trusted list",
            "cfg-iptrust-list", make_rows(commands, trusted)};
}

static Mode voice_service_sip_mode() {
    const std::vector<Command<VoiceService>> commands{
        bind(),
        session_transport(),
        flag("silent-discard untrusted", "Give untrusted sources no answer",
             &VoiceService::silent_discard_untrusted),
    };
    return {ModeId::voice_service_sip, ModeId::voice_service, "sip of voice service voip",
            "conf-serv-sip", make_rows(commands, voice)};
}

std::vector<Mode> voice_service_modes() {
    return {voice_service_mode(), trusted_list_mode(), voice_service_sip_mode()};
}

}  // namespace weir::config::language
