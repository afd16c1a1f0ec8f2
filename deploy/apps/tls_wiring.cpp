// SPDX-License-Identifier: Apache-2.0
// Settings of TLS; see tls_wiring.hpp.
#include "deploy/apps/tls_wiring.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

#include "deploy/apps/sip_listeners.hpp"

namespace weir::apps {
namespace {

using signaling::TlsIdentity;
using signaling::TlsVersion;

// RFC 5246 9: the one suite that every TLS 1.2 must have.
constexpr const char* kStrictCipher = "AES128-SHA";
constexpr std::array<const char*, 2> kEcdsaCiphers{"ECDHE-ECDSA-AES256-GCM-SHA384",
                                                   "ECDHE-ECDSA-AES128-GCM-SHA256"};

void set_checks(const std::string& validate, TlsIdentity& identity) {
    identity.check_server = validate == "server" || validate == "bidirectional";
    identity.check_client = validate == "client" || validate == "bidirectional";
}

TlsIdentity identity_of(const config::Config& config, const config::TlsProfile& profile) {
    TlsIdentity identity;
    identity.trustpoint = profile.trustpoint;
    identity.verifier = profile.client_trustpoint;
    set_checks(profile.cn_san_validate, identity);
    for (const auto& [number, name] : profile.cn_san)
        identity.names.push_back(name);
    const auto ciphers = config.tls_cipher_classes.find(profile.cipher.value_or(0));
    if (ciphers != config.tls_cipher_classes.end())
        for (const auto& [preference, name] : ciphers->second.ciphers)
            identity.ciphers.push_back(name);
    identity.send_sni = profile.sni_send;
    return identity;
}

// A profile that does not exist gives an identity without a trustpoint: the log names what is
// missing when it is used.
TlsIdentity identity_of(const config::Config& config, const config::CryptoSignaling& crypto) {
    if (crypto.tls_profile != 0) {
        const auto profile = config.tls_profiles.find(crypto.tls_profile);
        return profile == config.tls_profiles.end() ? TlsIdentity{}
                                                    : identity_of(config, profile->second);
    }
    TlsIdentity identity;
    identity.trustpoint = crypto.trustpoint;
    identity.verifier = crypto.client_trustpoint;
    set_checks(crypto.cn_san_validate, identity);
    if (crypto.strict_cipher) identity.ciphers = {kStrictCipher};
    if (crypto.ecdsa_cipher) identity.ciphers.assign(kEcdsaCiphers.begin(), kEcdsaCiphers.end());
    identity.curve_384 = crypto.curve_384;
    return identity;
}

// transport tcp tls [vN [minimum]]; without a version 1.2 and 1.3.
void set_versions(const config::TlsTransport& wanted, signaling::TlsSettings& settings) {
    if (wanted.version == 0) return;
    const auto version = static_cast<TlsVersion>(wanted.version - 10);
    settings.lowest = version;
    settings.highest = wanted.minimum ? TlsVersion::v1_3 : version;
}

}  // namespace

std::string pki_directory(const config::Platform& platform, const std::string& startup) {
    if (!platform.pki.directory.empty()) return platform.pki.directory;
    return (std::filesystem::path(startup).parent_path() / "pki").string();
}

signaling::TlsSettings tls_settings(const config::Config& config, const config::Platform& platform,
                                    const std::string& startup) {
    signaling::TlsSettings settings;
    settings.directory = pki_directory(platform, startup);
    const config::SipUa& ua = config.sip_ua;
    if (ua.transport_tls) set_versions(*ua.transport_tls, settings);
    for (const auto& [tag, profile] : config.tls_profiles)
        settings.profiles[tag] = identity_of(config, profile);
    for (const auto& [prefix, crypto] : ua.crypto_by_address)
        settings.by_address[prefix] = identity_of(config, crypto);
    if (ua.crypto_default) settings.by_default = identity_of(config, *ua.crypto_default);
    settings.listeners = tls_listeners(config, platform);
    settings.registering = registering_listeners(config, settings.listeners);
    settings.establish = ua.tls_establish;
    settings.aging = ua.connection_aging_tls;
    return settings;
}

}  // namespace weir::apps
