// SPDX-License-Identifier: Apache-2.0
// The tables of media profile recorder, video and police, and of media class (spec F.1, F.7, B.14).
#include <algorithm>

#include "config/base/limits.hpp"
#include "config/language/classes.hpp"
#include "config/language/fields.hpp"
#include "config/language/kept.hpp"
#include "config/language/tables.hpp"
#include "config/language/tables/class_tables.hpp"

namespace weir::config::language {
namespace {

RecorderProfile& recorder_parameter(Config& config, const Scope& scope) {
    auto& parameter = config.media_classes.at(scope.number).recorder_parameter;
    return parameter ? *parameter : parameter.emplace();
}

// ---- media-type, media-recording and proxy: the same in a profile and in a parameter

Result<std::vector<DialPeerTag>> recorders_of(const Words& words) {
    std::vector<DialPeerTag> recorders;
    words.blame("tags");
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
    return recorders;
}

// `no media-recording 8001` takes one recorder out, `no media-recording` all.
void take_out(const Words& words, std::vector<DialPeerTag>& recorders) {
    const auto gone = words.numbers("tags");
    if (gone.empty()) recorders.clear();
    for (const auto tag : gone)
        std::erase(recorders, DialPeerTag{static_cast<std::uint32_t>(tag)});
}

void print_list(const std::string& head, const std::vector<DialPeerTag>& recorders, Printer& out) {
    std::string line = head;
    for (const auto recorder : recorders)
        line += " " + std::to_string(recorder.value());
    if (!recorders.empty()) out.line(line);
}

Result<void> read_recorders(const Words& words, RecorderProfile& profile) {
    // Spec F.7: a proxy is a box of its own; one profile is either a list for failover or copies.
    if (!profile.proxy.empty())
        return fail(ErrorCode::exists,
                    "this profile copies to several recorders: write 'no "
                    "media-recording proxy' first");
    auto recorders = recorders_of(words);
    if (!recorders) return fail(recorders.error());
    profile.recorders = *std::move(recorders);
    return {};
}

std::vector<DialPeerTag>& proxy_list(const Words& words, RecorderProfile& profile) {
    return words.has("secure") ? profile.proxy.secure : profile.proxy.optional;
}

Result<void> read_proxy(const Words& words, RecorderProfile& profile) {
    if (!profile.recorders.empty())
        return fail(ErrorCode::exists,
                    "this profile has recorders for failover: write 'no "
                    "media-recording' first");
    if (words.has("secure") && profile.proxy.mandatory)
        return fail(ErrorCode::exists,
                    "secure recorders and a mandatory one exclude each other: "
                    "write 'no proxy policy mandatory' first");
    auto recorders = recorders_of(words);
    if (!recorders) return fail(recorders.error());
    proxy_list(words, profile) = *std::move(recorders);
    return {};
}

Command<RecorderProfile> recorder_row() {
    return {
        "media-recording <tags=1-1073741823,>+",
        "Dial-peers of the recorders, in order of failover", read_recorders,
        [](const Words& words, RecorderProfile& profile) { take_out(words, profile.recorders); },
        [](const RecorderProfile& profile, Printer& out) {
            print_list("media-recording", profile.recorders, out);
        }};
}

Command<RecorderProfile> proxy_row() {
    return {"media-recording proxy [secure] <tags=1-1073741823,>+",
            "Dial-peers of recorders that all get a copy", read_proxy,
            [](const Words& words, RecorderProfile& profile) {
                take_out(words, proxy_list(words, profile));
            },
            [](const RecorderProfile& profile, Printer& out) {
                print_list("media-recording proxy", profile.proxy.optional, out);
                print_list("media-recording proxy secure", profile.proxy.secure, out);
            }};
}

Command<RecorderProfile> mandatory_row() {
    Command<RecorderProfile> row{
        "proxy policy mandatory <tag=1-1073741823>",
        "The recorder without which there is no recording",
        [](const Words& words, RecorderProfile& profile) -> Result<void> {
            if (!profile.proxy.secure.empty())
                return fail(ErrorCode::exists,
                            "secure recorders and a mandatory one exclude each "
                            "other: write 'no media-recording proxy secure' "
                            "first");
            profile.proxy.mandatory = DialPeerTag{static_cast<std::uint32_t>(words.number("tag"))};
            return {};
        },
        [](const Words&, RecorderProfile& profile) { profile.proxy.mandatory.reset(); },
        [](const RecorderProfile& profile, Printer& out) {
            if (profile.proxy.mandatory)
                out.line("proxy policy mandatory " +
                         std::to_string(profile.proxy.mandatory->value()));
        }};
    row.key_words = 2;
    return row;
}

std::vector<Command<RecorderProfile>> recorder_commands() {
    auto audio = flag("media-type audio", "Record audio only", &RecorderProfile::audio_only);
    audio.key_words = 1;
    return {audio, recorder_row(), proxy_row(), mandatory_row()};
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

}  // namespace

static Mode recorder_profile_mode() {
    return {ModeId::recorder_profile, ModeId::global, "media profile recorder", "cfg-mediaprofile",
            make_rows(recorder_commands(), tagged<&Config::recorder_profiles>)};
}

static Mode media_class_mode() {
    Command<MediaClass> parameter{"recorder parameter [siprec]", "Recorders of this class alone",
                                  nullptr, no_parameter, print_parameter};
    parameter.open = open_parameter;
    const std::vector<Command<MediaClass>> commands{
        {"recorder profile <1-10000> [siprec]", "Recorders of a profile", read_profile, no_profile,
         print_profile},
        parameter,
        kept_line<MediaClass>("video profile <1-10000>", "Treatment of video"),
        kept_line<MediaClass>("police profile <1-10000>", "Limit of the rate of media"),
        kept_line<MediaClass>("nr profile <1-10000>", "Reduction of noise"),
        kept_line<MediaClass>("asp profile <1-10000>", "Protection against loud tones"),
    };
    return {ModeId::media_class, ModeId::global, "media class", "cfg-mediaclass",
            make_rows(commands, tagged<&Config::media_classes>)};
}

static Mode recorder_parameter_mode() {
    return {ModeId::recorder_parameter, ModeId::media_class, "recorder parameter",
            "cfg-mediaclass-recorder", make_rows(recorder_commands(), recorder_parameter)};
}

static Mode video_profile_mode() {
    return kept_mode(
        {ModeId::video_profile, ModeId::global, "media profile video", "cfg-mediaprofile"},
        {kept_line<KeptLines>("h264-packetization-mode <mode=0-2>", "How H.264 is cut to packets"),
         kept_line<KeptLines>("ref-frame-req {rtcp | sip-info} <setting=line>",
                              "How a new picture is asked for", 2),
         kept_line<KeptLines>("monitor-ref-frames", "Count new pictures"),
         kept_line<KeptLines>("sprop-parameter-sets <sets=line>", "H.264 parameter sets")});
}

static Mode police_profile_mode() {
    return kept_mode(
        {ModeId::police_profile, ModeId::global, "media profile police", "cfg-mediaprofile"},
        {kept_line<KeptLines>("overhead <value=line>", "Allowance above the negotiated rate"),
         kept_line<KeptLines>("violation <action=line>", "What is done above the rate")});
}

std::vector<Command<Config>> media_openers() {
    std::vector<Command<Config>> commands{
        class_opener("media profile recorder <1-10000>", "A list of recorders",
                     &Config::recorder_profiles, ModeId::recorder_profile),
        class_opener("media class <1-10000>", "What is done with the media of a dial-peer's calls",
                     &Config::media_classes, ModeId::media_class)};
    // Spec H.1: behind media stand the translations.
    for (auto* const part :
         {translation_openers, number_expansion_rows, cor_openers, number_table_openers})
        for (auto& command : part())
            commands.push_back(std::move(command));
    return commands;
}

std::vector<CommandRow> kept_media_openers() {
    return {kept_block_row("media profile video <1-10000>", "Treatment of video",
                           ModeId::video_profile),
            kept_block_row("media profile police <1-10000>", "Limit of the rate of media",
                           ModeId::police_profile)};
}

std::vector<Mode> media_modes() {
    return {recorder_profile_mode(), media_class_mode(), recorder_parameter_mode(),
            video_profile_mode(), police_profile_mode()};
}

}  // namespace weir::config::language
