// SPDX-License-Identifier: Apache-2.0
// DebugBoard: `debug ccsip` of any number of operator sessions (spec H.11).
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "signaling/api/event_loop.hpp"
#include "signaling/call/call_table.hpp"
#include "signaling/call/call_tape.hpp"
#include "signaling/debug/debug_filter.hpp"
#include "signaling/debug/debug_limits.hpp"
#include "signaling/sip/sip_stats.hpp"
#include "signaling/trace/redact.hpp"

namespace weir::signaling {

// Thread: sip. While nobody watches, neither messages nor calls come by here. What a session gets
// is bounded (debug_limits.hpp), and a text is made only when somebody will get it.
class DebugBoard final : public CallTape {
public:
    // Never blocks; any thread.
    using Emit = std::function<void(std::string text)>;

    // All outlive it. `salt` as of Redactor.
    DebugBoard(EventLoop& loop, CallTable& calls, SipStats& stats, std::uint64_t salt);
    ~DebugBoard() override;
    DebugBoard(const DebugBoard&) = delete;
    DebugBoard& operator=(const DebugBoard&) = delete;

    // Adds to what the session watches; of a topic the newest filter counts.
    void watch(std::uint64_t session, const DebugWish& wish, Emit emit);
    // Takes the wish's topics away; the filter does not count.
    void ignore(std::uint64_t session, const DebugWish& wish);
    void leave(std::uint64_t session);
    [[nodiscard]] std::size_t watchers() const { return watchers_.size(); }

    // CallTape
    void on_begin(const CallSetup& setup, Moment now) override;
    void on_input(CallId call, const CallInput& input, Moment now) override;
    void on_actions(CallId call, CallState state, const std::vector<CallAction>& actions,
                    Moment now) override;
    void on_finish(CallId call, Moment now) override;

private:
    // Filters of the topics that are on.
    struct Watcher {
        std::optional<DebugFilter> messages;
        std::optional<DebugFilter> events;
        std::optional<DebugFilter> states;
        Emit emit;
        DebugBudget budget{kDebugTexts};
    };
    class Direction final : public MessageWatcher {
    public:
        Direction(DebugBoard& board, bool sent) : board_(board), sent_(sent) {}
        void on_message(const SipMessage& message) override { board_.on_message(message, sent_); }

    private:
        DebugBoard& board_;
        bool sent_;
    };
    // A dialog as its messages have shown it.
    struct Known {
        CallId call;
        std::string head;                // "//31/ED647BD1B0F9/"
        std::set<std::uint64_t> wanted;  // sessions whose filter wants the call
        bool fresh = true;               // nothing was told of it
    };
    // What a filter by dial-peer or call cannot judge yet.
    struct Held {
        std::string sip_call_id;
        SipMessage message;
        bool sent = false;
        WallTime at;
    };

    void arm();
    void on_message(const SipMessage& message, bool sent);
    [[nodiscard]] Known* known_of(const SipMessage& message, bool sent);
    Known& learn(const std::string& sip_call_id, const Call& call, Side side);
    void hold(const SipMessage& message, bool sent);
    void tell_held(const Known& known);
    void tell(Watcher& watcher, const std::string& text);
    [[nodiscard]] std::string text_of(const SipMessage& message, bool sent, const std::string& head,
                                      WallTime at) const;
    void tell_of_call(CallId call, bool as_state, const std::function<std::string()>& words);

    EventLoop& loop_;
    CallTable& calls_;
    SipStats& stats_;
    Redactor redactor_;
    Direction in_{*this, false};
    Direction out_{*this, true};
    std::map<std::uint64_t, Watcher> watchers_;
    DebugBudget budget_{kDebugTextsOfAll};
    std::map<std::string, Known> known_;  // by SIP Call-ID
    std::deque<std::string> order_;       // of known_, the oldest in front
    std::deque<Held> held_;
    std::map<CallId, CallState> states_;
    bool taping_ = false;
    CallTape* next_ = nullptr;  // the tape before us: it hears everything as before
};

}  // namespace weir::signaling
