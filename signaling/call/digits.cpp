// SPDX-License-Identifier: Apache-2.0
// Digits: their bodies, read and written.
#include "signaling/call/digits.hpp"

#include <algorithm>
#include <string>

#include "config/base/text.hpp"

namespace weir::signaling {
namespace {

constexpr std::string_view kKeys = "0123456789*#ABCD";  // by event number (RFC 4733 3.2)
constexpr std::uint32_t kMaxDuration = 5000;            // ms; longer than any key is held
constexpr std::uint8_t kVolume = 10;                    // -10 dBm0
constexpr std::uint8_t kEnd = 0x80;

std::string media_type(const SipMessage& message) {
    const std::string* type = message.find("Content-Type");
    return type == nullptr ? "" : text::lower(text::trim(type->substr(0, type->find(';'))));
}

std::optional<char> key_of(std::string_view signal) {
    signal = text::trim(signal);
    if (signal.size() == 1) {
        const char c = signal[0] >= 'a' && signal[0] <= 'd'
                           ? static_cast<char>(signal[0] - 'a' + 'A')
                           : signal[0];
        if (kKeys.find(c) != std::string_view::npos) return c;
        return std::nullopt;
    }
    const auto number = text::number(signal);  // "10" and "11" for * and #
    if (!number || *number >= kKeys.size()) return std::nullopt;
    return kKeys[*number];
}

// Signal= 5\r\nDuration= 160
std::optional<Digit> read_relay(std::string_view body) {
    std::optional<Digit> digit;
    std::uint32_t duration = Digit{}.duration;
    for (const auto line : text::split(body, '\n')) {
        const std::size_t equals = line.find('=');
        if (equals == std::string_view::npos) continue;
        const auto name = text::trim(line.substr(0, equals));
        const auto value = text::trim(line.substr(equals + 1));
        if (text::iequals(name, "Signal")) {
            if (const auto key = key_of(value)) digit = Digit{*key};
        } else if (text::iequals(name, "Duration")) {
            if (const auto ms = text::number(value))
                duration = static_cast<std::uint32_t>(std::min<std::uint64_t>(*ms, kMaxDuration));
        }
    }
    if (digit) digit->duration = duration;
    return digit;
}

// Four bytes as in RTP: event, E bit and volume, duration.
std::optional<Digit> read_event(std::string_view body) {
    if (body.size() < 4) return std::nullopt;
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(body[i]); };
    if (byte(0) >= kKeys.size()) return std::nullopt;
    const auto duration = static_cast<std::uint32_t>(byte(2)) * 256U + byte(3);
    return Digit{kKeys[byte(0)], std::min(duration, kMaxDuration), (byte(1) & kEnd) != 0};
}

}  // namespace

std::optional<Digit> read_digit(const SipMessage& request) {
    const std::string type = media_type(request);
    if (request.method == "INFO" && type == "application/dtmf-relay")
        return read_relay(request.body);
    if (request.method == "INFO" && type == "application/dtmf") {
        const auto key = key_of(request.body);
        return key ? std::optional(Digit{*key}) : std::nullopt;
    }
    if (request.method == "NOTIFY" && type == "audio/telephone-event")
        return read_event(request.body);
    return std::nullopt;
}

SipMessage info_of(SipMessage request, const Digit& digit) {
    request.method = "INFO";
    request.set("Content-Type", "application/dtmf-relay");
    request.body = "Signal=" + std::string(1, digit.key) +
                   "\r\nDuration=" + std::to_string(digit.duration) + "\r\n";
    return request;
}

SipMessage notify_of(SipMessage request, const Digit& digit, bool end) {
    request.method = "NOTIFY";
    request.set("Event", "telephone-event;rate=1000");
    request.set("Subscription-State", "active");
    request.set("Content-Type", "audio/telephone-event");
    const auto event = static_cast<std::uint8_t>(kKeys.find(digit.key));
    const auto flags = static_cast<std::uint8_t>(kVolume | (end ? kEnd : 0));
    request.body = {static_cast<char>(event), static_cast<char>(flags),
                    static_cast<char>(digit.duration >> 8U),
                    static_cast<char>(digit.duration & 0xffU)};
    return request;
}

std::string digit_offer(std::string_view host, std::uint32_t longest) {
    return "<sip:" + std::string(host) + ">;method=\"NOTIFY;Event=telephone-event;Duration=" +
           std::to_string(longest) + "\"";
}

std::uint32_t longest_event(const config::KeptLines& sip_ua) {
    constexpr std::uint32_t kUsual = 2000;
    constexpr std::string_view kWords = "notify telephone-event max-duration ";
    for (const auto& line : sip_ua)
        if (line.text.starts_with(kWords))
            return static_cast<std::uint32_t>(
                text::number(std::string_view(line.text).substr(kWords.size())).value_or(kUsual));
    return kUsual;
}

DigitForm digit_form(const std::vector<config::DtmfRelay>& relay, std::string_view came_as) {
    const auto wants = [&](config::DtmfRelay one) {
        return std::find(relay.begin(), relay.end(), one) != relay.end();
    };
    if (wants(config::DtmfRelay::sip_notify)) return DigitForm::notify;
    if (wants(config::DtmfRelay::sip_info)) return DigitForm::info;
    return came_as == "NOTIFY" ? DigitForm::notify : DigitForm::info;
}

bool KeyPress::is_new(const Digit& digit) {
    const bool same = pressed_ == digit.key;
    pressed_ = digit.ended ? '\0' : digit.key;
    return !same;
}

}  // namespace weir::signaling
