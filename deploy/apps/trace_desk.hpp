// SPDX-License-Identifier: Apache-2.0
// TraceDesk: reads the flight recorder for operators, on a thread of its own: a store of 1 GB is
// not searched while a call waits.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "config/admin/command_table.hpp"
#include "signaling/trace/trace_store.hpp"

namespace weir::apps {

// Thread: any. `store` outlives it; questions that wait at its end get no answer.
class TraceDesk {
public:
    explicit TraceDesk(signaling::TraceStore& store);
    TraceDesk(const TraceDesk&) = delete;
    TraceDesk& operator=(const TraceDesk&) = delete;
    ~TraceDesk();

    // `work` gets the directory when all that was traced before lies in it; at most kTraceQuestions
    // wait, more are refused.
    void ask(std::function<config::Answer(const std::string& directory)> work,
             config::Respond respond);

private:
    void run();

    signaling::TraceStore& store_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::function<void()>> questions_;  // guarded by mutex_
    bool stop_ = false;                            // guarded by mutex_
    std::thread reader_;
};

// show voip trace ...
void add_trace_commands(config::CommandTable& table, TraceDesk& desk,
                        std::function<std::string()> statistics);

}  // namespace weir::apps
