// SPDX-License-Identifier: Apache-2.0
// SIP settings about interfaces, ports, transport, security and NAT (spec A.13, B.4, B.12, B.13).
#include "config/base/interface_name.hpp"
#include "config/language/tables/sip_setting.hpp"

namespace weir::config::language {
namespace {

// One kind of bind, "control" or "media".
struct BindFields {
    const char* word;
    std::string Bind::*interface;
    std::optional<IpAddress> Bind::*v4;
    std::optional<IpAddress> Bind::*v6;
};
constexpr std::array<BindFields, 2> kBinds{{
    {"control", &Bind::control, &Bind::control_v4, &Bind::control_v6},
    {"media", &Bind::media, &Bind::media_v4, &Bind::media_v6},
}};

bool is_meant(const BindFields& fields, const Words& words) {
    return words.has("all") || words.has(fields.word);
}

SipSetting bind() {
    SipSetting setting{
        .syntax =
            "bind {control | media | all} source-interface <interface=word> [<unit=word>] "
            "[ipv4-address <v4=ipv4>] [ipv6-address <v6=ipv6>]",
        .help = "Interface whose address signalling or media use",
        .places = kEverywhere};
    setting.has_system = false;
    setting.read = [](const Words& words, SipOptions& options) -> Result<void> {
        const auto name = interface_name(words.text("interface"), words.text("unit"));
        if (!name) {
            words.blame("interface");
            return fail(name.error());
        }
        for (const BindFields& fields : kBinds) {
            if (!is_meant(fields, words)) continue;
            Bind& bind = options.bind;
            bind.*fields.interface = *name;
            (bind.*fields.v4).reset();
            (bind.*fields.v6).reset();
            if (words.given("v4")) bind.*fields.v4 = words.address("v4");
            if (words.given("v6")) bind.*fields.v6 = words.address("v6");
        }
        return {};
    };
    setting.ask_above = [](const Words& words, SipOptions& options) {
        for (const BindFields& fields : kBinds) {
            // `no bind` alone means both.
            const bool both = !words.has("control") && !words.has("media");
            if (!both && !is_meant(fields, words)) continue;
            (options.bind.*fields.interface).clear();
            (options.bind.*fields.v4).reset();
            (options.bind.*fields.v6).reset();
        }
    };
    setting.print = [](const SipOptions& options, SipLines& out) {
        for (const BindFields& fields : kBinds) {
            const Bind& bind = options.bind;
            if ((bind.*fields.interface).empty()) continue;
            std::string line =
                std::string("bind ") + fields.word + " source-interface " + bind.*fields.interface;
            if (const auto& v4 = bind.*fields.v4) line += " ipv4-address " + v4->to_string();
            if (const auto& v6 = bind.*fields.v6) line += " ipv6-address " + v6->to_string();
            out.line(line);
        }
    };
    setting.key_words = 1;
    return setting;
}

// `session transport` of the sip mode stands with the mode's own commands.
SipSetting session_transport() {
    SipSetting setting{.syntax = "session transport {udp | tcp [tls]}",
                       .help = "Transport protocol of the peers of this tenant",
                       .places = kTenantOnly};
    setting.read = [](const Words& words, SipOptions& options) -> Result<void> {
        options.session_transport = words.has("tcp") ? Transport::tcp : Transport::udp;
        options.session_transport_tls = words.has("tls");
        return {};
    };
    setting.ask_above = [](const Words&, SipOptions& options) {
        options.session_transport.reset();
        options.session_transport_tls = false;
    };
    setting.print = [](const SipOptions& options, SipLines& out) {
        if (options.session_transport)
            out.line(std::string("session transport ") +
                     (*options.session_transport == Transport::tcp ? "tcp" : "udp") +
                     (options.session_transport_tls ? " tls" : ""));
    };
    return setting;
}

SipSetting listen_port(const std::string& syntax, const std::string& help,
                       std::optional<std::uint16_t> SipOptions::*field) {
    auto setting = sip_number(syntax, help, kSipAndTenant, field);
    setting.has_system = false;
    return setting;
}

// nat media-keepalive [S]: 10 seconds where no number is written.
SipSetting nat_keepalive() {
    constexpr std::uint8_t kDefaultSeconds = 10;  // spec B.4
    SipSetting setting{.syntax = "nat media-keepalive [<1-50>]",
                       .help = "Seconds between small RTP packets that keep a NAT open",
                       .places = kEverywhere};
    setting.places.sip = false;
    setting.has_system = false;
    setting.read = [](const Words& words, SipOptions& options) -> Result<void> {
        options.nat_keepalive =
            words.given("number") ? static_cast<std::uint8_t>(words.number()) : kDefaultSeconds;
        return {};
    };
    setting.ask_above = [](const Words&, SipOptions& options) { options.nat_keepalive.reset(); };
    setting.print = [](const SipOptions& options, SipLines& out) {
        if (options.nat_keepalive)
            out.line("nat media-keepalive " + std::to_string(*options.nat_keepalive));
    };
    return setting;
}

}  // namespace

std::vector<SipSetting> sip_transport_settings() {
    return {
        session_transport(),
        sip_flag("transport switch udp tcp",
                 "Requests of more than 1,300 bytes go by TCP (RFC 3261 18.1.1)", kEverywhere,
                 &SipOptions::transport_switch),
        listen_port("listen-port non-secure <5000-5500>", "UDP and TCP port",
                    &SipOptions::listen_port),
        listen_port("listen-port secure <1-65535>", "TLS port", &SipOptions::listen_port_secure),
        sip_number("srtp-crypto <1-10000>", "Suites of SRTP", kEverywhere,
                   &SipOptions::srtp_crypto),
        sip_flag("srtp negotiate cisco", "Accept RTP as the answer to SRTP", kEverywhere,
                 &SipOptions::srtp_negotiate_cisco),
        sip_number("tls-profile <1-10000>", "TLS profile of this tenant", kTenantOnly,
                   &SipOptions::tls_profile),
        sip_number("options-ping <60-1200>", "Seconds between OPTIONS in a dialog", kEverywhere,
                   &SipOptions::options_ping),
        sip_choice("nat symmetric role", "Role in symmetric NAT", kUaAndTenant, kNatRoles,
                   &SipOptions::nat_role),
        sip_flag("nat symmetric check-media-src", "Learn the source of media behind a NAT",
                 kUaAndTenant, &SipOptions::nat_check_media_source),
        nat_keepalive(),
        bind(),
    };
}

}  // namespace weir::config::language
