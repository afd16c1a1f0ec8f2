// SPDX-License-Identifier: Apache-2.0
// CallPictures: the calls of one moment with their recordings and their media, gathered for `show`
// without keeping the SIP thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "config/admin/command_table.hpp"
#include "deploy/apps/call_rows.hpp"
#include "deploy/apps/operator_commands.hpp"

namespace weir::apps {

// Values only: printed on the admin thread.
struct Picture {
    std::vector<signaling::CallSnapshot> calls;  // by id
    std::size_t not_shown = 0;                   // calls beyond CallsWanted::most
    std::map<signaling::CallId, signaling::RecordingSummary> recordings;
    std::vector<dataplane::Report> reports;
    std::vector<signaling::OrphanSession> orphans;  // sessions that a dead weir-sip has left

    [[nodiscard]] bool is_orphan(dataplane::SessionId session) const;
    [[nodiscard]] std::vector<CallPicture> joined() const;
};
using PicturePtr = std::shared_ptr<const Picture>;

struct CallsWanted {
    signaling::CallChoice choice;  // its `most` and `after` do not count
    std::size_t most = 0;          // calls in the picture, 0 = all
    bool media_of_all = false;     // counters of all calls, else of recorded ones alone
};

// Calls `done` once, on the SIP thread, with everything there is; counters of at most
// kMediaReportSessions calls. Thread: sip.
void gather_calls(const OperatorSources& sources, const CallsWanted& wanted,
                  std::function<void(PicturePtr)> done);

// A command over calls: `wanted` says which by its arguments (an error is its answer), `print` runs
// on the admin thread.
using WantCalls = std::function<Result<CallsWanted>(const std::vector<std::string>& arguments)>;
[[nodiscard]] config::CommandHandler over_calls(
    const OperatorSources& sources, WantCalls wanted,
    std::function<std::string(const OperatorSources&, const Picture&)> print);

// `work` on the SIP thread, or the answer that it is busy.
[[nodiscard]] config::CommandHandler on_sip(
    const OperatorSources& sources,
    std::function<void(const std::vector<std::string>&, const config::Respond&)> work);

}  // namespace weir::apps
