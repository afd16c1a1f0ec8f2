// SPDX-License-Identifier: Apache-2.0
// The tables of media profile recorder and media class (spec F.1).
#include <algorithm>

#include "config/base/limits.hpp"
#include "config/language/fields.hpp"
#include "config/language/tables.hpp"

namespace weir::config::language {
namespace {

RecorderProfile& recorder_profile(Config& config, const Scope& scope) {
    return config.recorder_profiles.at(scope.number);
}
MediaClass& media_class(Config& config, const Scope& scope) {
    return config.media_classes.at(scope.number);
}
RecorderProfile& recorder_parameter(Config& config, const Scope& scope) {
    auto& parameter = config.media_classes.at(scope.number).recorder_parameter;
    return parameter ? *parameter : parameter.emplace();
}

// ---- media-type and media-recording: the same in a profile and in a parameter
// ----------------------

Result<void> read_recorders(const Words& words, RecorderProfile& profile) {
    std::vector<DialPeerTag> recorders;
    for (const auto tag : words.numbers("tags")) {
        const DialPeerTag recorder{static_cast<std::uint32_t>(tag)};
        if (std::find(recorders.begin(), recorders.end(), recorder) != recorders.end())
            return fail(ErrorCode::exists, "recorder " + std::to_string(tag) + " is named twice");
        recorders.push_back(recorder);
    }
    if (recorders.empty())
        return fail(ErrorCode::invalid, "media-recording needs the tag of a dial-peer");
    if (recorders.size() > kMaxRecorderPeers)
        return fail(ErrorCode::exhausted,
                    "media-recording takes at most " + std::to_string(kMaxRecorderPeers) +
                        " recorders, here are " + std::to_string(recorders.size()));
    profile.recorders = recorders;
    return {};
}

// `no media-recording 8001` takes one recorder out, `no media-recording` all.
void no_recorders(const Words& words, RecorderProfile& profile) {
    const auto gone = words.numbers("tags");
    if (gone.empty()) profile.recorders.clear();
    for (const auto tag : gone)
        profile.recorders.erase(std::remove(profile.recorders.begin(), profile.recorders.end(),
                                            DialPeerTag{static_cast<std::uint32_t>(tag)}),
                                profile.recorders.end());
}

void print_recorders(const RecorderProfile& profile, Printer& out) {
    std::string line = "media-recording";
    for (const auto recorder : profile.recorders)
        line += " " + std::to_string(recorder.value());
    if (!profile.recorders.empty()) out.line(line);
}

std::vector<Command<RecorderProfile>> recorder_commands() {
    auto audio = flag("media-type audio", "Record audio only", &RecorderProfile::audio_only);
    audio.key_words = 1;
    return {audio,
            {"media-recording <tags=1-1073741823,>+",
             "Dial-peers of the recorders, in order of failover", read_recorders, no_recorders,
             print_recorders}};
}

// ---- media class
// ---------------------------------------------------------------------------------

Result<void> read_profile(const Words& words, MediaClass& media) {
    media.recorder_profile = static_cast<std::uint32_t>(words.number());
    media.recorder_parameter.reset();
    media.siprec = words.has("siprec");
    return {};
}

void no_profile(const Words&, MediaClass& media) {
    if (!media.recorder_profile) return;
    media.recorder_profile.reset();
    media.siprec = false;
}

void print_profile(const MediaClass& media, Printer& out) {
    if (!media.recorder_profile) return;
    out.line("recorder profile " + std::to_string(*media.recorder_profile) +
             (media.siprec ? " siprec" : ""));
}

Scope parameter_scope(std::uint32_t tag) {
    return {ModeId::recorder_parameter, tag, "",
            "media class " + std::to_string(tag) + " recorder parameter"};
}

Result<Scope> open_parameter(const Words& words, MediaClass& media, const Place& place) {
    if (!media.recorder_parameter) {
        media.recorder_parameter.emplace();
        media.recorder_parameter->place = place;
    }
    media.recorder_profile.reset();
    media.siprec = words.has("siprec");
    return parameter_scope(media.tag);
}

void no_parameter(const Words&, MediaClass& media) {
    if (!media.recorder_parameter) return;
    media.recorder_parameter.reset();
    media.siprec = false;
}

void print_parameter(const MediaClass& media, Printer& out) {
    if (!media.recorder_parameter) return;
    out.block(std::string("recorder parameter") + (media.siprec ? " siprec" : ""),
              parameter_scope(media.tag));
}

// ---- the openers
// ---------------------------------------------------------------------------------

Command<Config> profile_opener() {
    Command<Config> command{
        "media profile recorder <1-10000>", "A list of recorders", nullptr,
        [](const Words& words, Config& config) {
            config.recorder_profiles.erase(static_cast<std::uint32_t>(words.number()));
        },
        [](const Config& config, Printer& out) {
            for (const auto& [tag, profile] : config.recorder_profiles) {
                const std::string title = "media profile recorder " + std::to_string(tag);
                out.block(title, {ModeId::recorder_profile, tag, "", title});
            }
        }};
    command.open = [](const Words& words, Config& config, const Place& place) -> Result<Scope> {
        const auto tag = static_cast<std::uint32_t>(words.number());
        const auto [entry, made] = config.recorder_profiles.try_emplace(tag);
        entry->second.tag = tag;
        if (made) entry->second.place = place;
        return Scope{ModeId::recorder_profile, tag, "",
                     "media profile recorder " + std::to_string(tag)};
    };
    command.key_words = 4;
    return command;
}

Command<Config> class_opener() {
    Command<Config> command{
        "media class <1-10000>", "What is done with the media of a dial-peer's calls", nullptr,
        [](const Words& words, Config& config) {
            config.media_classes.erase(static_cast<std::uint32_t>(words.number()));
        },
        [](const Config& config, Printer& out) {
            for (const auto& [tag, media] : config.media_classes) {
                const std::string title = "media class " + std::to_string(tag);
                out.block(title, {ModeId::media_class, tag, "", title});
            }
        }};
    command.open = [](const Words& words, Config& config, const Place& place) -> Result<Scope> {
        const auto tag = static_cast<std::uint32_t>(words.number());
        const auto [entry, made] = config.media_classes.try_emplace(tag);
        entry->second.tag = tag;
        if (made) entry->second.place = place;
        return Scope{ModeId::media_class, tag, "", "media class " + std::to_string(tag)};
    };
    command.key_words = 3;
    return command;
}

}  // namespace

static Mode recorder_profile_mode() {
    return {ModeId::recorder_profile, ModeId::global, "media profile recorder", "cfg-mediaprofile",
            make_rows(recorder_commands(), recorder_profile)};
}

static Mode media_class_mode() {
    Command<MediaClass> parameter{"recorder parameter [siprec]", "Recorders of this class alone",
                                  nullptr, no_parameter, print_parameter};
    parameter.open = open_parameter;
    const std::vector<Command<MediaClass>> commands{
        {"recorder profile <1-10000> [siprec]", "Recorders of a profile", read_profile, no_profile,
         print_profile},
        parameter,
    };
    return {ModeId::media_class, ModeId::global, "media class", "cfg-mediaclass",
            make_rows(commands, media_class)};
}

static Mode recorder_parameter_mode() {
    return {ModeId::recorder_parameter, ModeId::media_class, "recorder parameter",
            "cfg-mediaclass-recorder", make_rows(recorder_commands(), recorder_parameter)};
}

std::vector<Command<Config>> media_openers() {
    return {profile_opener(), class_opener()};
}

std::vector<Mode> media_modes() {
    return {recorder_profile_mode(), media_class_mode(), recorder_parameter_mode()};
}

}  // namespace weir::config::language
