// SPDX-License-Identifier: Apache-2.0
// TraceDesk, and the rows of `show voip trace` (spec H.11).
#include "deploy/apps/trace_desk.hpp"

#include <fmt/format.h>

#include "deploy/apps/trace_lookup.hpp"
#include "signaling/trace/render.hpp"

namespace weir::apps {
namespace {

using config::Answer;
using config::CommandHandler;
using config::Respond;
using Arguments = std::vector<std::string>;

// An operator waits for each; more at once are scripts.
constexpr std::size_t kTraceQuestions = 8;

Answer answer(const Result<std::string>& text) {
    if (text) return {true, *text};
    return {false, "% " + text.error().context + "\n"};
}

CommandHandler by_key(TraceDesk& desk, const char* key, bool as_json) {
    return [&desk, key, as_json](const Arguments& arguments, const Respond& respond) {
        const signaling::TraceQuery query{key, arguments.empty() ? "" : arguments.front()};
        desk.ask(
            [query, as_json](const std::string& directory) -> Answer {
                const auto calls = signaling::find_calls(directory, query);
                if (!as_json || calls.empty()) return answer(ladder_of(directory, calls, true));
                const auto call = signaling::read_call(directory, calls.front().call);
                return answer(call ? Result<std::string>(signaling::trace_json(*call) + "\n")
                                   : fail(call.error()));
            },
            respond);
    };
}

CommandHandler all(TraceDesk& desk, bool as_json) {
    return [&desk, as_json](const Arguments&, const Respond& respond) {
        desk.ask(
            [as_json](const std::string& directory) {
                const auto calls = signaling::find_calls(directory, {});
                return Answer{true, as_json ? found_json(calls) : found_text(calls)};
            },
            respond);
    };
}

}  // namespace

TraceDesk::TraceDesk(signaling::TraceStore& store) : store_(store) {
    reader_ = std::thread([this] { run(); });
}

TraceDesk::~TraceDesk() {
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
    }
    wake_.notify_one();
    reader_.join();
}

void TraceDesk::ask(std::function<Answer(const std::string& directory)> work, Respond respond) {
    {
        const std::lock_guard lock(mutex_);
        if (questions_.size() < kTraceQuestions) {
            questions_.emplace_back([this, work = std::move(work), respond] {
                store_.flush();
                respond(work(store_.directory()));
            });
            wake_.notify_one();
            return;
        }
    }
    respond({false, "% Too many searches of the flight recorder at once; try again\n"});
}

void TraceDesk::run() {
    std::unique_lock lock(mutex_);
    while (true) {
        wake_.wait(lock, [this] { return stop_ || !questions_.empty(); });
        if (stop_) return;
        const auto question = std::move(questions_.front());
        questions_.pop_front();
        lock.unlock();
        question();
        lock.lock();
    }
}

void add_trace_commands(config::CommandTable& table, TraceDesk& desk,
                        std::function<std::string()> statistics) {
    const auto add = [&](const std::string& words, const std::string& help, const char* key) {
        table.add(
            {words, help, by_key(desk, key, false), config::Access::all, by_key(desk, key, true)});
    };
    table.add({"show voip trace all", "The calls in the flight recorder, the newest first",
               all(desk, false), config::Access::all, all(desk, true)});
    table.add({"show voip trace cover-buffers", "The same", all(desk, false), config::Access::all,
               all(desk, true)});
    add("show voip trace call-id <id>", "Every message and event of a call", "call-id");
    add("show voip trace sip-call-id <id>", "By the Call-ID of either leg", "sip-call-id");
    add("show voip trace session-id <id>", "By its Session-ID", "session-id");
    add("show voip trace correlator <guid>", "By its Cisco-Guid", "guid");
    add("show voip trace number <number>", "The newest call from or to a number", "number");
    add("show voip trace peer <tag>", "The newest call over a dial-peer", "peer");
    table.add({"show voip trace statistics", "What the flight recorder holds and has lost",
               [statistics](const Arguments&, const Respond& respond) {
                   respond({true, statistics()});
               }});
}

}  // namespace weir::apps
