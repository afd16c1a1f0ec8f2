// SPDX-License-Identifier: Apache-2.0
// Replay: compares byte by byte, as both were written.
#include "signaling/trace/replay.hpp"

#include <utility>

#include "signaling/trace/describe.hpp"
#include "signaling/trace/value_codec.hpp"

namespace weir::signaling {
namespace {

// Tokens of the recording stay as they are, whatever the salt.
constexpr std::uint64_t kNoSalt = 0;

std::string bytes_of(CallState state, const std::vector<CallAction>& actions) {
    std::string bytes;
    const Redactor redactor(kNoSalt);
    append_values(bytes, redactor, state, actions);
    return bytes;
}

std::string words_of(CallState state, const std::vector<CallAction>& actions) {
    std::string words = std::string(to_string(state)) + ":";
    for (const CallAction& action : actions)
        words += "\n    " + describe(action);
    return words;
}

}  // namespace

Result<ReplayResult> replay(const RecordedCall& recorded, config::ConfigPtr config) {
    CallSetup setup = recorded.setup;
    setup.config = std::move(config);
    auto dialog = Dialog::from_invite(setup.invite, setup.local_tag, setup.contact);
    if (!dialog) return fail(dialog.error());
    Call machine(std::move(setup), std::move(*dialog));
    ReplayResult result;
    for (std::size_t i = 0; i < recorded.steps.size(); ++i) {
        const RecordedStep& step = recorded.steps[i];
        const auto actions =
            step.input ? machine.step(*step.input, step.now) : machine.begin(step.now);
        if (!step.has_actions) break;  // lost, or the process died here: nothing to compare with
        ++result.steps;
        result.actions += actions.size();
        if (bytes_of(machine.state(), actions) == step.action_bytes) continue;
        result.difference = ReplayDifference{i, step.input ? describe(*step.input) : "begin",
                                             words_of(step.state, step.actions),
                                             words_of(machine.state(), actions)};
        break;
    }
    return result;
}

}  // namespace weir::signaling
