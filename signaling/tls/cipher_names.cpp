// SPDX-License-Identifier: Apache-2.0
// Names of cipher suites; see cipher_names.hpp.
#include "signaling/tls/cipher_names.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace weir::signaling {
namespace {

// Suites whose two names are not a matter of underscores.
constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kNames{{
    {"AES128_GCM_SHA256", "TLS_AES_128_GCM_SHA256"},
    {"AES256_GCM_SHA384", "TLS_AES_256_GCM_SHA384"},
    {"CHACHA20_POLY1305_SHA256", "TLS_CHACHA20_POLY1305_SHA256"},
    {"RSA_WITH_AES_128_CBC_SHA", "AES128-SHA"},
    {"RSA_WITH_AES_256_CBC_SHA", "AES256-SHA"},
    {"DHE_RSA_WITH_AES_128_CBC_SHA", "DHE-RSA-AES128-SHA"},
    {"DHE_RSA_WITH_AES_256_CBC_SHA", "DHE-RSA-AES256-SHA"},
    {"ECDHE_RSA_WITH_AES_128_CBC_SHA", "ECDHE-RSA-AES128-SHA"},
    {"ECDHE_RSA_WITH_AES_256_CBC_SHA", "ECDHE-RSA-AES256-SHA"},
    {"ECDHE_RSA_CHACHA20_POLY1305", "ECDHE-RSA-CHACHA20-POLY1305"},
    {"ECDHE_ECDSA_CHACHA20_POLY1305", "ECDHE-ECDSA-CHACHA20-POLY1305"},
}};

}  // namespace

std::string openssl_cipher_name(std::string_view name) {
    const auto* const known =
        std::find_if(kNames.begin(), kNames.end(), [&](const auto& e) { return e.first == name; });
    if (known != kNames.end()) return std::string(known->second);
    if (name.starts_with("TLS_")) return std::string(name);  // TLS 1.3, RFC 8446 B.4
    std::string converted(name);
    std::replace(converted.begin(), converted.end(), '_', '-');
    return converted;
}

CipherLists cipher_lists(const std::vector<std::string>& names) {
    CipherLists lists;
    for (const std::string& name : names) {
        const std::string converted = openssl_cipher_name(name);
        std::string& list = converted.starts_with("TLS_") ? lists.from_1_3 : lists.until_1_2;
        list += (list.empty() ? "" : ":") + converted;
    }
    return lists;
}

}  // namespace weir::signaling
