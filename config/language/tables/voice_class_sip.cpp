// SPDX-License-Identifier: Apache-2.0
// The tables of header lists, SRTP and TLS classes, and voice class media (spec B.8, B.13, B.14,
// B.17, D.4).
#include <algorithm>
#include <array>
#include <utility>

#include "config/language/class_limits.hpp"
#include "config/language/classes.hpp"
#include "config/language/fields.hpp"
#include "config/language/kept.hpp"
#include "config/language/tables/class_tables.hpp"
#include "config/model/sip_headers.hpp"

namespace weir::config::language {
namespace {

// ---- voice class sip-hdr-passthrulist, voice class sip-copylist

// One header a line; known ones in their own spelling.
template <typename Object>
Command<Object> header_row(const std::string& keyword, const std::string& help) {
    Command<Object> row{
        keyword + " <header=word>", help,
        [](const Words& words, Object& list) -> Result<void> {
            const std::string header = canonical_header(words.text("header"));
            if (!is_header_name(header))
                return fail(ErrorCode::invalid,
                            "'" + header +
                                "' is not the name of a header: letters, digits and "
                                "signs as in X-Trace-Id");
            if (std::count(list.headers.begin(), list.headers.end(), header) > 0) return {};
            if (list.headers.size() >= kMaxHeaderNames)
                return fail(ErrorCode::exhausted,
                            "a list has at most " + std::to_string(kMaxHeaderNames) + " headers");
            list.headers.push_back(header);
            return {};
        },
        [](const Words& words, Object& list) {
            std::erase(list.headers, canonical_header(words.text("header")));
        },
        [keyword](const Object& list, Printer& out) {
            for (const auto& header : list.headers)
                out.line(keyword + " " + header);
        }};
    row.key_words = 2;
    return row;
}

Mode pass_list_mode() {
    const std::vector<Command<HeaderPassList>> commands{
        header_row<HeaderPassList>("passthru-hdr", "A header that is passed to the other leg"),
        flag("passthru-hdr-unsupp", "Pass every header that Weir does not know",
             &HeaderPassList::unsupported),
    };
    return {ModeId::pass_list, ModeId::global, "voice class sip-hdr-passthrulist", "config-class",
            make_rows(commands, tagged<&Config::pass_lists>)};
}

Mode copy_list_mode() {
    const std::vector<Command<HeaderCopyList>> commands{header_row<HeaderCopyList>(
        "sip-header", "A header that SIP profiles of the other leg may copy")};
    return {ModeId::copy_list, ModeId::global, "voice class sip-copylist", "config-class",
            make_rows(commands, tagged<&Config::copy_lists>)};
}

// ---- voice class srtp-crypto

constexpr std::array<std::pair<SrtpSuite, const char*>, 4> kSuites{{
    {SrtpSuite::aead_aes_256_gcm, "AEAD_AES_256_GCM"},
    {SrtpSuite::aead_aes_128_gcm, "AEAD_AES_128_GCM"},
    {SrtpSuite::aes_cm_128_hmac_sha1_80, "AES_CM_128_HMAC_SHA1_80"},
    {SrtpSuite::aes_cm_128_hmac_sha1_32, "AES_CM_128_HMAC_SHA1_32"},
}};

Result<void> read_crypto(const Words& words, SrtpCryptoClass& crypto) {
    const auto preference = static_cast<std::uint8_t>(words.number("preference"));
    for (const auto& [suite, word] : kSuites) {
        if (!words.has(word)) continue;
        for (const auto& [other, known] : crypto.suites)
            if (known == suite && other != preference)
                return fail(ErrorCode::exists, std::string(word) + " has preference " +
                                                   std::to_string(other) + " already");
        crypto.suites[preference] = suite;
    }
    return {};
}

Mode srtp_crypto_mode() {
    std::string suites;
    for (const auto& [suite, word] : kSuites)
        suites += (suites.empty() ? "" : " | ") + std::string(word);
    Command<SrtpCryptoClass> row{
        "crypto <preference=1-4> {" + suites + "}", "A crypto suite and its place in the offer",
        read_crypto,
        [](const Words& words, SrtpCryptoClass& crypto) {
            crypto.suites.erase(static_cast<std::uint8_t>(words.number("preference")));
        },
        [](const SrtpCryptoClass& crypto, Printer& out) {
            for (const auto& [preference, suite] : crypto.suites)
                for (const auto& [known, word] : kSuites)
                    if (known == suite)
                        out.line("crypto " + std::to_string(preference) + " " + word);
        }};
    row.key_words = 2;
    return {ModeId::srtp_crypto, ModeId::global, "voice class srtp-crypto", "config-class",
            make_rows(std::vector<Command<SrtpCryptoClass>>{row},
                      tagged<&Config::srtp_crypto_classes>)};
}

// ---- voice class tls-cipher, voice class tls-profile

// "cipher <preference=1-10> <text=name>": a text by a number.
template <typename Object>
Command<Object> numbered_name(const std::string& syntax, const std::string& help,
                              std::map<std::uint8_t, std::string> Object::*field) {
    Command<Object> row{
        syntax, help,
        [field](const Words& words, Object& object) -> Result<void> {
            (object.*field)[static_cast<std::uint8_t>(words.number())] = words.text("text");
            return {};
        },
        [field](const Words& words, Object& object) {
            (object.*field).erase(static_cast<std::uint8_t>(words.number()));
        },
        [field, fixed = grammar_of_row(syntax).fixed_text()](const Object& object, Printer& out) {
            for (const auto& [number, text] : object.*field)
                out.line(fixed + " " + std::to_string(number) + " " + text);
        }};
    row.key_words = 2;
    return row;
}

Mode tls_cipher_mode() {
    // Which suites a TLS library offers changes with it: names are kept as they are written.
    const std::vector<Command<TlsCipherClass>> commands{
        numbered_name("cipher <1-10> <text=name>", "A cipher suite and its place in the offer",
                      &TlsCipherClass::ciphers)};
    return {ModeId::tls_cipher, ModeId::global, "voice class tls-cipher", "config-class",
            make_rows(commands, tagged<&Config::tls_cipher_classes>)};
}

Command<TlsProfile> validate_row() {
    return {"cn-san validate {server | client | bidirectional}",
            "Whose certificate must name the other side",
            [](const Words& words, TlsProfile& profile) -> Result<void> {
                profile.cn_san_validate = words.all().back().value;
                return {};
            },
            [](const Words&, TlsProfile& profile) { profile.cn_san_validate.clear(); },
            [](const TlsProfile& profile, Printer& out) {
                if (!profile.cn_san_validate.empty())
                    out.line("cn-san validate " + profile.cn_san_validate);
            }};
}

Mode tls_profile_mode() {
    const std::vector<Command<TlsProfile>> commands{
        text_field("description <line>", "Text for people", &TlsProfile::description),
        text_field("trustpoint <name>", "Certificate of this node", &TlsProfile::trustpoint),
        text_field("client-vtp <name>", "Trustpoint that checks the other side's certificate",
                   &TlsProfile::client_trustpoint),
        validate_row(),
        numbered_name("cn-san <1-10> <text=word>", "A name that a certificate may have",
                      &TlsProfile::cn_san),
        optional_number("cipher <1-10000>", "Cipher suites: a voice class tls-cipher",
                        &TlsProfile::cipher),
        flag("sni send", "Send the name of the server in the handshake", &TlsProfile::sni_send),
    };
    return {ModeId::tls_profile, ModeId::global, "voice class tls-profile", "config-class",
            make_rows(commands, tagged<&Config::tls_profiles>)};
}

// ---- voice class media, voice class dscp-profile

Command<MediaSettingsClass> flow_row() {
    return {"media {flow-around | flow-through}", "Whether media pass through this node",
            [](const Words& words, MediaSettingsClass& media) -> Result<void> {
                media.flow =
                    words.has("flow-around") ? MediaFlow::flow_around : MediaFlow::flow_through;
                return {};
            },
            [](const Words&, MediaSettingsClass& media) { media.flow.reset(); },
            [](const MediaSettingsClass& media, Printer& out) {
                if (media.flow)
                    out.line(*media.flow == MediaFlow::flow_around ? "media flow-around"
                                                                   : "media flow-through");
            }};
}

Mode media_settings_mode() {
    auto flow = flow_row();
    flow.key_words = 2;
    auto other = kept_line<MediaSettingsClass>(
        "media {anti-trombone | bulk-stats | forking | monitoring [<1-65535>] | statistics | "
        "sync-streams | transcoder high-density}",
        "A treatment of media", 2);
    other.key_words = 2;
    return {ModeId::media_settings, ModeId::global, "voice class media", "config-class",
            make_rows(std::vector<Command<MediaSettingsClass>>{flow, other},
                      tagged<&Config::media_settings_classes>)};
}

Mode dscp_profile_mode() {
    // Spec B.14 knows the fine syntax only in part: what stands behind the kind of media is kept.
    return kept_mode(
        {ModeId::dscp_profile, ModeId::global, "voice class dscp-profile", "config-class"},
        {kept_lines<KeptLines>("dscp media {audio | video} <mark=line>",
                               "DSCP for a value of Resource-Priority"),
         kept_line<KeptLines>("violation <action=line>",
                              "What is done with wrongly marked packets")});
}

}  // namespace

std::vector<Command<Config>> sip_class_openers() {
    return {
        class_opener("voice class sip-hdr-passthrulist <1-10000>", "Headers that are passed on",
                     &Config::pass_lists, ModeId::pass_list),
        class_opener("voice class sip-copylist <1-10000>",
                     "Headers that the other leg's profiles may copy", &Config::copy_lists,
                     ModeId::copy_list),
        class_opener("voice class srtp-crypto <1-10000>", "SRTP crypto suites",
                     &Config::srtp_crypto_classes, ModeId::srtp_crypto),
        class_opener("voice class tls-cipher <1-10000>", "TLS cipher suites",
                     &Config::tls_cipher_classes, ModeId::tls_cipher),
        class_opener("voice class tls-profile <1-10000>", "Certificates and checks of TLS",
                     &Config::tls_profiles, ModeId::tls_profile),
        class_opener("voice class media <1-10000>", "The way of media",
                     &Config::media_settings_classes, ModeId::media_settings),
    };
}

std::vector<CommandRow> kept_class_openers() {
    return {kept_block_row("voice class dscp-profile <1-10000>", "DSCP for Resource-Priority",
                           ModeId::dscp_profile)};
}

std::vector<Mode> sip_class_modes() {
    return {pass_list_mode(),   copy_list_mode(),      srtp_crypto_mode(), tls_cipher_mode(),
            tls_profile_mode(), media_settings_mode(), dscp_profile_mode()};
}

}  // namespace weir::config::language
