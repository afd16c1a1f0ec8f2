// SPDX-License-Identifier: Apache-2.0
// The lines of the session description in a message's body, alone or as a part of a multipart body,
// for edits that know nothing of its meaning (spec D.2).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "signaling/api/message.hpp"

namespace weir::signaling {

struct SdpBodyLine {
    std::string text;           // "a=ptime:20", without its end
    std::uint16_t section = 0;  // 0 = session level, else the number of the m-line, from 1
    std::string_view media;     // "audio" or "video"; "" at session level and in other sections
    [[nodiscard]] bool starts(std::string_view begin) const { return text.starts_with(begin); }
};

// Which lines a name of spec D.2 means: `begin` at session level, or in every section of `media`.
struct SdpLineName {
    std::string_view media;  // "", "audio", "video"
    std::string_view begin;  // "a=", "m=", ...
};
[[nodiscard]] std::optional<SdpLineName> sdp_line_name(std::string_view header);

class SdpBody {
public:
    // Nothing when the message has no description, or one of no or more than kSdpMaxLines lines. The
    // message must not change until store().
    [[nodiscard]] static std::optional<SdpBody> find(const SipMessage& message);

    [[nodiscard]] std::vector<SdpBodyLine>& lines() { return lines_; }
    [[nodiscard]] const std::vector<SdpBodyLine>& lines() const { return lines_; }
    // Puts `text` where a line of its kind belongs in that section (RFC 4566 5): behind the last
    // one that may stand before it.
    void add(std::string text, std::uint16_t section);
    [[nodiscard]] std::uint16_t sections() const;  // m-lines
    [[nodiscard]] std::string_view media(std::uint16_t section) const;

    [[nodiscard]] std::string text() const;  // with CRLF behind each line
    // Writes text() back into the message it was found in.
    void store(SipMessage& message) const;

private:
    std::vector<SdpBodyLine> lines_;
    std::size_t begin_ = 0;  // of the description in the body
    std::size_t size_ = 0;
};

}  // namespace weir::signaling
