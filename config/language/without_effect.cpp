// SPDX-License-Identifier: Apache-2.0
// Looking up the reason why a line has no effect.
#include "config/language/without_effect.hpp"

#include <algorithm>

namespace weir::config::language {
namespace {

// A `*` in `words` stands for what is left of one word of the line, at least a character.
bool begins_with_pattern(std::string_view line, std::string_view words) {
    if (words.empty()) return true;
    if (const auto star = words.find('*'); star != std::string_view::npos) {
        if (!line.starts_with(words.substr(0, star))) return false;
        line.remove_prefix(star);
        const std::size_t end = std::min(line.find(' '), line.size());
        return end != 0 && begins_with_pattern(line.substr(end), words.substr(star + 1));
    }
    return line.starts_with(words) && (line.size() == words.size() || line[words.size()] == ' ');
}

std::string_view sentence(NoEffect reason) {
    switch (reason) {
        case NoEffect::hardware:
            return "hardware that a server does not have";
        case NoEffect::platform:
            return "the operating system or platform.yaml decides this";
        case NoEffect::h323:
            return "H.323, MGCP and SCCP are not spoken";
        case NoEffect::tdm_hardware:
            return "TDM hardware";
        case NoEffect::always_so:
            return "always so, there is no other way";
        case NoEffect::inert:
            return "changes nothing about calls";
        case NoEffect::acts:
            return "it has effect";
        case NoEffect::later:
            return "not yet";
    }
    return "";
}

}  // namespace

const WithoutEffect* without_effect(ModeId mode, std::string_view line) {
    if (line.starts_with("no ")) line.remove_prefix(3);
    const WithoutEffect* best = nullptr;
    for (const auto list : {global_without_effect(), service_without_effect(),
                            block_without_effect(), peer_without_effect(), class_without_effect()})
        for (const auto& entry : list)
            if (entry.mode == mode && begins_with_pattern(line, entry.command) &&
                (best == nullptr || entry.command.size() > best->command.size()))
                best = &entry;
    return best != nullptr && best->reason == NoEffect::acts ? nullptr : best;
}

std::string_view reason_word(NoEffect reason) {
    switch (reason) {
        case NoEffect::hardware:
            return "hardware";
        case NoEffect::platform:
            return "platform";
        case NoEffect::h323:
            return "h323";
        case NoEffect::tdm_hardware:
            return "tdm_hardware";
        case NoEffect::always_so:
            return "always_so";
        case NoEffect::inert:
            return "inert";
        case NoEffect::acts:
            return "acts";
        case NoEffect::later:
            return "later";
    }
    return "";
}

std::string reason_text(const WithoutEffect& entry) {
    std::string text(sentence(entry.reason));
    if (!entry.work.empty()) text += ": " + std::string(entry.work);
    return text;
}

}  // namespace weir::config::language
