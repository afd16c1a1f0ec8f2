// SPDX-License-Identifier: Apache-2.0
// `show voip fpi calls`: which session of weir-media belongs to which legs.
#include <boost/json.hpp>
#include <fmt/format.h>

#include "deploy/apps/call_rows.hpp"

namespace weir::apps {
namespace {

std::string leg_or_dash(std::uint64_t leg) {
    return leg == 0 ? "-" : std::to_string(leg);
}

}  // namespace

std::vector<MediaCall> media_calls(const std::vector<CallPicture>& calls,
                                   const std::vector<signaling::OrphanSession>& orphans) {
    std::vector<MediaCall> rows;
    for (const CallPicture& picture : calls) {
        const signaling::CallView& view = picture.call.view;
        if (!view.media.is_set()) continue;
        const bool routed = !view.parties[1].number.empty();
        rows.push_back({view.media, {leg_id(view.id, 1), routed ? leg_id(view.id, 2) : 0}, false});
    }
    for (const auto& orphan : orphans)
        rows.push_back({orphan.session, {}, true});
    return rows;
}

// The router's last column is the last event of its own machine, which does not exist here.
std::string fpi_calls_text(const std::vector<MediaCall>& calls) {
    const std::string rule =
        fmt::format("{0} {0} {0} {0} {1} {1}\n", std::string(10, '-'), std::string(13, '-'));
    constexpr const char* kRow = "{:<10} {:<10} {:<10} {:<10} {:<13} {}\n";
    std::string text = fmt::format("Number of Calls : {}\n", calls.size()) + rule;
    text += fmt::format(kRow, "confID", "correlator", "AcallID", "BcallID", "state", "event");
    text += rule;
    for (const MediaCall& call : calls)
        text +=
            fmt::format(kRow, call.session.slot, call.session.generation, leg_or_dash(call.legs[0]),
                        leg_or_dash(call.legs[1]), call.orphan ? "ORPHAN" : "ALLOCATED", "-");
    return text;
}

std::string fpi_calls_json(const std::vector<MediaCall>& calls) {
    boost::json::array rows;
    for (const MediaCall& call : calls)
        rows.push_back(boost::json::object{{"session", call.session.slot},
                                           {"generation", call.session.generation},
                                           {"leg", call.legs[0]},
                                           {"other_leg", call.legs[1]},
                                           {"orphan", call.orphan}});
    return boost::json::serialize(rows) + "\n";
}

}  // namespace weir::apps
