// SPDX-License-Identifier: Apache-2.0
// voice hunt and dial-peer hunt: whether and in which order further peers are tried (spec A.8).
#include <charconv>
#include <optional>

#include "config/language/fields.hpp"
#include "config/language/tables/kept_tables.hpp"
#include "config/model/release_cause.hpp"

namespace weir::config::language {
namespace {

constexpr unsigned kCauses = 255;  // 1..255

std::string hunt_syntax() {
    std::string words;
    for (const auto& cause : release_causes())
        words += std::string(cause.keyword) + " | ";
    return "voice hunt {all | " + words + "<cause=1-255> | 0x<hex>}";
}

// None when the line named no cause, or a hexadecimal one outside of the range.
std::optional<std::uint8_t> cause_of(const Words& words) {
    if (words.given("cause")) return static_cast<std::uint8_t>(words.number("cause"));
    if (words.given("hex")) {
        const std::string digits = words.text("hex");
        unsigned value = 0;
        std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
        if (value < 1 || value > kCauses) return std::nullopt;
        return static_cast<std::uint8_t>(value);
    }
    for (const auto& cause : release_causes())
        if (words.has(cause.keyword)) return cause.value;
    return std::nullopt;
}

Result<void> read(const Words& words, Config& config) {
    VoiceHunt& hunt = config.voice_hunt;
    if (words.has("all")) {
        hunt = VoiceHunt{.all = true, .go_on = {}, .stop = {}};
        return {};
    }
    const auto cause = cause_of(words);
    if (!cause) return fail(ErrorCode::invalid, "a cause is 0x1 to 0xff");
    hunt.stop.erase(*cause);
    if (!hunt.all) hunt.go_on.insert(*cause);
    return {};
}

// `no voice hunt all` stops on every cause; without a cause it is the default again.
void no(const Words& words, Config& config) {
    VoiceHunt& hunt = config.voice_hunt;
    if (words.has("all")) {
        hunt = {};
        for (unsigned cause = 1; cause <= kCauses; ++cause)
            hunt.stop.insert(static_cast<std::uint8_t>(cause));
        return;
    }
    const auto cause = cause_of(words);
    if (cause) {
        hunt.go_on.erase(*cause);
        hunt.stop.insert(*cause);
    } else if (!words.given("hex")) {
        hunt = {};
    }
}

// `default voice hunt user-busy` takes back what was said of this cause.
void restore(const Words& words, Config& config) {
    VoiceHunt& hunt = config.voice_hunt;
    const auto cause = cause_of(words);
    if (cause) {
        hunt.go_on.erase(*cause);
        hunt.stop.erase(*cause);
    } else {
        hunt = {};
    }
}

// Where no cause goes on unless it is named, the names of those that do follow `no voice hunt all`.
void print(const Config& config, Printer& out) {
    const VoiceHunt& hunt = config.voice_hunt;
    const bool none = hunt.stop.size() + hunt.go_on.size() >= kCauses;
    if (hunt.all) out.line("voice hunt all");
    if (none) out.line("no voice hunt all");
    for (const auto cause : hunt.go_on)
        out.line("voice hunt " + release_cause_text(cause));
    for (const auto cause : hunt.stop)
        if (!none) out.line("no voice hunt " + release_cause_text(cause));
}

}  // namespace

std::vector<Command<Config>> hunt_commands() {
    Command<Config> voice_hunt{hunt_syntax(), "Whether the next dial-peer is tried after a cause",
                               read,          no,
                               print,         restore};
    voice_hunt.key_words = 2;
    return {voice_hunt,
            number("dial-peer hunt <0-7>", "Order of peers that match", &Config::dial_peer_hunt)};
}

}  // namespace weir::config::language
