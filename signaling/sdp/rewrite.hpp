// SPDX-License-Identifier: Apache-2.0
// rewrite: one leg's description, line by line, for the other leg (spec B.4, N21). Thread: any;
// pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/base/address.hpp"
#include "config/base/result.hpp"
#include "signaling/sdp/codec_policy.hpp"
#include "signaling/sdp/description.hpp"

namespace weir::signaling::sdp {

// What an m-line can be relayed as.
enum class Relay : std::uint8_t { none, rtp, opaque };
// RTP/AVP(F) and plain UDP carriage (T.38, BFCP). Secured and stream profiles are not relayed yet.
[[nodiscard]] Relay relay_of(const MediaLine& line);

struct Rewrite {
    IpAddress address;  // ours toward that leg: c=
    std::vector<std::optional<std::uint16_t>>
        ports;                       // our RTP port by m-line; none: the line is refused
    std::vector<CodecPolicy> audio;  // applied one after the other; the last one's order counts
    std::vector<std::string> foreign_hosts;  // names of the described side, from its SIP headers
    const Description* offer = nullptr;  // set: this is the answer to it, as it came from that leg
};

// The description for the other leg, all but its o= (see LocalOrigin). Every m-line stays in its
// place; one that cannot be relayed gets port 0. Errors: no m-line is left of an offer that had
// some (denied: 488), an answer that does not fit its offer (invalid).
[[nodiscard]] Result<Description> rewrite(const Description& source, const Rewrite& how);

// o= of one leg: `- <id> <version>` with the version one higher for each changed text (RFC 3264 8).
class LocalOrigin {
public:
    LocalOrigin() = default;
    explicit LocalOrigin(std::uint64_t id, std::uint64_t version = 1)
        : id_(id), version_(version) {}
    // The text of `description` with our o=; the same text again keeps its version.
    [[nodiscard]] std::string stamp(Description description, const IpAddress& address);
    [[nodiscard]] std::uint64_t version() const { return version_; }

private:
    std::uint64_t id_ = 1;
    std::uint64_t version_ = 1;
    std::string last_;  // the description last stamped, without its o=
};

}  // namespace weir::signaling::sdp
