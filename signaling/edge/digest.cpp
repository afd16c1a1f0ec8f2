// SPDX-License-Identifier: Apache-2.0
// Digest: which challenges are answered, with whose password, and the header that says so.
#include "signaling/edge/digest.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "config/base/text.hpp"
#include "config/model/resolve.hpp"
#include "signaling/edge/digest_limits.hpp"
#include "signaling/edge/digest_text.hpp"

namespace weir::signaling {
namespace {

constexpr int kProxyAuthenticationRequired = 407;

std::string quoted(std::string_view value) {
    std::string text = "\"";
    for (const char c : value) {
        if (c == '"' || c == '\\') text.push_back('\\');
        text.push_back(c);
    }
    return text + "\"";
}

std::optional<DigestChallenge> read_challenge(std::string_view value, bool by_proxy) {
    const auto parameters = digest_parameters(value);
    if (!parameters) return std::nullopt;
    const auto get = [&](const char* name) {
        const auto found = parameters->find(name);
        return found == parameters->end() ? std::string() : found->second;
    };
    const auto algorithm = digest_algorithm(get("algorithm"));
    DigestChallenge challenge;
    challenge.realm = get("realm");
    challenge.nonce = get("nonce");
    if (!algorithm || challenge.nonce.empty()) return std::nullopt;
    challenge.algorithm = *algorithm;
    challenge.opaque = get("opaque");
    challenge.stale = text::iequals(get("stale"), "true");
    challenge.by_proxy = by_proxy;
    bool offers_auth_int = false;
    const std::string offered = get("qop");
    for (const auto qop : split_list(offered)) {
        challenge.has_qop = true;
        challenge.offers_auth = challenge.offers_auth || text::iequals(qop, "auth");
        offers_auth_int = offers_auth_int || text::iequals(qop, "auth-int");
    }
    if (challenge.has_qop && !challenge.offers_auth && !offers_auth_int) return std::nullopt;
    return challenge;
}

const config::Authentication* entry_for(const std::vector<config::Authentication>& entries,
                                        std::string_view realm) {
    const auto named = [&](std::string_view wanted) {
        const auto found = std::find_if(entries.begin(), entries.end(),
                                        [&](const auto& entry) { return entry.realm == wanted; });
        return found == entries.end() ? nullptr : &*found;
    };
    const config::Authentication* exact = named(realm);
    return exact == nullptr ? named("") : exact;
}

// The levels of spec B.11 in their order.
std::vector<const std::vector<config::Authentication>*> levels(const config::Config& config,
                                                               const config::DialPeer& peer) {
    std::vector<const std::vector<config::Authentication>*> all{&peer.sip.authentication};
    if (const config::Tenant* tenant = config::tenant_of(config, peer))
        all.push_back(&tenant->sip.authentication);
    all.push_back(&config.voice.sip.authentication);
    return all;
}

}  // namespace

std::string_view to_string(DigestAlgorithm algorithm) {
    switch (algorithm) {
        case DigestAlgorithm::md5:
            return "MD5";
        case DigestAlgorithm::md5_sess:
            return "MD5-sess";
        case DigestAlgorithm::sha256:
            return "SHA-256";
        case DigestAlgorithm::sha256_sess:
            return "SHA-256-sess";
    }
    return "?";
}

std::vector<DigestChallenge> digest_challenges(const SipMessage& response) {
    const bool by_proxy = response.status == kProxyAuthenticationRequired;
    std::vector<DigestChallenge> challenges;
    for (const auto value : response.all(by_proxy ? "Proxy-Authenticate" : "WWW-Authenticate")) {
        if (challenges.size() == kMaxChallenges) break;
        auto challenge = read_challenge(value, by_proxy);
        if (!challenge) continue;
        const bool known = std::any_of(
            challenges.begin(), challenges.end(),
            [&](const DigestChallenge& other) { return other.realm == challenge->realm; });
        if (!known) challenges.push_back(*std::move(challenge));
    }
    return challenges;
}

Result<Header> digest_answer(const DigestChallenge& challenge, const DigestUser& user,
                             const DigestUse& use) {
    DigestParts parts{.algorithm = challenge.algorithm,
                      .realm = challenge.realm,
                      .nonce = challenge.nonce,
                      .qop = {},
                      .cnonce = use.cnonce,
                      .nc = fmt::format("{:08x}", use.count),
                      .method = use.method,
                      .uri = use.uri,
                      .body = use.body};
    if (challenge.has_qop) parts.qop = challenge.offers_auth ? "auth" : "auth-int";
    const auto response = digest_response(parts, user);
    if (!response) return fail(response.error());
    std::string value =
        "Digest username=" + quoted(user.user) + ", realm=" + quoted(challenge.realm) +
        ", nonce=" + quoted(challenge.nonce) + ", uri=" + quoted(use.uri) + ", response=\"" +
        *response + "\"" + ", algorithm=" + std::string(to_string(challenge.algorithm));
    if (!challenge.opaque.empty()) value += ", opaque=" + quoted(challenge.opaque);
    const bool is_sess = challenge.algorithm == DigestAlgorithm::md5_sess ||
                         challenge.algorithm == DigestAlgorithm::sha256_sess;
    if (challenge.has_qop || is_sess) value += ", cnonce=" + quoted(use.cnonce);
    if (challenge.has_qop) value += ", qop=" + parts.qop + ", nc=" + parts.nc;
    return Header{challenge.by_proxy ? "Proxy-Authorization" : "Authorization", std::move(value)};
}

std::optional<DigestUser> digest_user(const config::Config& config, const config::DialPeer& peer,
                                      std::string_view realm) {
    for (const auto* entries : levels(config, peer)) {
        const config::Authentication* entry = entry_for(*entries, realm);
        if (entry == nullptr) continue;
        const auto password = config::clear_text(entry->password);
        if (!password) return std::nullopt;
        return DigestUser{entry->user, *password};
    }
    return std::nullopt;
}

bool has_digest_user(const config::Config& config, const config::DialPeer& peer) {
    const auto all = levels(config, peer);
    return std::any_of(all.begin(), all.end(),
                       [](const auto* entries) { return !entries->empty(); });
}

bool DigestAttempt::may_repeat(const SipMessage& response) const {
    if (repeats_ == 0) return true;
    if (repeats_ >= kMaxDigestRepeats) return false;
    const auto challenges = digest_challenges(response);
    return std::any_of(challenges.begin(), challenges.end(),
                       [](const DigestChallenge& challenge) { return challenge.stale; });
}

Result<SipMessage> with_digest_answers(SipMessage request, const SipMessage& response,
                                       const std::string& cnonce, const config::Config& config,
                                       const config::DialPeer& peer) {
    std::vector<Header> answers;
    std::string missing = "(none that we understand)";
    for (const auto& challenge : digest_challenges(response)) {
        const auto user = digest_user(config, peer, challenge.realm);
        if (!user) {
            missing = challenge.realm;
            continue;
        }
        auto answer = digest_answer(challenge, *user,
                                    {request.method, request.request_uri, request.body, cnonce, 1});
        if (!answer) return fail(answer.error());
        answers.push_back(*std::move(answer));
    }
    if (answers.empty())
        return fail(ErrorCode::denied, "no password for realm '" + text::printable(missing) +
                                           "'; add `authentication username ... realm ...`");
    // The answers to a challenge before this one are void.
    request.remove(answers.front().name);
    for (auto& answer : answers)
        request.add(answer.name, std::move(answer.value));
    return request;
}

}  // namespace weir::signaling
