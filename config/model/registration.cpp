// SPDX-License-Identifier: Apache-2.0
// Reads the kept lines about registration.
#include "config/model/registration.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "config/base/text.hpp"
#include "config/model/kept_words.hpp"
#include "config/model/resolve.hpp"

namespace weir::config {
namespace {

using Line = KeptWords;

std::string_view behind(const Line& line, std::string_view word) {
    const auto found = std::find(line.begin(), line.end(), word);
    return found == line.end() || found + 1 == line.end() ? std::string_view() : *(found + 1);
}

// "ipv4:192.0.2.1:5070", "ipv6:[2001:db8::1]:5070", "dns:example.com:5070"
SipHop hop_of(std::string_view word) {
    SipHop hop;
    const auto colon = word.find(':');
    if (colon == std::string_view::npos) return hop;
    const std::string_view place = word.substr(colon + 1);
    if (word.starts_with("ipv4:") || word.starts_with("ipv6:")) {
        if (const auto endpoint = Endpoint::parse(place, 0)) {
            hop.kind = SipHop::Kind::address;
            hop.address = endpoint->address;
            hop.port = endpoint->port;
        }
        return hop;
    }
    const auto port = place.rfind(':');
    hop.kind = SipHop::Kind::dns;
    hop.host = std::string(place.substr(0, port));
    if (port != std::string_view::npos)
        if (const auto number = text::number(place.substr(port + 1)))
            hop.port = static_cast<std::uint16_t>(*number);
    return hop;
}

std::optional<Registrar> registrar_in(const Line& line) {
    if (line.size() < 2 || line[0] != "registrar") return std::nullopt;
    Registrar made;
    std::size_t at = 1;
    if (const auto index = text::number(line[1])) {
        made.index = static_cast<std::uint8_t>(*index);
        at = 2;
    }
    if (at >= line.size()) return std::nullopt;
    made.hop = hop_of(line[at]);
    if (made.hop.kind == SipHop::Kind::none) return std::nullopt;  // dhcp
    if (const auto expires = text::number(behind(line, "expires")))
        made.expires = std::chrono::seconds(*expires);
    if (const auto ratio = text::number(behind(line, "refresh-ratio")))
        made.refresh_ratio = static_cast<std::uint8_t>(*ratio);
    made.realm = std::string(behind(line, "auth-realm"));
    made.tcp = has(line, "tcp");
    made.tls = has(line, "tls");
    made.sips = behind(line, "scheme") == "sips";
    made.random_contact = has(line, "random-contact");
    made.secondary = has(line, "secondary");
    return made;
}

RegistrarLevel level_of(std::uint32_t tenant, const SipOptions& options) {
    RegistrarLevel level{tenant, {}, options.credentials};
    for (const KeptLine& kept : options.kept)
        if (auto registrar = registrar_in(text::words(kept.text)))
            level.registrars.push_back(*std::move(registrar));
    std::stable_sort(level.registrars.begin(), level.registrars.end(),
                     [](const Registrar& a, const Registrar& b) { return a.index < b.index; });
    return level;
}

// On a dial-peer the line begins with `voice-class sip`.
std::optional<RegistrationPassthrough> passthrough_in(const KeptLines& lines) {
    for (const KeptLine& kept : lines) {
        const Line line = text::words(kept.text);
        if (behind(line, "registration") != "passthrough" || has(line, "system")) continue;
        RegistrationPassthrough made;
        made.rate_limit = has(line, "rate-limit");
        if (const auto index = text::number(behind(line, "registrar-index")))
            made.registrar = static_cast<std::uint8_t>(*index);
        return made;
    }
    return std::nullopt;
}

}  // namespace

std::vector<RegistrarLevel> registrar_levels(const Config& config) {
    std::vector<RegistrarLevel> levels;
    const auto add = [&](RegistrarLevel level) {
        if (!level.registrars.empty()) levels.push_back(std::move(level));
    };
    add(level_of(0, config.voice.sip));
    for (const auto& [tag, tenant] : config.tenants)
        add(level_of(tag, tenant.sip));
    return levels;
}

std::optional<RegistrarServer> registrar_server(const Config& config) {
    for (const KeptLine& kept : config.voice.kept_sip) {
        const Line line = text::words(kept.text);
        if (line.size() < 2 || line[0] != "registrar" || line[1] != "server") continue;
        RegistrarServer server;
        if (const auto most = text::number(behind(line, "max")))
            server.max_expires = std::chrono::seconds(*most);
        if (const auto least = text::number(behind(line, "min")))
            server.min_expires = std::chrono::seconds(*least);
        return server;
    }
    return std::nullopt;
}

std::optional<RegistrationPassthrough> registration_passthrough(const Config& config,
                                                                const DialPeer& peer) {
    if (auto own = passthrough_in(peer.sip.kept)) return own;
    if (const Tenant* tenant = tenant_of(config, peer))
        if (auto theirs = passthrough_in(tenant->sip.kept)) return theirs;
    return passthrough_in(config.voice.sip.kept);
}

bool passes_registers(const Config& config, std::optional<std::uint32_t> tenant) {
    if (!registrar_server(config)) return false;
    if (passthrough_in(config.voice.sip.kept)) return true;
    for (const auto& [tag, each] : config.tenants)
        if ((!tenant || tag == *tenant) && passthrough_in(each.sip.kept)) return true;
    return std::any_of(config.dial_peers.begin(), config.dial_peers.end(), [&](const auto& entry) {
        const DialPeer& peer = entry.second;
        return (!tenant || peer.tenant == *tenant) && passthrough_in(peer.sip.kept).has_value();
    });
}

std::vector<Registrar> registrars_of(const Config& config, const DialPeer& peer,
                                     std::optional<std::uint8_t> index) {
    RegistrarLevel level;
    if (const Tenant* tenant = tenant_of(config, peer)) level = level_of(tenant->tag, tenant->sip);
    if (level.registrars.empty()) level = level_of(0, config.voice.sip);
    std::vector<Registrar> found;
    std::vector<Registrar> secondary;
    for (Registrar& registrar : level.registrars) {
        if (index ? registrar.index == *index : !registrar.secondary && found.empty())
            found.push_back(std::move(registrar));
        else if (!index && registrar.secondary)
            secondary.push_back(std::move(registrar));
    }
    std::move(secondary.begin(), secondary.end(), std::back_inserter(found));
    return found;
}

std::optional<Registrar> registrar_of(const Config& config, const DialPeer& peer,
                                      std::optional<std::uint8_t> index) {
    auto all = registrars_of(config, peer, index);
    if (all.empty()) return std::nullopt;
    return std::move(all.front());
}

}  // namespace weir::config
