// SPDX-License-Identifier: Apache-2.0
// CallRecorder: the tape of the calls, written into the flight recorder's store.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>

#include "signaling/call/call_tape.hpp"
#include "signaling/trace/record.hpp"
#include "signaling/trace/redact.hpp"
#include "signaling/trace/trace_store.hpp"

namespace weir::signaling {

// Thread: sip, but for what is said otherwise. `store` outlives it.
class CallRecorder final : public CallTape {
public:
    // Prints a configuration as `show running-config` does; asked once for each, on the store's
    // thread: ten thousand dial-peers take longer than a call may wait.
    using ConfigPrinter = std::function<std::string(const config::Config&)>;
    // `boot` tells the lives of the process apart; `salt` as Redactor.
    CallRecorder(TraceStore& store, std::uint64_t boot, std::uint64_t salt, ConfigPrinter print);

    void on_begin(const CallSetup& setup, Moment now) override;
    void on_input(CallId call, const CallInput& input, Moment now) override;
    void on_actions(CallId call, CallState state, const std::vector<CallAction>& actions,
                    Moment now) override;
    void on_finish(CallId call, Moment now) override;

    // A request of ours that went otherwise than its path says (Ways). One of no call is passed
    // over.
    void on_way(const SipMessage& request, const SipPath& way, Moment now);

    [[nodiscard]] std::vector<Metric> metrics() const;

private:
    void keep_config(const config::ConfigPtr& config);
    void append(RecordKind kind, CallId call, Moment now);
    void index(CallId call, std::string_view key, std::string_view value);
    void index_message(CallId call, const SipMessage& message);

    TraceStore& store_;
    std::uint64_t boot_;
    Redactor redactor_;
    ConfigPrinter print_;
    config::ConfigPtr printed_;  // of the last call: its name need not be found again
    std::string config_name_;    // 16 hexadecimal digits: the boot, then a running number
    std::uint64_t configs_ = 0;
    bool enabled_ = true;                               // as that configuration says
    std::unordered_map<CallId, std::uint32_t> counts_;  // records so far
    TraceRecord record_;                                // reused: its payload keeps its room
    std::string bytes_;
    std::string lines_;  // of the index
    std::uint64_t calls_ = 0;
    std::uint64_t cut_ = 0;
};

}  // namespace weir::signaling
