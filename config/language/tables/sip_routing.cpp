// SPDX-License-Identifier: Apache-2.0
// SIP settings about where a call goes and how a failure is told (spec A.4, A.6, A.12, B.9).
#include "config/language/tables/sip_setting.hpp"

namespace weir::config::language {
namespace {

// outbound-proxy {ipv4: | ipv6: | dns:}X[:port] (spec A.6); `no` at a peer goes back to the session
// target, whatever tenant and global level say.
SipSetting outbound_proxy() {
    SipSetting setting{
        .syntax =
            "outbound-proxy {ipv4:<v4=ipv4-port> | ipv6:<v6=ipv6-port> | dns:<dns=host-port> "
            "| dhcp}",
        .help = "Where requests are sent, whatever the Request-URI says",
        .places = kEverywhere};
    setting.read = [](const Words& words, SipOptions& options) -> Result<void> {
        const SipHop hop = sip_hop_of(words);
        if (hop.kind == SipHop::Kind::address && hop.address.is_unspecified())
            return fail(ErrorCode::invalid,
                        "a request cannot be sent to " + hop.address.to_string());
        options.outbound_proxy = hop;
        return {};
    };
    setting.no = [](const Words&, SipOptions& options) { options.outbound_proxy = SipHop{}; };
    setting.ask_above = [](const Words&, SipOptions& options) { options.outbound_proxy.reset(); };
    setting.print = [](const SipOptions& options, SipLines& out) {
        if (!options.outbound_proxy) return;
        if (options.outbound_proxy->kind != SipHop::Kind::none)
            out.line("outbound-proxy " + to_words(*options.outbound_proxy));
        else if (!out.is_global())
            out.no("outbound-proxy");
    };
    return setting;
}

SipSetting sip_server() {
    SipSetting setting{
        .syntax = "sip-server {ipv4:<v4=ipv4-port> | ipv6:<v6=ipv6-port> | dns:<dns=host-port>}",
        .help = "What session target sip-server means",
        .places = kUaAndTenant};
    setting.has_system = false;
    setting.read = [](const Words& words, SipOptions& options) -> Result<void> {
        options.sip_server = sip_hop_of(words);
        return {};
    };
    setting.ask_above = [](const Words&, SipOptions& options) { options.sip_server.reset(); };
    setting.print = [](const SipOptions& options, SipLines& out) {
        if (options.sip_server) out.line("sip-server " + to_words(*options.sip_server));
    };
    return setting;
}

std::string failure_of(const Words& words) {
    for (const auto failure : kOverridableFailures)
        if (words.has(failure.substr(0, failure.find(' ')))) return std::string(failure);
    return "";
}

SipSetting error_code_override() {
    SipSetting setting{.syntax =
                           "error-code-override {options-keepalive failure | call spike failure | "
                           "cac-bandwidth failure} <400-699>",
                       .help = "SIP status by which a failure is told to the caller",
                       .places = kEverywhere};
    setting.has_system = false;
    setting.read = [](const Words& words, SipOptions& options) -> Result<void> {
        options.error_code_override[failure_of(words)] = static_cast<std::uint16_t>(words.number());
        return {};
    };
    setting.ask_above = [](const Words& words, SipOptions& options) {
        options.error_code_override.erase(failure_of(words));
    };
    setting.print = [](const SipOptions& options, SipLines& out) {
        for (const auto& [failure, code] : options.error_code_override)
            out.line("error-code-override " + failure + " " + std::to_string(code));
    };
    setting.key_words = 3;
    return setting;
}

}  // namespace

std::vector<SipSetting> sip_routing_settings() {
    return {
        sip_flag("call-route url", "Look at destination uri of the outbound peers", kEverywhere,
                 &SipOptions::call_route_url),
        sip_flag("call-route dest-route-string", "Look at destination route-string", kEverywhere,
                 &SipOptions::call_route_dest_route_string),
        sip_flag("call-route history-info", "Route by History-Info", kEverywhere,
                 &SipOptions::call_route_history_info),
        sip_flag("call-route p-called-party-id", "Route by P-Called-Party-ID", kEverywhere,
                 &SipOptions::call_route_p_called_party_id),
        sip_flag("requri-passing", "Keep the host of the received Request-URI", kEverywhere,
                 &SipOptions::requri_passing),
        outbound_proxy(),
        sip_server(),
        sip_flag("error-passthru", "Send the status of the called side on as it is", kEverywhere,
                 &SipOptions::error_passthru),
        error_code_override(),
        sip_flag("reason-header override", "Take the cause from a received Reason header",
                 kUaAndTenant, &SipOptions::reason_header_override),
    };
}

}  // namespace weir::config::language
