// SPDX-License-Identifier: Apache-2.0
// Numbers of formats toward each leg.
#include "signaling/sdp/payload_numbers.hpp"

#include <algorithm>
#include <array>
#include <bitset>
#include <string_view>

#include "config/base/text.hpp"

namespace weir::signaling::sdp {
namespace {

constexpr std::uint8_t kPayloadTypes = 128;
using Numbers = std::bitset<kPayloadTypes>;

// Parameters without which two formats of one name are two codecs; `otherwise` is what holds where
// the parameter is not said.
struct Telling {
    std::string_view encoding;
    std::string_view parameter;
    std::string_view otherwise;
    std::size_t length;  // how much of the value counts; 0 = all
};
constexpr std::array kTelling{
    Telling{"H264", "packetization-mode", "0", 0},  // RFC 6184 8.1
    Telling{"H264", "profile-level-id", "42", 2},   // ... profile_idc; levels may differ
    Telling{"H265", "profile-id", "1", 0},          // RFC 7798 7.1
    Telling{"VP9", "profile-id", "0", 0},           // RFC 9628 6
    Telling{"AMR", "octet-align", "0", 0},          // RFC 4867 8.1
    Telling{"AMR-WB", "octet-align", "0", 0},       // likewise
    Telling{"G7221", "bitrate", "", 0},             // RFC 5577 3
    Telling{"MPEG4-GENERIC", "mode", "", 0},        // RFC 3640 4.1
};

std::string_view parameter_of(const Format& format, const Telling& telling) {
    std::string_view value = telling.otherwise;
    for (const auto piece : text::split(format.fmtp, ';')) {
        const auto word = text::trim(piece);
        const auto equals = word.find('=');
        if (equals != std::string_view::npos &&
            text::iequals(word.substr(0, equals), telling.parameter))
            value = word.substr(equals + 1);
    }
    return telling.length == 0 ? value : value.substr(0, telling.length);
}

// "2" of opus/48000/2; one channel where nothing is said.
std::string_view channels_of(const Format& format) {
    const auto pieces = text::split(format.rtpmap, '/');
    return pieces.size() < 3 ? std::string_view("1") : pieces[2];
}

// Their packets, or their parameters, hold payload types of other formats (RFC 2198, RFC 4588).
bool names_others(const Format& format) {
    return text::iequals(format.encoding(), "red") || text::iequals(format.encoding(), "rtx");
}

bool is_number_free(const Format& format) {
    return format.payload_type >= kFirstDynamic || format.is_comfort_noise();
}

// What the leg's peer wants, unless nothing of the kind can have that number.
std::uint8_t wanted_number(const Format& format, const std::vector<WantedNumber>& wanted) {
    for (const auto& one : wanted)
        if (text::iequals(format.encoding(), one.encoding) &&
            (one.number >= kFirstDynamic || format.is_comfort_noise()))
            return one.number;
    return format.payload_type;
}

std::uint8_t free_number(const Numbers& used, std::uint8_t wished, std::uint8_t original) {
    if (!used[wished]) return wished;
    if (!used[original]) return original;
    std::uint8_t number = kFirstDynamic;
    while (number < kPayloadTypes - 1U && used[number])
        ++number;
    return number;
}

// How well one stands for the other: 0 = not at all.
int likeness(const Format& one, const Format& other) {
    if (!is_same_codec(one, other)) return 0;
    return 1 + (one.fmtp == other.fmtp ? 2 : 0) + (one.payload_type == other.payload_type ? 1 : 0);
}

}  // namespace

bool is_same_codec(const Format& one, const Format& other) {
    if (one.rtpmap.empty() || !text::iequals(one.encoding(), other.encoding()) ||
        one.clock_rate() != other.clock_rate() || channels_of(one) != channels_of(other))
        return false;
    return std::all_of(kTelling.begin(), kTelling.end(), [&](const Telling& telling) {
        return !text::iequals(one.encoding(), telling.encoding) ||
               text::iequals(parameter_of(one, telling), parameter_of(other, telling));
    });
}

std::uint8_t renumbered(const std::vector<NumberPair>& pairs, std::uint8_t number) {
    for (const NumberPair& pair : pairs)
        if (pair.from == number) return pair.to;
    return number;
}

std::vector<NumberPair> renumber_offer(const std::vector<Format>& formats,
                                       const std::vector<NumberPair>& known,
                                       const std::vector<WantedNumber>& wanted) {
    if ((known.empty() && wanted.empty()) ||
        std::any_of(formats.begin(), formats.end(), names_others))
        return {};
    std::vector<NumberPair> wishes;
    Numbers used;
    for (const Format& format : formats) {
        const std::uint8_t before = format.payload_type;
        std::uint8_t wish = renumbered(known, before);
        if (wish == before && is_number_free(format)) wish = wanted_number(format, wanted);
        if (wish == before)
            used.set(before);
        else
            wishes.push_back({before, wish});
    }
    std::vector<NumberPair> pairs;
    for (const NumberPair& wish : wishes) {
        const std::uint8_t number = free_number(used, wish.to, wish.from);
        used.set(number);
        if (number != wish.from) pairs.push_back({wish.from, number});
    }
    return pairs;
}

std::vector<NumberPair> renumber_answer(std::vector<Format>& answered,
                                        const std::vector<Format>& sent,
                                        const std::vector<NumberPair>& pairs) {
    const auto offered_number = [&](std::uint8_t number) {
        for (const NumberPair& pair : pairs)
            if (pair.to == number) return pair.from;
        return number;
    };
    std::vector<NumberPair> made;
    Numbers taken;
    const auto take = [&](const Format& format, std::uint8_t number) {
        const std::uint8_t offered = offered_number(number);
        if (taken[offered]) return false;
        taken.set(offered);
        if (offered != format.payload_type) made.push_back({format.payload_type, offered});
        return true;
    };
    // Who keeps the number of the offer has the first say.
    const auto keeps = [&](const Format& format) {
        return std::any_of(sent.begin(), sent.end(), [&](const Format& one) {
            return one.payload_type == format.payload_type;
        });
    };
    for (const Format& format : answered)
        if (keeps(format)) (void)take(format, format.payload_type);
    std::erase_if(answered, [&](const Format& format) {
        if (keeps(format)) return false;
        const Format* stands_for = counterpart(sent, format);
        return stands_for == nullptr || !take(format, stands_for->payload_type);
    });
    return made;
}

std::vector<NumberPair> payload_map(const std::vector<Format>& told, const std::vector<Format>& own,
                                    const std::vector<Format>& far) {
    std::vector<NumberPair> pairs;
    Numbers known;
    const auto add = [&](const Format& format) {
        if (known[format.payload_type]) return;
        known.set(format.payload_type);
        const Format* wanted = counterpart(far, format);
        if (wanted != nullptr && wanted->payload_type != format.payload_type)
            pairs.push_back({format.payload_type, wanted->payload_type});
    };
    for (const Format& format : told)
        add(format);
    for (const Format& format : own)
        add(format);
    return pairs;
}

const Format* counterpart(const std::vector<Format>& formats, const Format& format) {
    const Format* best = nullptr;
    int closest = 0;
    for (const Format& one : formats) {
        const int now = likeness(one, format);
        if (now <= closest) continue;
        closest = now;
        best = &one;
    }
    return best;
}

bool has_numbers(const Description& description) {
    return std::any_of(description.media.begin(), description.media.end(),
                       [](const MediaSection& section) { return !section.numbers.empty(); });
}

}  // namespace weir::signaling::sdp
