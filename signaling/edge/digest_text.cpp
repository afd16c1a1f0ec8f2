// SPDX-License-Identifier: Apache-2.0
// Digest: reading of auth-params, hashes by OpenSSL.
#include "signaling/edge/digest_text.hpp"

#include <array>

#include <openssl/evp.h>

#include "config/base/text.hpp"

namespace weir::signaling {
namespace {

// The value that begins at `at`, which is left behind it; none: a quote without its end.
std::optional<std::string> read_value(std::string_view text, std::size_t& at) {
    std::string value;
    if (at == text.size() || text[at] != '"') {
        while (at < text.size() && text[at] != ',')
            value.push_back(text[at++]);
        return std::string(text::trim(value));
    }
    for (++at; at < text.size(); ++at) {
        if (text[at] == '"') {
            ++at;
            return value;
        }
        if (text[at] == '\\' && at + 1 < text.size()) ++at;
        value.push_back(text[at]);
    }
    return std::nullopt;
}

bool is_sess(DigestAlgorithm algorithm) {
    return algorithm == DigestAlgorithm::md5_sess || algorithm == DigestAlgorithm::sha256_sess;
}

}  // namespace

std::optional<std::map<std::string, std::string>> digest_parameters(std::string_view value) {
    constexpr std::string_view kScheme = "digest";
    value = text::trim(value);
    if (!text::istarts_with(value, kScheme)) return std::nullopt;
    value.remove_prefix(kScheme.size());
    if (value.empty() || (value.front() != ' ' && value.front() != '\t')) return std::nullopt;
    std::map<std::string, std::string> parameters;
    std::size_t at = 0;
    while (at < value.size()) {
        if (value[at] == ' ' || value[at] == '\t' || value[at] == ',') {
            ++at;
            continue;
        }
        const std::size_t equals = value.find('=', at);
        if (equals == std::string_view::npos) return std::nullopt;
        const std::string name = text::lower(text::trim(value.substr(at, equals - at)));
        at = equals + 1;
        while (at < value.size() && (value[at] == ' ' || value[at] == '\t'))
            ++at;
        auto read = read_value(value, at);
        if (!read || name.empty()) return std::nullopt;
        parameters.emplace(name, *std::move(read));
    }
    return parameters;
}

std::optional<DigestAlgorithm> digest_algorithm(std::string_view name) {
    if (name.empty()) return DigestAlgorithm::md5;
    for (const auto algorithm : {DigestAlgorithm::md5, DigestAlgorithm::md5_sess,
                                 DigestAlgorithm::sha256, DigestAlgorithm::sha256_sess})
        if (text::iequals(name, to_string(algorithm))) return algorithm;
    return std::nullopt;
}

Result<std::string> digest_hash(DigestAlgorithm algorithm, std::string_view text) {
    const bool sha =
        algorithm == DigestAlgorithm::sha256 || algorithm == DigestAlgorithm::sha256_sess;
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned size = 0;
    if (EVP_Digest(text.data(), text.size(), bytes.data(), &size, sha ? EVP_sha256() : EVP_md5(),
                   nullptr) != 1)
        return fail(ErrorCode::unavailable,
                    "the crypto library refuses " + std::string(to_string(algorithm)) +
                        " for digest authentication; let the peer offer SHA-256");
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string hex;
    for (unsigned i = 0; i < size; ++i)
        hex += {kHex[bytes[i] >> 4U], kHex[bytes[i] & 15U]};
    return hex;
}

Result<std::string> digest_response(const DigestParts& parts, const DigestUser& user) {
    const auto hash = [&](const std::string& text) { return digest_hash(parts.algorithm, text); };
    auto a1 = hash(user.user + ":" + parts.realm + ":" + user.password);
    if (a1 && is_sess(parts.algorithm)) a1 = hash(*a1 + ":" + parts.nonce + ":" + parts.cnonce);
    if (!a1) return a1;
    std::string a2 = parts.method + ":" + parts.uri;
    if (parts.qop == "auth-int") {
        const auto body = hash(parts.body);
        if (!body) return body;
        a2 += ":" + *body;
    }
    const auto request = hash(a2);
    if (!request) return request;
    if (parts.qop.empty()) return hash(*a1 + ":" + parts.nonce + ":" + *request);
    return hash(*a1 + ":" + parts.nonce + ":" + parts.nc + ":" + parts.cnonce + ":" + parts.qop +
                ":" + *request);
}

}  // namespace weir::signaling
