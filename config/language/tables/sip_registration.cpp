// SPDX-License-Identifier: Apache-2.0
// SIP settings about registration and digest (spec B.11).
//
// Passwords: what is written in clear (0, or no type) is disguised as type 7 at once, as the router
// does, so no command shows it again; 6 and 7 stay as they are written.
#include <algorithm>

#include "config/language/tables/authentication.hpp"
#include "config/language/tables/sip_limits.hpp"
#include "config/language/tables/sip_setting.hpp"

namespace weir::config::language {
namespace {

constexpr const char* kPassword = "password [0 | 6 | 7] <secret=word>";

Result<Secret> password_of(const Words& words) {
    const std::uint8_t type = words.has("7") ? 7 : words.has("6") ? 6 : 0;
    return secret_of(type, words.text("secret"));
}

}  // namespace

// Also a row of dial-peers, where it stands without `voice-class sip`.
std::string authentication_syntax() {
    return std::string("authentication username <user=word> ") + kPassword +
           " [realm <realm=word> [challenge]]";
}

Result<void> read_authentication(const Words& words, SipOptions& options) {
    const auto password = password_of(words);
    if (!password) return fail(password.error());
    const Authentication entry{words.text("user"), *password, words.text("realm"),
                               words.has("challenge")};
    auto& list = options.authentication;
    const auto same = std::find_if(list.begin(), list.end(), [&](const Authentication& other) {
        return other.realm == entry.realm;
    });
    if (same != list.end()) {
        *same = entry;
        return {};
    }
    if (list.size() >= kMaxRealms)
        return fail(ErrorCode::exhausted,
                    "there are " + std::to_string(kMaxRealms) + " realms with a password already");
    list.push_back(entry);
    return {};
}

void remove_authentication(const Words& words, SipOptions& options) {
    if (words.given("realm"))
        std::erase_if(options.authentication, [&](const Authentication& entry) {
            return entry.realm == words.text("realm");
        });
    else if (words.given("user"))
        std::erase_if(options.authentication, [&](const Authentication& entry) {
            return entry.user == words.text("user");
        });
    else
        options.authentication.clear();
}

std::string authentication_text(const Authentication& entry) {
    return "authentication username " + entry.user + " password " + to_text(entry.password) +
           (entry.realm.empty() ? "" : " realm " + entry.realm) +
           (entry.challenge ? " challenge" : "");
}

namespace {

SipSetting authentication_setting() {
    SipSetting setting{.syntax = authentication_syntax(),
                       .help = "User and password for a digest challenge",
                       .places = kUaAndTenant};
    setting.has_system = false;
    setting.read = read_authentication;
    setting.ask_above = remove_authentication;
    setting.print = [](const SipOptions& options, SipLines& out) {
        for (const auto& entry : options.authentication)
            out.line(authentication_text(entry));
    };
    setting.key_words = 1;
    return setting;
}

Result<void> read_credential(const Words& words, SipOptions& options) {
    const auto password = password_of(words);
    if (!password) return fail(password.error());
    const Credential entry{words.text("line"), words.text("user"), *password, words.text("realm")};
    auto& list = options.credentials;
    const auto same = std::find_if(list.begin(), list.end(), [&](const Credential& other) {
        return other.number == entry.number && other.user == entry.user;
    });
    if (same != list.end()) {
        *same = entry;
        return {};
    }
    if (list.size() >= kMaxCredentials)
        return fail(ErrorCode::exhausted,
                    "there are " + std::to_string(kMaxCredentials) + " credentials already");
    list.push_back(entry);
    return {};
}

SipSetting credentials() {
    SipSetting setting{
        .syntax = std::string("credentials [number <line=word>] username <user=word> ") +
                  kPassword + " realm <realm=word>",
        .help = "What is registered, and with which password",
        .places = kUaAndTenant};
    setting.has_system = false;
    setting.read = read_credential;
    setting.ask_above = [](const Words& words, SipOptions& options) {
        std::erase_if(options.credentials, [&](const Credential& entry) {
            return (!words.given("user") || entry.user == words.text("user")) &&
                   (!words.given("line") || entry.number == words.text("line"));
        });
    };
    setting.print = [](const SipOptions& options, SipLines& out) {
        for (const auto& entry : options.credentials)
            out.line("credentials " + (entry.number.empty() ? "" : "number " + entry.number + " ") +
                     "username " + entry.user + " password " + to_text(entry.password) + " realm " +
                     entry.realm);
    };
    setting.key_words = 1;
    return setting;
}

}  // namespace

std::vector<SipSetting> sip_registration_settings() {
    return {
        sip_acting(sip_kept("registrar [<line=1-6>] {dns:<host=host-port> | ipv4:<v4=ipv4-port> | "
                            "ipv6:<v6=ipv6-port> | dhcp} {expires <expires=60-65535> | "
                            "refresh-ratio <ratio=1-100> | auth-realm <realm=word> | tcp [tls] | "
                            "scheme {sip | sips} | random-contact | secondary | type <type=word>}+",
                            "Where to register", kUaAndTenant, kWholeLine)),
        sip_acting(sip_kept("registrar [<line=1-6>] {dns:<host=host-port> | ipv4:<v4=ipv4-port> | "
                            "ipv6:<v6=ipv6-port> | dhcp}",
                            "Where to register", kUaAndTenant, kWholeLine)),
        credentials(),
        authentication_setting(),
    };
}

}  // namespace weir::config::language
