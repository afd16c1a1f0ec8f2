// SPDX-License-Identifier: Apache-2.0
// What sip-ua says without effect yet (spec B.11 to B.13), and its maps of causes (spec E.8).
#include "config/language/kept.hpp"
#include "config/language/tables/kept_tables.hpp"

namespace weir::config::language {
namespace {

using Ua = SipUa;

Command<Ua> one(const std::string& syntax, const std::string& help, std::size_t words = 0) {
    return kept_line<Ua>(syntax, help, words);
}

// "set pstn-cause 17 sip-status 600", and its reverse: one entry of a map for each first number.
Command<Ua> cause_map(const std::string& from, const std::string& from_range, const std::string& to,
                      const std::string& to_range, const std::string& help,
                      std::map<std::uint16_t, std::uint16_t> Ua::*map) {
    Command<Ua> command{
        "set " + from + " <from=" + from_range + "> " + to + " <to=" + to_range + ">", help,
        [map](const Words& words, Ua& ua) -> Result<void> {
            (ua.*map)[static_cast<std::uint16_t>(words.number("from"))] =
                static_cast<std::uint16_t>(words.number("to"));
            return {};
        },
        [map](const Words& words, Ua& ua) {
            if (words.given("from"))
                (ua.*map).erase(static_cast<std::uint16_t>(words.number("from")));
            else
                (ua.*map).clear();
        },
        [map, from, to](const Ua& ua, Printer& out) {
            for (const auto& [first, second] : ua.*map)
                out.line("set " + from + " " + std::to_string(first) + " " + to + " " +
                         std::to_string(second));
        }};
    return command;
}

Command<Ua> rfc_map() {
    return {"cause-map rfc3398", "Causes and statuses by RFC 3398 where it differs from the tables",
            [](const Words&, Ua& ua) -> Result<void> {
                ua.cause_map_rfc3398 = true;
                return {};
            },
            [](const Words&, Ua& ua) { ua.cause_map_rfc3398 = false; },
            [](const Ua& ua, Printer& out) {
                if (ua.cause_map_rfc3398) out.line("cause-map rfc3398");
            }};
}

}  // namespace

std::vector<Command<SipUa>> cause_map_commands() {
    return {
        rfc_map(),
        cause_map("pstn-cause", "1-127", "sip-status", "400-699",
                  "Status that a Q.850 cause becomes", &Ua::cause_to_status),
        cause_map("sip-status", "400-699", "pstn-cause", "1-127",
                  "Q.850 cause that a status becomes", &Ua::status_to_cause),
    };
}

std::vector<Command<SipUa>> kept_sip_ua_commands() {
    return {
        one("srv version {1 | 2}", "Form of SRV queries"),
        one("protocol mode {ipv4 | ipv6 | dual-stack [preference {ipv4 | ipv6}]}",
            "Families of addresses"),
        acting(one("notify telephone-event max-duration <40-3000>",
                   "Milliseconds of an event in NOTIFY, default 2000")),
        kept_default_on<Ua>("suspend-resume", "ISDN SUSPEND and RESUME as hold"),
        one("xfer target dial-peer", "Transfer by dial-peers"),
        one("g729-annexb override", "Annex B without saying so"),
        one("calling-info {pstn-to-sip | sip-to-pstn} <line>", "Number of the caller", 2),
        one("mwi-server <line>", "Server of message waiting"),
        one("keepalive {target <target=word> [tcp [tls] | udp] [secondary] | trigger <1-10>}",
            "Keepalive to a target", 2),
        one("presence enable", "Presence"),
        one("aaa username {calling-number | proxy-auth}", "Name in the accounting"),
    };
}

}  // namespace weir::config::language
