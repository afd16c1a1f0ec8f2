// SPDX-License-Identifier: Apache-2.0
// Digest authentication, the side that challenges: `authentication ... realm R challenge` (spec
// B.11) asks a peer's INVITE for its password.
//
// Nothing is kept between the challenge and the answer: a nonce holds its own time and a code over
// time, realm and Call-ID, so that it serves one call for kNonceLifetime. Thread: any; pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/base/clock.hpp"
#include "config/base/result.hpp"
#include "config/model/config.hpp"
#include "signaling/api/message.hpp"
#include "signaling/edge/digest.hpp"

namespace weir::signaling {

class DigestServer {
public:
    // `secret`: at least 16 random bytes, new in each process.
    explicit DigestServer(std::string secret) : secret_(std::move(secret)) {}

    // WWW-Authenticate of the 401: SHA-256 first, MD5 for those who know no better (RFC 8760 2.4).
    // Errors: unavailable, see digest_hash.
    [[nodiscard]] Result<std::vector<Header>> challenge(const SipMessage& request,
                                                        const std::string& realm, MonoTime now,
                                                        bool stale) const;

    enum class Verdict : std::uint8_t {
        right,
        missing,  // no answer for this realm: challenge
        stale,    // right, but to an old nonce: challenge again, stale=true
        wrong,    // 403
    };
    [[nodiscard]] Verdict check(const SipMessage& request, const std::string& realm,
                                const DigestUser& user, MonoTime now) const;

private:
    [[nodiscard]] Result<std::string> nonce(const SipMessage& request, const std::string& realm,
                                            std::int64_t second) const;

    std::string secret_;
};

// The entry of the most specific level with `challenge`, if any: INVITEs of this peer are asked.
[[nodiscard]] const config::Authentication* challenging_entry(const config::Config& config,
                                                              const config::DialPeer& peer);

}  // namespace weir::signaling
