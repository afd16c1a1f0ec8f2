// SPDX-License-Identifier: Apache-2.0
// The tables of voice service voip and its sip sub-mode (spec B.1, B.2, B.4, B.13, A.13).
#include <utility>

#include "config/language/fields.hpp"
#include "config/language/tables.hpp"
#include "config/language/tables/kept_tables.hpp"

namespace weir::config::language {
namespace {

VoiceService& voice(Config& config, const Scope&) {
    return config.voice;
}
KeptLines& kept_sip(Config& config, const Scope&) {
    return config.voice.kept_sip;
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
    service.rtp_ports = {min, max, words.has("extended")};
    return {};
}

Command<VoiceService> rtp_port_range() {
    return {"rtp-port range [extended] <min=1024-65534> <max=1024-65534>", "UDP ports of media",
            read_ports, [](const Words&, VoiceService& service) { service.rtp_ports = {}; },
            [](const VoiceService& service, Printer& out) {
                const auto& ports = service.rtp_ports;
                if (ports != RtpPortRange{})
                    out.line("rtp-port range " + std::string(ports.extended ? "extended " : "") +
                             std::to_string(ports.min) + " " + std::to_string(ports.max));
            }};
}

Command<VoiceService> shutdown_command() {
    return {"shutdown [forced]", "Take no further calls",
            [](const Words& words, VoiceService& service) -> Result<void> {
                service.shutdown = true;
                service.shutdown_forced = words.has("forced");
                return {};
            },
            [](const Words&, VoiceService& service) {
                service.shutdown = false;
                service.shutdown_forced = false;
            },
            [](const VoiceService& service, Printer& out) {
                if (service.shutdown)
                    out.line(service.shutdown_forced ? "shutdown forced" : "shutdown");
            }};
}

Command<VoiceService> service_media_flow() {
    return {
        "media {flow-through | flow-around}",
        "Whether media go through this node",
        [](const Words& words, VoiceService& service) -> Result<void> {
            service.media_flow =
                words.has("flow-around") ? MediaFlow::flow_around : MediaFlow::flow_through;
            return {};
        },
        [](const Words&, VoiceService& service) { service.media_flow = VoiceService{}.media_flow; },
        [](const VoiceService& service, Printer& out) {
            if (service.media_flow == MediaFlow::flow_around) out.line("media flow-around");
        },
        nullptr,
        nullptr,
        2};
}

// spec B.13
Command<VoiceService> service_srtp() {
    return {"srtp [fallback | pass-thru]", "Encrypted media on all legs",
            [](const Words& words, VoiceService& service) -> Result<void> {
                service.srtp = words.has("fallback")    ? SrtpMode::fallback
                               : words.has("pass-thru") ? SrtpMode::pass_through
                                                        : SrtpMode::on;
                return {};
            },
            [](const Words&, VoiceService& service) { service.srtp = SrtpMode::off; },
            [](const VoiceService& service, Printer& out) {
                if (service.srtp == SrtpMode::on) out.line("srtp");
                if (service.srtp == SrtpMode::fallback) out.line("srtp fallback");
                if (service.srtp == SrtpMode::pass_through) out.line("srtp pass-thru");
            }};
}

// `no sip` sets the whole sub-mode back.
Command<VoiceService> sip_opener() {
    Command<VoiceService> command{
        "sip", "Behaviour common to all SIP calls", nullptr,
        [](const Words&, VoiceService& service) {
            const VoiceService fresh;
            service.sip = fresh.sip;
            service.kept_sip = fresh.kept_sip;
            service.inbound_profiles = fresh.inbound_profiles;
            service.session_transport = fresh.session_transport;
            service.silent_discard_untrusted = fresh.silent_discard_untrusted;
        },
        [](const VoiceService&, Printer& out) { out.block_if_any("sip", sip_scope()); }};
    command.open = [](const Words&, VoiceService&, const Place&) -> Result<Scope> {
        return sip_scope();
    };
    return command;
}

// ---- sip
// ---------------------------------------------------------------------------------------------

Command<VoiceService> service_session_transport() {
    return {"session transport {udp | tcp [tls]}", "Transport protocol of peers that do not say",
            [](const Words& words, VoiceService& service) -> Result<void> {
                service.session_transport = words.has("tcp") ? Transport::tcp : Transport::udp;
                service.sip.session_transport_tls = words.has("tls");
                return {};
            },
            [](const Words&, VoiceService& service) {
                service.session_transport = VoiceService{}.session_transport;
                service.sip.session_transport_tls = false;
            },
            [](const VoiceService& service, Printer& out) {
                if (service.session_transport == Transport::tcp)
                    out.line(std::string("session transport tcp") +
                             (service.sip.session_transport_tls ? " tls" : ""));
            }};
}

}  // namespace

static Mode voice_service_mode() {
    std::vector<Command<VoiceService>> commands = trusted_commands();
    for (auto& command : std::vector<Command<VoiceService>>{
             border_element(),
             flag("allow-connections sip to sip", "Connect SIP calls to SIP",
                  &VoiceService::allow_sip_to_sip),
             flag("address-hiding", "Addresses of the inside stay inside everywhere",
                  &VoiceService::address_hiding),
             rtp_port_range(),
             number("rtp-media-loop count <6-21>",
                    "How often a packet may pass this node, default 6",
                    &VoiceService::rtp_media_loop),
             service_media_flow(),
             service_srtp(),
             shutdown_command(),
         })
        commands.push_back(std::move(command));
    for (auto& command : kept_voice_service_commands())
        commands.push_back(std::move(command));
    Mode mode{ModeId::voice_service, ModeId::global, "voice service voip", "conf-voi-serv",
              make_rows(commands, voice)};
    for (auto& row : kept_voice_service_openers())
        mode.rows.push_back(std::move(row));
    mode.rows.push_back(make_row(sip_opener(), voice));
    return mode;
}

static Mode voice_service_sip_mode() {
    const std::vector<Command<VoiceService>> commands{
        service_session_transport(),
        flag("silent-discard untrusted", "Give untrusted sources no answer",
             &VoiceService::silent_discard_untrusted),
        flag("sip-profiles inbound", "Apply profiles to messages that come in",
             &VoiceService::inbound_profiles),
    };
    Mode mode{ModeId::voice_service_sip, ModeId::voice_service, "sip of voice service voip",
              "conf-serv-sip", sip_option_rows()};
    for (auto& row : make_rows(commands, voice))
        mode.rows.push_back(std::move(row));
    for (auto& row : make_rows(kept_sip_commands(), kept_sip))
        mode.rows.push_back(std::move(row));
    return mode;
}

std::vector<Mode> voice_service_modes() {
    return {voice_service_mode(), trusted_list_mode(), voice_service_sip_mode()};
}

}  // namespace weir::config::language
