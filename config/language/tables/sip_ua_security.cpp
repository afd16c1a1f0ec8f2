// SPDX-License-Identifier: Apache-2.0
// The transports that sip-ua opens and the certificates of TLS (spec B.12, B.13).
#include "config/language/argument.hpp"
#include "config/language/fields.hpp"
#include "config/language/tables/kept_tables.hpp"

namespace weir::config::language {
namespace {

constexpr std::array<std::pair<const char*, std::uint8_t>, 4> kVersions{
    {{"v1.0", 10}, {"v1.1", 11}, {"v1.2", 12}, {"v1.3", 13}}};

constexpr const char* kCertificate =
    "{trustpoint <trustpoint=name> [cn-san-validate {server | client | bidirectional}] [client-vtp "
    "<client=name>] [strict-cipher | ecdsa-cipher [curve-size 384]] | tls-profile <1-10000>}";

CryptoSignaling read_certificate(const Words& words) {
    CryptoSignaling crypto;
    crypto.trustpoint = words.text("trustpoint");
    crypto.client_trustpoint = words.text("client");
    for (const char* side : {"server", "client", "bidirectional"})
        if (words.has("cn-san-validate") && words.has(side)) crypto.cn_san_validate = side;
    crypto.strict_cipher = words.has("strict-cipher");
    crypto.ecdsa_cipher = words.has("ecdsa-cipher");
    crypto.curve_384 = words.has("curve-size");
    if (words.given("number")) crypto.tls_profile = static_cast<std::uint32_t>(words.number());
    return crypto;
}

std::string certificate_text(const CryptoSignaling& crypto) {
    if (crypto.tls_profile != 0) return "tls-profile " + std::to_string(crypto.tls_profile);
    std::string text = "trustpoint " + crypto.trustpoint;
    if (!crypto.cn_san_validate.empty()) text += " cn-san-validate " + crypto.cn_san_validate;
    if (!crypto.client_trustpoint.empty()) text += " client-vtp " + crypto.client_trustpoint;
    if (crypto.strict_cipher) text += " strict-cipher";
    if (crypto.ecdsa_cipher) text += " ecdsa-cipher";
    if (crypto.curve_384) text += " curve-size 384";
    return text;
}

Command<SipUa> crypto_default() {
    return {std::string("crypto signaling default ") + kCertificate, "Certificate of TLS",
            [](const Words& words, SipUa& ua) -> Result<void> {
                ua.crypto_default = read_certificate(words);
                return {};
            },
            [](const Words&, SipUa& ua) { ua.crypto_default.reset(); },
            [](const SipUa& ua, Printer& out) {
                if (ua.crypto_default)
                    out.line("crypto signaling default " + certificate_text(*ua.crypto_default));
            }};
}

Result<Prefix> network_of(const Words& words) {
    if (words.given("prefix")) return Prefix::parse(words.text("prefix"));
    const auto length = mask_length(words.text("mask"));
    if (!length) return fail(length.error());
    return Prefix{words.address("address"), *length};
}

// One row for each family: a mask behind an IPv4 address, a prefix length in an IPv6 one.
Command<SipUa> crypto_by_address(const std::string& network, Family family, std::size_t key_words) {
    Command<SipUa> command{
        "crypto signaling remote-addr " + network + " " + kCertificate,
        "Certificate of TLS with these peers",
        [](const Words& words, SipUa& ua) -> Result<void> {
            const auto prefix = network_of(words);
            if (!prefix) return fail(prefix.error());
            ua.crypto_by_address[*prefix] = read_certificate(words);
            return {};
        },
        [](const Words& words, SipUa& ua) {
            if (const auto prefix = network_of(words)) ua.crypto_by_address.erase(*prefix);
        },
        [family](const SipUa& ua, Printer& out) {
            for (const auto& [prefix, crypto] : ua.crypto_by_address) {
                if (prefix.address.family != family) continue;
                const std::string text = family == Family::v4 ? prefix.address.to_string() + " " +
                                                                    mask_text(prefix.length)
                                                              : prefix.to_string();
                out.line("crypto signaling remote-addr " + text + " " + certificate_text(crypto));
            }
        }};
    command.key_words = key_words;
    return command;
}

Command<SipUa> transport_tls() {
    return {"transport tcp tls [{v1.0 | v1.1 | v1.2 | v1.3} [minimum]]", "Listen on TLS",
            [](const Words& words, SipUa& ua) -> Result<void> {
                TlsTransport tls;
                for (const auto& [word, version] : kVersions)
                    if (words.has(word)) tls.version = version;
                tls.minimum = words.has("minimum");
                ua.transport_tls = tls;
                return {};
            },
            [](const Words&, SipUa& ua) { ua.transport_tls.reset(); },
            [](const SipUa& ua, Printer& out) {
                if (!ua.transport_tls) return;
                std::string line = "transport tcp tls";
                for (const auto& [word, version] : kVersions)
                    if (ua.transport_tls->version == version) line += std::string(" ") + word;
                out.line(line + (ua.transport_tls->minimum ? " minimum" : ""));
            }};
}

}  // namespace

std::vector<Command<SipUa>> sip_ua_security_commands() {
    return {
        flag("transport udp", "Listen on UDP", &SipUa::transport_udp),
        flag("transport tcp", "Listen on TCP", &SipUa::transport_tcp),
        transport_tls(),
        crypto_default(),
        crypto_by_address("<address=ipv4> <mask>", Family::v4, 5),
        crypto_by_address("<prefix=ipv6-prefix>", Family::v6, 4),
    };
}

}  // namespace weir::config::language
