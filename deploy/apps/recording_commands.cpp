// SPDX-License-Identifier: Apache-2.0
// The words around the tables of recordings.
#include "deploy/apps/recording_commands.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "config/base/text.hpp"
#include "deploy/apps/call_pictures.hpp"
#include "deploy/apps/recording_rows.hpp"
#include "signaling/show/show_recordings.hpp"

namespace weir::apps {
namespace {

using config::Access;
using config::CommandHandler;
using signaling::CallRecording;
using Arguments = std::vector<std::string>;
using Recordings = std::vector<CallRecording>;
using PrintAll = std::function<std::string(const Recordings&)>;
using PrintOne = std::string (*)(const CallRecording&);

constexpr const char* kNoRecording = "% There is no such recording\n";
constexpr std::uint64_t kLegsPerCall = 10;  // signaling::leg_id

Recordings recordings_of(const OperatorSources& sources, const Picture& picture) {
    return recorded_calls(picture.joined(), sources.loop.clock().now());
}

// All of them.
CommandHandler every(const OperatorSources& sources, const PrintAll& print) {
    return over_calls(
        sources, [](const Arguments&) -> Result<CallsWanted> { return CallsWanted{}; },
        [print](const OperatorSources& from, const Picture& picture) {
            return print(recordings_of(from, picture));
        });
}

// One block behind the other.
PrintAll each(PrintOne print) {
    return [print](const Recordings& calls) {
        std::string text;
        for (const CallRecording& call : calls)
            text += print(call);
        return text.empty() ? kNoRecording : text;
    };
}

bool has_id(const CallRecording& call, const std::string& typed) {
    return call.has_leg(text::number(typed).value_or(0));
}

bool has_uuid(const CallRecording& call, const std::string& typed) {
    return std::any_of(call.anchor.uuids.begin(), call.anchor.uuids.end(),
                       [&](const std::string& uuid) { return text::iequals(uuid, typed); });
}

// The call of a leg's id, so that not all calls have to be looked at; of a UUID nothing is known.
Result<CallsWanted> call_of(const std::string& typed, bool by_id) {
    CallsWanted wanted;
    if (!by_id) return wanted;
    const auto id = text::number(typed);
    if (!id)
        return fail(ErrorCode::invalid,
                    "An id is a number of show voip recmsp session or of show voip rtp "
                    "connections");
    wanted.choice.id = signaling::CallId{*id / kLegsPerCall};
    return wanted;
}

CommandHandler chosen(const OperatorSources& sources, bool by_id, PrintAll print) {
    return [sources, by_id, print = std::move(print)](const Arguments& typed,
                                                      const config::Respond& respond) {
        const auto wanted = [by_id](const Arguments& words) {
            return call_of(words.front(), by_id);
        };
        const auto print_chosen = [by_id, print, word = typed.front()](const OperatorSources& from,
                                                                       const Picture& picture) {
            auto calls = recordings_of(from, picture);
            std::erase_if(calls, [&](const CallRecording& call) {
                return by_id ? !has_id(call, word) : !has_uuid(call, word);
            });
            return print(calls);
        };
        over_calls(sources, wanted, print_chosen)(typed, respond);
    };
}

}  // namespace

void add_recording_commands(config::CommandTable& table, const OperatorSources& sources) {
    const auto add = [&](const char* words, const char* help, const PrintAll& print) {
        table.add({words, help, every(sources, print), Access::all,
                   every(sources, signaling::recordings_json)});
    };
    const auto add_one = [&](const char* words, const char* help, bool by_id, PrintOne print) {
        table.add({words, help, chosen(sources, by_id, each(print)), Access::all,
                   chosen(sources, by_id, signaling::recordings_json)});
    };
    add("show voip recmsp session", "Recordings in progress, by their legs",
        signaling::show_recmsp_sessions);
    add_one("show voip recmsp session detail call-id <id>", "One recording and its legs", true,
            signaling::show_recmsp_detail);
    add_one("show voip recmsp session detail forked call-id <id>", "Its streams and counters", true,
            signaling::show_recmsp_forked);
    add("show call media-forking", "Where copies go", signaling::show_media_forking);
    add("show media-proxy sessions", "Recordings in progress, with Session-ID and dial-peers",
        signaling::show_media_proxy);
    add("show media-proxy sessions summary", "The same by dial-peer",
        signaling::show_media_proxy_summary);
    add_one("show media-proxy sessions call-id <id>", "One recording in full", true,
            signaling::show_media_proxy_detail);
    add_one("show media-proxy sessions session-id <uuid>", "By either UUID of its Session-ID",
            false, signaling::show_media_proxy_detail);
    for (const auto& [words, help] :
         {std::pair{"show voip recmsp", "Recordings"},
          std::pair{"show voip recmsp session detail", "One recording"},
          std::pair{"show voip recmsp session detail forked", "Its streams"},
          std::pair{"show media-proxy", "Recordings"}})
        table.describe(words, help);
}

}  // namespace weir::apps
