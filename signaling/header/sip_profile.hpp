// SPDX-License-Identifier: Apache-2.0
// SIP profiles compiled, and their application to one message (spec D).
//
// Immutable, made once per configuration. Thread: any.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/model/config.hpp"
#include "signaling/api/message.hpp"
#include "signaling/header/profile_expression.hpp"
#include "signaling/header/sdp_body.hpp"

namespace weir::signaling {

// What a call keeps of a message of the other leg for peer-header rules: the headers that the copy
// list of that leg's peer names, and the description if `pass-thru content custom-sdp` allows it.
struct PeerMessage {
    std::vector<Header> headers;  // "SIP-Req-URI" holds the request line
    SipMessage description;       // Content-Type and body only
};

struct ProfileSubject {
    bool reinvite = false;  // the message or, of a response, its request is a later INVITE (D.2)
    bool inbound = false;   // several instances of a header are one comma-separated value (D.2)
    const PeerMessage* peer = nullptr;      // may be null
    ProfileVariables* variables = nullptr;  // of the call; null = each message for itself
};

enum class ProfileOutcome : std::uint8_t {
    untouched,  // no rule fitted or matched
    applied,
    refused,  // over the limits of D.2, or a start line that is none: the message is as it was
};

class SipProfile {
public:
    // Rules that cannot be (a mandatory header added or removed) are left out; reading the
    // configuration has refused them. Errors: invalid, an expression that does not compile.
    [[nodiscard]] static Result<SipProfile> compile(const config::SipProfiles& profile);

    ProfileOutcome apply(SipMessage& message, const ProfileSubject& subject) const;

private:
    struct Rule {
        config::SipProfileRule::Message message = config::SipProfileRule::Message::request;
        std::string method;  // "" = any
        int code = 0;        // 0 = any
        config::SipProfileRule::Part part = config::SipProfileRule::Part::sip_header;
        std::optional<std::uint8_t> mline_index;
        std::string header;               // as it stands in messages; or the start of an SDP line
        std::optional<SdpLineName> line;  // of an SDP name
        config::SipProfileRule::Action action = config::SipProfileRule::Action::add;
        std::optional<ProfileExpression> match;
        ProfileText value;
        std::uint8_t variable = 0;
    };
    class Application;
    [[nodiscard]] static Result<std::optional<Rule>> compile(const config::SipProfileRule& rule);

    std::vector<Rule> rules_;
};

// The profiles of a configuration by tag.
class ProfileSet {
public:
    ProfileSet() = default;
    // `complaints` gets a sentence for each profile that does not compile and so does not exist.
    ProfileSet(const config::Config& config, std::vector<std::string>& complaints);

    [[nodiscard]] bool empty() const { return profiles_.empty(); }
    [[nodiscard]] const SipProfile* find(std::uint32_t tag) const;  // null: none (also for 0)
    // The profile of a peer's leg (spec D.3: the most specific level alone); the inbound one only
    // with the bare line `sip-profiles inbound`.
    [[nodiscard]] const SipProfile* outbound(const config::Config& config,
                                             const config::DialPeer& peer) const;
    [[nodiscard]] const SipProfile* inbound(const config::Config& config,
                                            const config::DialPeer& peer) const;

private:
    std::map<std::uint32_t, SipProfile> profiles_;
};

// `voice class sip-profiles TAG` on one request outside any call (the OPTIONS of a keepalive,
// D.3), compiled for the occasion; without that profile the message stays.
void apply_profile(SipMessage& message, const config::Config& config, std::uint32_t tag,
                   std::vector<Header> copied = {});

// The INVITE to a recorder (spec F.5): only a profile that the recorder's own peer names touches
// it; `copied` is what the copy list kept of the recorded call. Compiled for the occasion.
void apply_recorder_profile(SipMessage& invite, const config::Config& config,
                            const config::DialPeer& recorder, std::vector<Header> copied);

// What peer-header rules may see of `message`, received on the leg of `peer` (spec D.4); nothing
// when its peer has neither copy list nor custom-sdp.
[[nodiscard]] std::optional<PeerMessage> peer_message(const SipMessage& message,
                                                      const config::Config& config,
                                                      const config::DialPeer& peer);

}  // namespace weir::signaling
