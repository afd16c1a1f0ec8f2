// SPDX-License-Identifier: Apache-2.0
// Parameters of Digest headers, and the hashes over them (RFC 7616 3.4); for digest*.cpp.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "config/base/result.hpp"
#include "signaling/edge/digest.hpp"

namespace weir::signaling {

// `Digest realm="x", qop="auth,auth-int"`: name in lower case -> value without quotes; none if the
// scheme is another one or a part cannot be read.
[[nodiscard]] std::optional<std::map<std::string, std::string>> digest_parameters(
    std::string_view value);
// "MD5" in any case; "" is MD5 (RFC 7616 3.3).
[[nodiscard]] std::optional<DigestAlgorithm> digest_algorithm(std::string_view name);
// Lower-case hexadecimal.
[[nodiscard]] Result<std::string> digest_hash(DigestAlgorithm algorithm, std::string_view text);

// What a `response=` is computed from; `qop` "" is RFC 2069.
struct DigestParts {
    DigestAlgorithm algorithm = DigestAlgorithm::md5;
    std::string realm;
    std::string nonce;
    std::string qop;
    std::string cnonce;
    std::string nc;  // eight hexadecimal digits
    std::string method;
    std::string uri;
    std::string body;
};
[[nodiscard]] Result<std::string> digest_response(const DigestParts& parts, const DigestUser& user);

}  // namespace weir::signaling
