// SPDX-License-Identifier: Apache-2.0
// DigestServer: nonces that prove themselves, and the check of an answer.
#include "signaling/edge/digest_server.hpp"

#include <algorithm>

#include "config/base/text.hpp"
#include "config/model/resolve.hpp"
#include "signaling/edge/digest_limits.hpp"
#include "signaling/edge/digest_text.hpp"

namespace weir::signaling {
namespace {

constexpr std::int64_t kNonceTick = 1'000'000'000;  // ns: nonces count in seconds

// Compares in a time that does not depend on where the texts differ.
bool same(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    unsigned char difference = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        difference = static_cast<unsigned char>(difference | (a[i] ^ b[i]));
    return difference == 0;
}

}  // namespace

Result<std::string> DigestServer::nonce(const SipMessage& request, const std::string& realm,
                                        std::int64_t second) const {
    const std::string* call_id = request.find("Call-ID");
    const std::string stamp = std::to_string(second);
    // The secret on both ends: what is known of the middle does not help to go on (RFC 2104's aim).
    const auto code = digest_hash(DigestAlgorithm::sha256,
                                  secret_ + "\n" + stamp + "\n" + realm + "\n" +
                                      (call_id == nullptr ? "" : *call_id) + "\n" + secret_);
    if (!code) return code;
    return stamp + "-" + *code;
}

Result<std::vector<Header>> DigestServer::challenge(const SipMessage& request,
                                                    const std::string& realm, MonoTime now,
                                                    bool stale) const {
    const auto made = nonce(request, realm, now.ns / kNonceTick);
    if (!made) return fail(made.error());
    std::vector<Header> headers;
    for (const auto algorithm : {DigestAlgorithm::sha256, DigestAlgorithm::md5})
        headers.push_back(
            {"WWW-Authenticate", "Digest realm=\"" + realm + "\", nonce=\"" + *made +
                                     "\", algorithm=" + std::string(to_string(algorithm)) +
                                     ", qop=\"auth\"" + (stale ? ", stale=true" : "")});
    return headers;
}

DigestServer::Verdict DigestServer::check(const SipMessage& request, const std::string& realm,
                                          const DigestUser& user, MonoTime now) const {
    for (const auto value : request.all("Authorization")) {
        const auto parameters = digest_parameters(value);
        if (!parameters) continue;
        const auto get = [&](const char* name) {
            const auto found = parameters->find(name);
            return found == parameters->end() ? std::string() : found->second;
        };
        if (get("realm") != realm) continue;
        const auto algorithm = digest_algorithm(get("algorithm"));
        const std::string theirs = get("nonce");
        const auto second = text::number(theirs.substr(0, theirs.find('-')));
        if (!algorithm || !second) return Verdict::wrong;
        const auto ours = nonce(request, realm, static_cast<std::int64_t>(*second));
        if (!ours || !same(*ours, theirs)) return Verdict::missing;  // of another process or call
        // Without qop a captured answer could be used again for another method.
        if (get("qop") != "auth") return Verdict::wrong;
        const auto response = digest_response({.algorithm = *algorithm,
                                               .realm = realm,
                                               .nonce = theirs,
                                               .qop = "auth",
                                               .cnonce = get("cnonce"),
                                               .nc = get("nc"),
                                               .method = request.method,
                                               .uri = get("uri"),
                                               .body = {}},
                                              user);
        const bool right =
            response && get("username") == user.user && same(*response, get("response"));
        if (!right) return Verdict::wrong;
        const std::int64_t age = now.ns / kNonceTick - static_cast<std::int64_t>(*second);
        return age <= kNonceLifetime.count() ? Verdict::right : Verdict::stale;
    }
    return Verdict::missing;
}

const config::Authentication* challenging_entry(const config::Config& config,
                                                const config::DialPeer& peer) {
    const auto of = [](const config::SipOptions& options) -> const config::Authentication* {
        const auto found =
            std::find_if(options.authentication.begin(), options.authentication.end(),
                         [](const auto& entry) { return entry.challenge && !entry.realm.empty(); });
        return found == options.authentication.end() ? nullptr : &*found;
    };
    if (const auto* own = of(peer.sip)) return own;
    if (const config::Tenant* tenant = config::tenant_of(config, peer))
        if (const auto* theirs = of(tenant->sip)) return theirs;
    return of(config.voice.sip);
}

}  // namespace weir::signaling
