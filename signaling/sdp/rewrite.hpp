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
#include "signaling/sdp/view.hpp"

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
    // Directions that are told in place of those of the source, by m-line; shorter: the others
    // pass.
    std::vector<std::optional<Direction>> directions;
    bool hold_by_address = false;  // offer call-hold conn-addr: c=0.0.0.0 for sendonly, inactive
    Asymmetric numbers;            // answers only
    // Offers only, by m-line: numbers of the source that this leg knows by others already.
    std::vector<std::vector<NumberPair>> known{};
    // pass-thru content sdp: formats and directions are the parties' own affair.
    bool verbatim = false;
};

// The description for the other leg, all but its o= (see LocalOrigin). Formats have the numbers of
// that leg: of an offer those of `known` and of the last policy, of an answer those of its offer
// (MediaSection::numbers says which have changed). Every m-line stays in its place; one that cannot
// be relayed gets port 0. Errors: no m-line is left of an offer that had some (denied: 488), an
// answer that does not fit its offer (invalid).
[[nodiscard]] Result<Description> rewrite(const Description& source, const Rewrite& how);

// The Warning of a 488 for a description of which nothing is left (RFC 3261 20.43): 304 "Media type
// not available" when no m-line is of a kind that is relayed, else 305 "Incompatible media format".
[[nodiscard]] int warning_of(const Description& refused);

// o= of one leg: `- <id> <version>` with the version one higher for each changed text (RFC 3264 8).
class LocalOrigin {
public:
    LocalOrigin() = default;
    explicit LocalOrigin(std::uint64_t id, std::uint64_t version = 1)
        : id_(id), version_(version) {}
    // The text of `description` with our o=; the same text again keeps its version.
    [[nodiscard]] std::string stamp(Description description, const IpAddress& address);
    [[nodiscard]] std::uint64_t version() const { return version_; }
    // The text last stamped, once more; "" before the first.
    [[nodiscard]] std::string again(const IpAddress& address) const;

private:
    std::uint64_t id_ = 1;
    std::uint64_t version_ = 1;
    std::string last_;  // the description last stamped, without its o=
};

}  // namespace weir::signaling::sdp
