// SPDX-License-Identifier: Apache-2.0
// REFER: reading of its headers, and what is said about its progress.
#include "signaling/call/refer.hpp"

#include <utility>

#include "config/base/text.hpp"
#include "dialplan/cause.hpp"

namespace weir::signaling {
namespace {

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// RFC 3261 19.1.1: headers of a URI are escaped.
std::string unescaped(std::string_view escaped) {
    std::string plain;
    for (std::size_t i = 0; i < escaped.size(); ++i) {
        const bool coded = escaped[i] == '%' && i + 2 < escaped.size() &&
                           hex_digit(escaped[i + 1]) >= 0 && hex_digit(escaped[i + 2]) >= 0;
        if (!coded) {
            plain.push_back(escaped[i]);
            continue;
        }
        plain.push_back(
            static_cast<char>(hex_digit(escaped[i + 1]) * 16 + hex_digit(escaped[i + 2])));
        i += 2;
    }
    return plain;
}

// "?Replaces=a%3Bto-tag%3Db&Subject=x": the value of one header.
std::optional<std::string> uri_header(std::string_view headers, std::string_view name) {
    if (headers.starts_with('?')) headers.remove_prefix(1);
    for (const auto piece : text::split(headers, '&')) {
        const std::size_t equals = piece.find('=');
        if (equals == std::string_view::npos) continue;
        if (text::iequals(piece.substr(0, equals), name))
            return unescaped(piece.substr(equals + 1));
    }
    return std::nullopt;
}

// Control characters would end a header of ours: such a value is no Replaces.
bool is_plain(std::string_view value) {
    for (const char c : value)
        if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') return false;
    return true;
}

}  // namespace

std::optional<Replaces> Replaces::parse(std::string_view value) {
    if (!is_plain(value)) return std::nullopt;
    Replaces replaces;
    bool first = true;
    for (const auto raw : text::split(value, ';')) {
        const std::string_view piece = text::trim(raw);
        if (std::exchange(first, false)) {
            replaces.call_id = piece;
            continue;
        }
        const std::size_t equals = piece.find('=');
        const std::string_view name = text::trim(piece.substr(0, equals));
        const std::string_view content =
            equals == std::string_view::npos ? "" : text::trim(piece.substr(equals + 1));
        if (text::iequals(name, "to-tag")) {
            if (!replaces.to_tag.empty()) return std::nullopt;
            replaces.to_tag = content;
        } else if (text::iequals(name, "from-tag")) {
            if (!replaces.from_tag.empty()) return std::nullopt;
            replaces.from_tag = content;
        } else if (text::iequals(name, "early-only")) {
            replaces.early_only = true;
        }
    }
    // RFC 3891 6.1: exactly one of each.
    if (replaces.call_id.empty() || replaces.to_tag.empty() || replaces.from_tag.empty())
        return std::nullopt;
    return replaces;
}

std::string Replaces::to_string() const {
    return call_id + ";to-tag=" + to_tag + ";from-tag=" + from_tag +
           (early_only ? ";early-only" : "");
}

Result<ReferTarget> refer_target(const SipMessage& refer) {
    const auto values = refer.all("Refer-To");
    // RFC 3515 2.4.1: exactly one, else 400.
    if (values.size() != 1 || split_list(values.front()).size() != 1)
        return fail(ErrorCode::invalid, "a REFER needs exactly one Refer-To");
    const auto address = NameAddr::parse(values.front());
    auto uri = address ? SipUri::parse(address->uri) : Result<SipUri>(fail(address.error()));
    if (!uri) return fail(ErrorCode::invalid, "Refer-To cannot be read");
    if (uri->scheme != "sip" && uri->scheme != "tel")
        return fail(ErrorCode::invalid, "Refer-To is neither sip: nor tel:");
    const auto method = uri->parameter("method");
    if (method && !text::iequals(*method, "INVITE"))
        return fail(ErrorCode::invalid, "Refer-To asks for another method than INVITE");
    ReferTarget target;
    if (const auto replaces = uri_header(uri->headers, "Replaces")) {
        target.replaces = Replaces::parse(*replaces);
        if (!target.replaces)
            return fail(ErrorCode::invalid, "the Replaces of Refer-To cannot be read");
    }
    uri->headers.clear();
    target.uri = uri->to_string();
    return target;
}

std::string sipfrag(int status) {
    return "SIP/2.0 " + std::to_string(status) + " " + std::string(default_phrase(status)) + "\r\n";
}

TransferFailure transfer_failure(int status, int cause, bool reason_override) {
    // Spec B.6
    switch (status) {
        case 404:
            return {404, 1};
        case 480:
            return {480, 20};
        case 484:
            return {484, 28};
        case 502:
            return {502, 27};
        case 503:
            return {503, 38};
        default:
            break;
    }
    if (status >= 400) return {status, cause};
    if (reason_override) {
        // Spec E.8, last paragraph
        switch (cause) {
            case 17:
                return {486, cause};
            case 19:
                return {503, cause};
            case 21:
                return {403, cause};
            case 31:
                return {480, cause};
            case 102:
                return {504, cause};
            default:
                break;
        }
    }
    return {dialplan::sip_from_q850(cause), cause};
}

std::optional<int> ReferNotifier::report(int status) {
    // A second 180 says nothing new.
    if (done_ || final_sent_ || status == last_ || kept_ >= 200) return std::nullopt;
    if (waiting_) {
        kept_ = status;
        return std::nullopt;
    }
    waiting_ = true;
    last_ = status;
    final_sent_ = status >= 200;
    return status;
}

std::optional<int> ReferNotifier::answered(bool accepted) {
    waiting_ = false;
    if (!accepted || final_sent_) done_ = true;
    const int next = std::exchange(kept_, 0);
    if (done_ || next == 0) return std::nullopt;
    return report(next);
}

}  // namespace weir::signaling
