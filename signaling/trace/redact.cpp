// SPDX-License-Identifier: Apache-2.0
// Redactor: where secrets stand in SIP headers (RFC 3261 22, RFC 7616) and SDP (RFC 4568, 4567).
#include "signaling/trace/redact.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "config/base/text.hpp"

namespace weir::signaling {
namespace {

constexpr std::string_view kTokenStart = "token-";
constexpr std::string_view kLeftOut = "left-out";

// `name="value"` of a credential, its value left out.
void leave_out(std::string& value, std::string_view name) {
    const std::string lower = text::lower(value);
    const std::string start = std::string(name) + "=\"";
    for (std::size_t at = lower.find(start); at != std::string::npos;) {
        const bool is_whole = at == 0 || lower[at - 1] == ' ' || lower[at - 1] == ',';
        const std::size_t from = at + start.size();
        const std::size_t to = value.find('"', from);
        if (is_whole) {
            value.replace(from, to == std::string::npos ? std::string::npos : to - from, kLeftOut);
            return;
        }
        at = lower.find(start, from);
    }
}

}  // namespace

std::string Redactor::token(std::string_view secret) const {
    if (secret.starts_with(kTokenStart)) return std::string(secret);
    std::uint64_t hash = salt_ ^ 0xcbf29ce484222325U;  // FNV-1a
    for (const char byte : secret)
        hash = (hash ^ static_cast<std::uint8_t>(byte)) * 0x100000001b3U;
    hash ^= hash >> 29U;
    hash *= salt_ | 1U;
    return fmt::format("{}{:016x}", kTokenStart, hash ^ (hash >> 32U));
}

bool Redactor::has_secret(const Header& header) {
    return text::iequals(header.name, "Authorization") ||
           text::iequals(header.name, "Proxy-Authorization");
}

bool Redactor::has_secret(std::string_view body) {
    return body.find("inline:") != std::string_view::npos ||
           body.find("a=key-mgmt:") != std::string_view::npos ||
           body.find("k=") != std::string_view::npos;
}

std::string Redactor::header(const Header& header) const {
    if (!has_secret(header)) return header.value;
    if (!text::istarts_with(header.value, "digest ")) {
        // Basic and Bearer hold the secret itself.
        return header.value.substr(0, header.value.find(' ')) + " " + std::string(kLeftOut);
    }
    std::string value = header.value;
    for (const std::string_view name : {"response", "cnonce"})
        leave_out(value, name);
    return value;
}

std::string Redactor::body(const std::string& body) const {
    if (!has_secret(body)) return body;
    std::string clean;
    clean.reserve(body.size());
    for (std::size_t at = 0; at < body.size();) {
        const std::size_t end = body.find('\n', at);
        std::string_view line(body.data() + at,
                              (end == std::string::npos ? body.size() : end + 1) - at);
        at += line.size();
        const std::size_t eol = line.find_first_of("\r\n");
        const std::string_view ending = eol == std::string_view::npos ? "" : line.substr(eol);
        std::string_view text = line.substr(0, eol);
        if (text.starts_with("a=key-mgmt:") || text.starts_with("k=")) {
            const std::size_t mark = text.find(text.front() == 'k' ? ':' : ' ');
            const std::size_t from = mark == std::string_view::npos ? text.size() : mark + 1;
            clean.append(text.substr(0, from));
            if (from < text.size()) clean += token(text.substr(from));
            clean.append(ending);
            continue;
        }
        // a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^20|1:4;inline:KEY2
        for (std::size_t key = text.find("inline:"); key != std::string_view::npos;
             key = text.find("inline:")) {
            const std::size_t from = key + 7;
            const std::size_t to = std::min(text.find_first_of("|; ", from), text.size());
            clean.append(text.substr(0, from)).append(token(text.substr(from, to - from)));
            text.remove_prefix(to);
        }
        clean.append(text).append(ending);
    }
    return clean;
}

}  // namespace weir::signaling
