// SPDX-License-Identifier: Apache-2.0
// Looks a call up by each kind of name in turn.
#include "deploy/apps/trace_lookup.hpp"

#include <algorithm>
#include <array>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "signaling/trace/render.hpp"

namespace weir::apps {
namespace {

constexpr std::array kKinds{"call-id", "sip-call-id", "guid", "session-id", "number"};
constexpr std::size_t kShownBelow = 10;  // other calls of the same name that a ladder lists

}  // namespace

std::vector<signaling::FoundCall> look_up(const std::string& directory, const std::string& words) {
    for (const char* kind : kKinds)
        if (auto found = signaling::find_calls(directory, {kind, words}); !found.empty())
            return found;
    return {};
}

std::string call_name(const signaling::TracedCall& call) {
    return fmt::format("{}.{}", call.boot, call.call.value());
}

std::string found_text(const std::vector<signaling::FoundCall>& calls) {
    std::string text = fmt::format("{:<26}{:<20}{:<20}{:<28}{}\n", "began", "calling", "called",
                                   "call", "Call-ID");
    for (const signaling::FoundCall& call : calls)
        text += fmt::format("{:<26}{:<20}{:<20}{:<28}{}\n", iso8601(call.began), call.calling,
                            call.called, call_name(call.call), call.sip_call_id);
    return text;
}

std::string found_json(const std::vector<signaling::FoundCall>& calls) {
    boost::json::array list;
    for (const signaling::FoundCall& call : calls)
        list.push_back({{"call", call_name(call.call)},
                        {"began", iso8601(call.began)},
                        {"calling", call.calling},
                        {"called", call.called},
                        {"sip_call_id", call.sip_call_id},
                        {"guid", call.guid}});
    return boost::json::serialize(list) + "\n";
}

Result<std::string> ladder_of(const std::string& directory,
                              const std::vector<signaling::FoundCall>& calls, bool events) {
    if (calls.empty())
        return fail(ErrorCode::not_found,
                    "no such call in the flight recorder: it keeps the last "
                    "ones (see `show voip trace all`)");
    const auto call = signaling::read_call(directory, calls.front().call);
    if (!call) return fail(call.error());
    std::string text = signaling::ladder(*call, events);
    if (calls.size() == 1) return text;
    text += fmt::format("\n{} older calls of that name:\n", calls.size() - 1);
    const std::size_t shown = std::min(calls.size(), kShownBelow + 1);
    return text +
           found_text({calls.begin() + 1, calls.begin() + static_cast<std::ptrdiff_t>(shown)});
}

}  // namespace weir::apps
