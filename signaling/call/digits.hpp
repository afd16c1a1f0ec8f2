// SPDX-License-Identifier: Apache-2.0
// Digits in INFO and NOTIFY (spec A.11): application/dtmf-relay, application/dtmf, and
// telephone-event.
//
// Thread: any; pure. Conversion to and from RTP (RFC 4733) is the media's and not here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/model/vocabulary.hpp"
#include "signaling/api/message.hpp"

namespace weir::signaling {

struct Digit {
    char key = '0';                // 0-9 * # A-D
    std::uint32_t duration = 250;  // ms
    bool ended = true;             // NOTIFY: the E bit; INFO always
    bool operator==(const Digit&) const = default;
};

// The digit that an INFO or NOTIFY tells of; none: it is about something else.
[[nodiscard]] std::optional<Digit> read_digit(const SipMessage& request);

// `request` as an INFO with `Signal=5`, `Duration=160`.
[[nodiscard]] SipMessage info_of(SipMessage request, const Digit& digit);
// `request` as an unsolicited NOTIFY of telephone-event; a key press has a beginning and an end.
[[nodiscard]] SipMessage notify_of(SipMessage request, const Digit& digit, bool end);

// Call-Info by which a party is told that digits may come in unsolicited NOTIFYs, and that ours do
// (spec A.11); `host` is ours toward it, `longest` the duration of an event in ms.
[[nodiscard]] std::string digit_offer(std::string_view host, std::uint32_t longest);
// sip-ua notify telephone-event max-duration, 40..3000 ms; 2000 where nothing is configured.
[[nodiscard]] std::uint32_t longest_event(const config::KeptLines& sip_ua);

enum class DigitForm : std::uint8_t { info, notify };
// How a peer wants its digits; `came_as`: the method, kept where it has not said.
[[nodiscard]] DigitForm digit_form(const std::vector<config::DtmfRelay>& relay,
                                   std::string_view came_as);

// Tells the first NOTIFY of a key press from those that repeat or end it.
//
// | before          | comes          | it is |
// |-----------------|----------------|-------|
// | nothing pressed | key, not ended | new; pressed |
// | nothing pressed | key, ended     | new (its beginning was lost or never sent) |
// | key pressed     | same, not ended| a repetition |
// | key pressed     | same, ended    | its end; nothing pressed |
// | key pressed     | another key    | new |
class KeyPress {
public:
    [[nodiscard]] bool is_new(const Digit& digit);

private:
    char pressed_ = '\0';
};

}  // namespace weir::signaling
