// SPDX-License-Identifier: Apache-2.0
// TraceBench: the bench of calls with a flight recorder behind it, in a folder of its own.
#pragma once

#include <filesystem>
#include <memory>

#include "config/language/language.hpp"
#include "signaling/trace/call_recorder.hpp"
#include "signaling/trace/trace_reader.hpp"
#include "tests/unit/signaling/call/call_bench.hpp"

namespace weir::tests {

class TraceBench : public CallBench {
protected:
    TraceBench() {
        const auto* test = testing::UnitTest::GetInstance()->current_test_info();
        folder_ = std::filesystem::path(testing::TempDir()) /
                  (std::string("weir-trace-") + test->test_suite_name() + "-" + test->name());
        std::filesystem::remove_all(folder_);
        store = *signaling::TraceStore::open({folder_.string(), 64}, logger);
        recorder = std::make_unique<signaling::CallRecorder>(
            *store, 7, 42, [](const config::Config&) { return "hostname test\n"; });
        table.set_tape(recorder.get());
    }
    ~TraceBench() override {
        table.set_tape(nullptr);
        store.reset();
        std::filesystem::remove_all(folder_);
    }

    // A call that was answered, talked and was ended by the caller.
    void whole_call() {
        connect();
        send_from_caller("BYE");
        confirm_byes();
        media.deliver();
        loop.advance(std::chrono::minutes(2));
        store->flush();
    }
    [[nodiscard]] Result<signaling::RecordedCall> recorded(std::uint64_t call = 1) const {
        return signaling::read_call(folder_.string(), {7, signaling::CallId{call}});
    }

    std::filesystem::path folder_;
    std::unique_ptr<signaling::TraceStore> store;
    std::unique_ptr<signaling::CallRecorder> recorder;
};

}  // namespace weir::tests
