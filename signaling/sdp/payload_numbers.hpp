// SPDX-License-Identifier: Apache-2.0
// Payload types that differ between the legs: which number a codec gets toward a leg, and which
// numbers the packets of a party must have for the other one (spec A.10). Thread: any; pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "signaling/sdp/description.hpp"
#include "signaling/sdp/view.hpp"

namespace weir::signaling::sdp {

inline constexpr std::uint8_t kFirstDynamic = 96;  // RFC 3551 6

// rtp payload-type: how a dial-peer numbers a codec ("telephone-event", "CN", "H264").
struct WantedNumber {
    std::string encoding;  // of an rtpmap, without clock and channels
    std::uint8_t number = 0;
    bool operator==(const WantedNumber&) const = default;
};

// Packets of one mean what packets of the other mean: name, clock, channels, and those parameters
// that change the packets (octet-align of AMR, packetization-mode and profile of H.264, ...).
[[nodiscard]] bool is_same_codec(const Format& one, const Format& other);

// The number that stands for `number` in `pairs`; itself where they do not name it.
[[nodiscard]] std::uint8_t renumbered(const std::vector<NumberPair>& pairs, std::uint8_t number);

// The numbers with which the formats of an offer are told to a leg, where they change: what the leg
// knows a format by already (`known`, from the source's number to its own), else what its peer
// wants. Static numbers stay, and every number of a line with red or rtx, whose packets or
// parameters name others. No two formats ever get the same number.
[[nodiscard]] std::vector<NumberPair> renumber_offer(const std::vector<Format>& formats,
                                                     const std::vector<NumberPair>& known,
                                                     const std::vector<WantedNumber>& wanted);

// An answer goes to the offerer with the numbers of its own offer: `sent` is the line as the
// answerer got it, `pairs` how it was numbered then (MediaSection::numbers). A format of `answered`
// that stands for the same offered one as an earlier one is taken out.
[[nodiscard]] std::vector<NumberPair> renumber_answer(std::vector<Format>& answered,
                                                      const std::vector<Format>& sent,
                                                      const std::vector<NumberPair>& pairs);

// What becomes of a party's packets. `told` is what it was told, whose numbers it should send
// (RFC 3264 5.1); `own` what it said itself, whose numbers some send all the same; `far` what the
// other party wants to receive. Only numbers that change.
[[nodiscard]] std::vector<NumberPair> payload_map(const std::vector<Format>& told,
                                                  const std::vector<Format>& own,
                                                  const std::vector<Format>& far);

// Of `formats` the one that `format` is, by preference with the same parameters and number; or
// null.
[[nodiscard]] const Format* counterpart(const std::vector<Format>& formats, const Format& format);

// Any m-line has numbers of its own (MediaSection::numbers).
[[nodiscard]] bool has_numbers(const Description& description);

}  // namespace weir::signaling::sdp
