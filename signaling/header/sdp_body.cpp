// SPDX-License-Identifier: Apache-2.0
// SdpBody: finds the description, cuts it into lines, writes it back.
#include "signaling/header/sdp_body.hpp"

#include <algorithm>
#include <array>

#include "config/base/limits.hpp"
#include "config/base/text.hpp"

namespace weir::signaling {
namespace {

struct NamedLine {
    std::string_view name;
    SdpLineName line;
};

// Spec D.2, SDP HEADER names.
constexpr auto kNamedLines = std::to_array<NamedLine>({
    {"Attribute", {"", "a="}},
    {"Bandwidth-Key", {"", "b="}},
    {"Connection-Info", {"", "c="}},
    {"Email-Address", {"", "e="}},
    {"Encrypt-Key", {"", "k="}},
    {"Phone-Number", {"", "p="}},
    {"Repeat-Times", {"", "r="}},
    {"Session-Info", {"", "i="}},
    {"Session-Name", {"", "s="}},
    {"Session-Owner", {"", "o="}},
    {"Time-Adjust-Key", {"", "z="}},
    {"Time-Header", {"", "t="}},
    {"Url-Descriptor", {"", "u="}},
    {"Version", {"", "v="}},
    {"Audio-Attribute", {"audio", "a="}},
    {"Audio-Bandwidth-Info", {"audio", "b="}},
    {"Audio-Connection-Info", {"audio", "c="}},
    {"Audio-Encryption-Key", {"audio", "k="}},
    {"Audio-Media", {"audio", "m="}},
    {"Audio-Session-Info", {"audio", "i="}},
    {"Video-Attribute", {"video", "a="}},
    {"Video-Bandwidth-Info", {"video", "b="}},
    {"Video-Connection-Info", {"video", "c="}},
    {"Video-Encryption-Key", {"video", "k="}},
    {"Video-Media", {"video", "m="}},
    {"Video-Session-Info", {"video", "i="}},
});

// RFC 4566 5: the order of the lines of a session and of a media description.
constexpr std::string_view kSessionOrder = "vosiuepcbtrzka";
constexpr std::string_view kMediaOrder = "micbka";

bool is_sdp(std::string_view content_type) {
    return text::iequals(text::trim(content_type.substr(0, content_type.find(';'))),
                         "application/sdp");
}

std::string boundary_of(std::string_view content_type) {
    const std::size_t parameters = content_type.find(';');
    if (parameters == std::string_view::npos) return {};
    for (const auto piece : text::split(content_type.substr(parameters + 1), ';')) {
        const std::string_view pair = text::trim(piece);
        if (!text::istarts_with(pair, "boundary=")) continue;
        std::string_view value = text::trim(pair.substr(9));
        if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
            value = value.substr(1, value.size() - 2);
        return std::string(value);
    }
    return {};
}

// Whether the header block of a part names SDP.
bool names_sdp(std::string_view block) {
    for (const auto line : text::split(block, '\n')) {
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        const std::string_view name = text::trim(line.substr(0, colon));
        if (text::iequals(name, "Content-Type") || text::iequals(name, "c"))
            return is_sdp(text::trim(line.substr(colon + 1)));
    }
    return false;
}

// Offset and size of the SDP part (RFC 2046 5.1.1); what cannot be read has none.
std::optional<std::pair<std::size_t, std::size_t>> sdp_part(std::string_view body,
                                                            std::string_view content_type) {
    const std::string boundary = boundary_of(content_type);
    if (boundary.empty()) return std::nullopt;
    const std::string mark = "--" + boundary;
    std::size_t at = body.find(mark);
    while (at != std::string_view::npos) {
        const std::size_t line_end = body.find('\n', at);
        if (line_end == std::string_view::npos) return std::nullopt;
        const std::size_t next = body.find("\n" + mark, line_end);
        if (next == std::string_view::npos) return std::nullopt;
        at = next + 1;
        if (next == line_end) continue;  // two boundaries without anything between them
        const std::string_view part = body.substr(line_end + 1, next - line_end - 1);
        const std::size_t wide = part.find("\r\n\r\n");
        const std::size_t narrow = wide == std::string_view::npos ? part.find("\n\n") : wide;
        const std::size_t gap = wide == std::string_view::npos ? 2 : 4;
        if (narrow != std::string_view::npos && names_sdp(part.substr(0, narrow))) {
            std::size_t size = part.size() - narrow - gap;
            // The end of line before the boundary is the boundary's (RFC 2046 5.1.1).
            if (size > 0 && part.back() == '\r') --size;
            return std::pair{line_end + 1 + narrow + gap, size};
        }
    }
    return std::nullopt;
}

std::string_view kind_of(std::string_view m_line) {
    if (m_line.starts_with("m=audio")) return "audio";
    return m_line.starts_with("m=video") ? "video" : "";
}

}  // namespace

std::optional<SdpLineName> sdp_line_name(std::string_view header) {
    const auto it = std::find_if(kNamedLines.begin(), kNamedLines.end(),
                                 [&](const NamedLine& l) { return text::iequals(l.name, header); });
    if (it == kNamedLines.end()) return std::nullopt;
    return it->line;
}

std::optional<SdpBody> SdpBody::find(const SipMessage& message) {
    const std::string* type = message.find("Content-Type");
    if (type == nullptr || message.body.empty()) return std::nullopt;
    SdpBody found;
    found.size_ = message.body.size();
    if (text::istarts_with(text::trim(*type), "multipart/")) {
        const auto part = sdp_part(message.body, *type);
        if (!part) return std::nullopt;
        found.begin_ = part->first;
        found.size_ = part->second;
    } else if (!is_sdp(*type)) {
        return std::nullopt;
    }
    std::uint16_t section = 0;
    std::string_view media;
    const auto whole = std::string_view(message.body).substr(found.begin_, found.size_);
    for (auto line : text::split(whole, '\n')) {
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.empty()) continue;
        if (line.starts_with("m=")) {
            ++section;
            media = kind_of(line);
        }
        // What the editor refuses (488) no profile works on: rules go through lines and sections.
        if (found.lines_.size() == kSdpMaxLines) return std::nullopt;
        found.lines_.push_back({std::string(line), section, media});
    }
    if (found.lines_.empty()) return std::nullopt;
    return found;
}

std::uint16_t SdpBody::sections() const {
    return lines_.empty() ? std::uint16_t{0} : lines_.back().section;
}

std::string_view SdpBody::media(std::uint16_t section) const {
    for (const auto& line : lines_)
        if (line.section == section) return line.media;
    return {};
}

void SdpBody::add(std::string text, std::uint16_t section) {
    const std::string_view order = section == 0 ? kSessionOrder : kMediaOrder;
    const auto rank = [&](std::string_view line) {
        const std::size_t place = line.empty() ? std::string_view::npos : order.find(line.front());
        return place == std::string_view::npos ? order.size() : place;
    };
    std::size_t behind = 0;
    bool known = false;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        if (lines_[i].section != section) continue;
        known = true;
        if (rank(lines_[i].text) <= rank(text)) behind = i + 1;
    }
    if (!known) return;
    const std::string_view kind = media(section);
    lines_.insert(lines_.begin() + static_cast<std::ptrdiff_t>(behind),
                  {std::move(text), section, kind});
}

std::string SdpBody::text() const {
    std::string all;
    for (const auto& line : lines_)
        all += line.text + "\r\n";
    return all;
}

void SdpBody::store(SipMessage& message) const {
    message.body.replace(begin_, size_, text());
}

}  // namespace weir::signaling
