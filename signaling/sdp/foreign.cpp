// SPDX-License-Identifier: Apache-2.0
// The rule for unknown lines: they pass unless they name a place (spec N21).
#include "signaling/sdp/foreign.hpp"

#include <algorithm>
#include <array>

#include "config/base/address.hpp"
#include "config/base/text.hpp"

namespace weir::signaling::sdp {
namespace {

// Attributes that hold for one hop only: our leg has its own transport, keys and ports.
constexpr std::array<std::string_view, 27> kHopAttributes{"candidate",     "remote-candidates",
                                                          "ice-ufrag",     "ice-pwd",
                                                          "ice-options",   "ice-lite",
                                                          "ice-mismatch",  "ice-pacing",
                                                          "ice2",          "end-of-candidates",
                                                          "rtcp",          "rtcp-mux",
                                                          "rtcp-mux-only", "crypto",
                                                          "fingerprint",   "setup",
                                                          "connection",    "tls-id",
                                                          "key-mgmt",      "zrtp-hash",
                                                          "group",         "alt",
                                                          "altc",          "path",
                                                          "source-filter", "creq",
                                                          "csup"};
// RFC 5939 capability negotiation can hold keys and whole connection lines.
constexpr std::array<std::string_view, 8> kCapabilityAttributes{"acap", "tcap", "pcfg", "acfg",
                                                                "ccap", "mcap", "lcfg", "rmcap"};

constexpr std::size_t kShortestName = 3;  // "a.b": below, a name would match by accident

std::string_view attribute_name(const Line& line) {
    return line.value().substr(0, line.value().find(':'));
}

template <typename List>
bool is_one_of(std::string_view name, const List& list) {
    return std::any_of(list.begin(), list.end(),
                       [&](std::string_view entry) { return text::iequals(entry, name); });
}

bool is_address_byte(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == '.' ||
           c == ':';
}

// A run of address characters may carry a port ("192.0.2.1:5060") or a full stop behind it.
bool is_address(std::string_view run) {
    while (!run.empty() && (run.back() == '.' || run.back() == ':') && !run.ends_with("::"))
        run.remove_suffix(1);
    while (!run.empty() && (run.front() == '.' || (run.front() == ':' && !run.starts_with("::"))))
        run.remove_prefix(1);
    if (run.size() < 3) return false;  // "::" alone names nobody
    if (IpAddress::parse(run)) return true;
    for (const auto piece : text::split(run, ':'))
        if (piece.size() >= 7 && IpAddress::parse(piece)) return true;
    return false;
}

// "o=- 1 1 IN IP4 host.example.net", "c=IN IP4 192.0.2.1/127", "a=rtcp:5 IN IP4 host": the last
// word.
void add_last_word(std::string_view value, std::vector<std::string>& names) {
    const auto words = text::words(value);
    if (words.size() < 3) return;
    const auto name = words.back().substr(0, words.back().find('/'));
    const auto address = IpAddress::parse(name);
    if (address && address->is_unspecified()) return;
    if (address || (name.size() >= kShortestName && name.find('.') != std::string_view::npos))
        names.push_back(text::lower(name));
}

}  // namespace

std::vector<std::string> foreign_names(const Description& description,
                                       const std::vector<std::string>& known) {
    std::vector<std::string> names;
    for (const auto& name : known)
        if (name.size() >= kShortestName) names.push_back(text::lower(name));
    const auto scan = [&](const std::vector<Line>& lines) {
        for (const auto& line : lines)
            if (line.type() == 'o' || line.type() == 'c' || line.attribute("rtcp"))
                add_last_word(line.value(), names);
    };
    scan(description.session);
    for (const auto& section : description.media)
        scan(section.lines);
    return names;
}

bool holds_name(std::string_view text, const std::vector<std::string>& names) {
    const std::string lower = text::lower(text);
    return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
        return lower.find(name) != std::string::npos;
    });
}

bool holds_address(std::string_view text, const std::vector<std::string>& names) {
    if (holds_name(text, names)) return true;
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= text.size(); ++i) {
        if (i < text.size() && is_address_byte(text[i])) continue;
        if (is_address(text.substr(begin, i - begin))) return true;
        begin = i + 1;
    }
    return false;
}

bool may_pass(const Line& line, const std::vector<std::string>& names) {
    switch (line.type()) {
        case 'u':  // a URI, an e-mail address, a phone: all of the other side
        case 'e':
        case 'p':
        case 'k':  // RFC 4566 5.12: a key in clear
            return false;
        case 'a':
            break;
        default:
            return !holds_address(line.value(), names);
    }
    const auto name = attribute_name(line);
    if (is_one_of(name, kHopAttributes) || is_one_of(name, kCapabilityAttributes)) return false;
    // The formats' own parameters hold numbers, and base64 that may look like anything.
    if (name == "rtpmap" || name == "fmtp") return !holds_name(line.value(), names);
    return !holds_address(line.value(), names);
}

}  // namespace weir::signaling::sdp
