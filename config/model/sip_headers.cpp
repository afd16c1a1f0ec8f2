// SPDX-License-Identifier: Apache-2.0
// The tables of names of spec D.1 and D.2.
#include "config/model/sip_headers.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "config/base/text.hpp"

namespace weir::config {
namespace {

using Name = std::string_view;
constexpr std::size_t kHeaderNameBytes = 64;

constexpr auto kMethods = std::to_array<Name>({
    "ACK",
    "ANY",
    "BYE",
    "CANCEL",
    "COMET",
    "INFO",
    "INVITE",
    "NOTIFY",
    "OPTIONS",
    "PRACK",
    "PUBLISH",
    "REFER",
    "REGISTER",
    "REINVITE",
    "SUBSCRIBE",
    "UPDATE",
});

constexpr auto kCodes = std::to_array<std::uint16_t>({
    100, 180, 181, 182, 183, 200, 202, 300, 301, 302, 305, 380, 400, 401, 402, 403, 404, 405, 406,
    407, 408, 409, 410, 412, 413, 414, 415, 416, 417, 420, 421, 422, 423, 480, 481, 482, 483, 484,
    485, 486, 487, 488, 489, 491, 493, 500, 501, 502, 503, 504, 505, 513, 580, 600, 603, 604, 606,
});

// The first five stand for a header whose name would be a keyword, or for a start line.
constexpr auto kHeaders = std::to_array<Name>({
    "Accept-Header",
    "Allow-Header",
    "Session-Header",
    "SIP-Req-URI",
    "SIP-StatusLine",
    "Accept-Contact",
    "Accept-Encoding",
    "Accept-Language",
    "Accept-Resource-Priority",
    "Alert-Info",
    "Allow-Events",
    "Also",
    "Authorization",
    "CC-Diversion",
    "CC-Redirect",
    "CSeq",
    "Call-ID",
    "Call-Info",
    "Cisco-Gcid",
    "Cisco-Guid",
    "Contact",
    "Content-Disposition",
    "Content-Encoding",
    "Content-Id",
    "Content-Length",
    "Content-Type",
    "Date",
    "Diversion",
    "Event",
    "Expires",
    "From",
    "History-Info",
    "Location",
    "MIME-Version",
    "Max-Forwards",
    "Min-Expires",
    "Min-SE",
    "Orig-dial-plan",
    "P-Asserted-Identity",
    "P-Preferred-Identity",
    "P-RTP-Stat",
    "Privacy",
    "Proxy-Authenticate",
    "Proxy-Authorization",
    "Proxy-Require",
    "Rack",
    "Reason",
    "Record-Route",
    "Refer-To",
    "Referred-By",
    "Reject-Contact",
    "Remote-Party-ID",
    "Replaces",
    "Request-Disposition",
    "Requested-By",
    "Require",
    "Resource-Priority",
    "Retry-After",
    "Route",
    "Rseq",
    "SIP-ETag",
    "SIP-If-Match",
    "Server",
    "Session-Expires",
    "Session-ID",
    "Subscription-State",
    "Supported",
    "Term-dial-plan",
    "Timestamp",
    "To",
    "Unsupported",
    "User-Agent",
    "Via",
    "WWW-Authenticate",
    "Warning",
});

// Spec D.2, and the start lines: there is exactly one.
constexpr auto kMandatory = std::to_array<Name>(
    {"To", "From", "Via", "CSeq", "Call-ID", "Max-Forwards", "SIP-Req-URI", "SIP-StatusLine"});

constexpr auto kSdpHeaders = std::to_array<Name>({
    "Attribute",
    "Audio-Attribute",
    "Audio-Bandwidth-Info",
    "Audio-Connection-Info",
    "Audio-Encryption-Key",
    "Audio-Media",
    "Audio-Session-Info",
    "Bandwidth-Key",
    "Connection-Info",
    "Email-Address",
    "Encrypt-Key",
    "Phone-Number",
    "Repeat-Times",
    "Session-Info",
    "Session-Name",
    "Session-Owner",
    "Time-Adjust-Key",
    "Time-Header",
    "Url-Descriptor",
    "Version",
    "Video-Attribute",
    "Video-Bandwidth-Info",
    "Video-Connection-Info",
    "Video-Encryption-Key",
    "Video-Media",
    "Video-Session-Info",
});

constexpr auto kMandatorySdp = std::to_array<Name>(
    {"Audio-Connection-Info", "Audio-Media", "Connection-Info", "Session-Name", "Session-Owner",
     "Time-Header", "Version", "Video-Connection-Info", "Video-Media"});

template <typename Table>
std::optional<Name> find_name(const Table& table, Name name) {
    const auto found = std::find_if(table.begin(), table.end(),
                                    [&](Name known) { return text::iequals(known, name); });
    return found == table.end() ? std::nullopt : std::optional(*found);
}

}  // namespace

std::span<const std::string_view> profile_methods() {
    return kMethods;
}

bool is_profile_code(std::uint64_t code) {
    return std::find(kCodes.begin(), kCodes.end(), code) != kCodes.end();
}

std::string canonical_header(std::string_view name) {
    return std::string(find_name(kHeaders, name).value_or(name));
}

bool is_known_header(std::string_view name) {
    return find_name(kHeaders, name).has_value();
}

bool is_header_name(std::string_view name) {
    return !name.empty() && name.size() <= kHeaderNameBytes &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                      Name("-.!%*_+`'~").find(c) != Name::npos;
           });
}

bool is_mandatory_header(std::string_view header) {
    return find_name(kMandatory, header).has_value();
}

std::optional<std::string> canonical_sdp_header(std::string_view name) {
    const auto known = find_name(kSdpHeaders, name);
    return known ? std::optional<std::string>(*known) : std::nullopt;
}

std::span<const std::string_view> sdp_headers() {
    return kSdpHeaders;
}

bool is_mandatory_sdp_header(std::string_view header) {
    if (header.size() >= 2 && header[1] == '=') return Name("vostcm").find(header[0]) != Name::npos;
    return find_name(kMandatorySdp, header).has_value();
}

}  // namespace weir::config
