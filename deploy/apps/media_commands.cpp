// SPDX-License-Identifier: Apache-2.0
// Questions to weir-media, and the sessions that calls have there.
#include "deploy/apps/media_commands.hpp"

#include <utility>

#include "deploy/apps/call_pictures.hpp"
#include "deploy/apps/media_text.hpp"

namespace weir::apps {
namespace {

using config::Access;
using config::CommandHandler;
using config::Respond;
using Arguments = std::vector<std::string>;
using PrintPlane = std::string (*)(const dataplane::PlaneReport&);
using PrintCalls = std::string (*)(const std::vector<MediaCall>&);

CommandHandler of_plane(const OperatorSources& sources, PrintPlane print) {
    return on_sip(sources, [sources, print](const Arguments&, const Respond& respond) {
        sources.reports.read_plane([print, respond](const auto& report) {
            if (!report) return respond({false, "% weir-media does not answer\n"});
            respond({true, print(*report)});
        });
    });
}

CommandHandler of_calls(const OperatorSources& sources, PrintCalls print) {
    return over_calls(
        sources, [](const Arguments&) -> Result<CallsWanted> { return CallsWanted{}; },
        [print](const OperatorSources&, const Picture& picture) {
            return print(media_calls(picture.joined(), picture.orphans));
        });
}

}  // namespace

void add_media_commands(config::CommandTable& table, const OperatorSources& sources) {
    const auto add = [&](const char* words, const char* help, PrintPlane print) {
        table.add(
            {words, help, of_plane(sources, print), Access::all, of_plane(sources, media_json)});
    };
    add("show media", "I/O mode, devices, packets and drops of weir-media", media_text);
    add("show voip rtp stats", "Sessions, ports and packets of RTP, all calls together",
        rtp_stats_text);
    add("show voip fpi stats", "The fast path: devices, packets and drops by reason", media_text);
    table.add({"show voip fpi calls", "Calls and their sessions in the fast path",
               of_calls(sources, fpi_calls_text), Access::all, of_calls(sources, fpi_calls_json)});
    table.describe("show voip fpi", "The fast path");
}

}  // namespace weir::apps
