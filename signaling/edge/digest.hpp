// SPDX-License-Identifier: Apache-2.0
// Digest authentication, the side that is challenged (RFC 3261 22, 7616, 8760): challenges in,
// Authorization out.
//
// Thread: any; pure. Used for INVITE and every other request of a call (signaling/call), and for
// REGISTER.
//
// | what comes                                  | what follows |
// |---------------------------------------------|--------------|
// | 401/407 to a request without our answer     | the request again, CSeq + 1, an answer for each
// realm | | 401/407 with stale=true to our answer       | once more, with the new nonce | | 401/407
// to our answer otherwise             | final: the password is wrong | | a realm without a
// password, or an algorithm |              | | that we do not know                         | final,
// unless another challenge can be answered |
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/base/result.hpp"
#include "config/model/config.hpp"
#include "signaling/api/message.hpp"

namespace weir::signaling {

enum class DigestAlgorithm : std::uint8_t { md5, md5_sess, sha256, sha256_sess };
[[nodiscard]] std::string_view to_string(DigestAlgorithm algorithm);  // "MD5", "SHA-256-sess"

struct DigestChallenge {
    std::string realm;
    std::string nonce;
    std::string opaque;
    DigestAlgorithm algorithm = DigestAlgorithm::md5;
    bool has_qop = false;      // an RFC 2069 challenge has none
    bool offers_auth = false;  // qop: auth, else auth-int
    bool stale = false;
    bool by_proxy = false;  // 407: the answer is Proxy-Authorization
};

// The challenges of a 401 or 407 that can be answered, in the order of the message: of each realm
// the first one (RFC 8760 2.4: the topmost that is supported). At most kMaxChallenges.
[[nodiscard]] std::vector<DigestChallenge> digest_challenges(const SipMessage& response);

struct DigestUser {
    std::string user;
    std::string password;  // in clear
};

// What one answer is computed over.
struct DigestUse {
    std::string method;
    std::string uri;          // the Request-URI as it is sent
    std::string body;         // for auth-int
    std::string cnonce;       // random, hexadecimal
    std::uint32_t count = 1;  // nc: how often this nonce was used, with this time
};

// The header to add: Authorization or Proxy-Authorization. Errors: unavailable, if the crypto
// library refuses the algorithm (MD5 where it is forbidden).
[[nodiscard]] Result<Header> digest_answer(const DigestChallenge& challenge, const DigestUser& user,
                                           const DigestUse& use);

// Spec B.11: the password for a realm, of the dial-peer, its tenant, or sip-ua: the first level
// with an entry for that realm, or for any. None: nobody has one, or it is of type 6, which we
// cannot read.
[[nodiscard]] std::optional<DigestUser> digest_user(const config::Config& config,
                                                    const config::DialPeer& peer,
                                                    std::string_view realm);
// Whether any level has an entry at all: then a request is worth keeping until it is answered.
[[nodiscard]] bool has_digest_user(const config::Config& config, const config::DialPeer& peer);

// The steps of one request through its challenges.
class DigestAttempt {
public:
    // Whether the request goes again after this 401 or 407: the first time, and once more when the
    // nonce was stale (RFC 7616 3.3).
    [[nodiscard]] bool may_repeat(const SipMessage& response) const;
    void note_repeat() { ++repeats_; }

private:
    std::uint8_t repeats_ = 0;
};

// `request` with the answers to all challenges of `response` that a password is there for, in place
// of the answers it had. Errors: denied, naming the realm that has none.
[[nodiscard]] Result<SipMessage> with_digest_answers(SipMessage request, const SipMessage& response,
                                                     const std::string& cnonce,
                                                     const config::Config& config,
                                                     const config::DialPeer& peer);

}  // namespace weir::signaling
