// SPDX-License-Identifier: Apache-2.0
// SharedAnswer: many askers, one question to the SIP thread at a time.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "config/admin/mailbox.hpp"
#include "config/base/limits.hpp"

namespace weir::config {

// Scrapers that come within kScrapeShare of an answer share it, and while a question is open all
// wait for the same answer: a flood of scrapes costs the SIP thread five questions a second.
// Thread: admin.
template <typename Value>
class SharedAnswer {
public:
    using Ask = std::function<void(std::function<void(Value)>)>;
    using Done = std::function<void(const Value*)>;  // null: no answer in time
    using SteadyClock = std::chrono::steady_clock;

    SharedAnswer(boost::asio::io_context& io, std::shared_ptr<Mailbox> mailbox, Ask ask,
                 std::chrono::milliseconds timeout)
        : state_(std::make_shared<State>(io)),
          mailbox_(std::move(mailbox)),
          ask_(std::move(ask)),
          timeout_(timeout) {}

    void get(Done done) {
        State& state = *state_;
        if (state.value && SteadyClock::now() - state.answered_at < kScrapeShare) {
            done(&*state.value);
            return;
        }
        if (state.open && state.overdue) {
            if (SteadyClock::now() - state.asked_at < 2 * timeout_) {
                done(nullptr);  // no second question to a thread that has not answered the first
                return;
            }
            state.open = false;
        }
        state.waiting.push_back(std::move(done));
        if (!state.open) ask();
    }

private:
    struct State {
        explicit State(boost::asio::io_context& io) : timer(io) {}
        boost::asio::steady_timer timer;
        std::vector<Done> waiting;
        std::optional<Value> value;
        SteadyClock::time_point answered_at;
        SteadyClock::time_point asked_at;
        std::uint64_t question = 0;
        bool open = false;
        bool overdue = false;
    };

    static void tell(State& state, const Value* value) {
        for (const Done& done : std::exchange(state.waiting, {}))
            done(value);
    }

    void ask() {
        State& state = *state_;
        state.open = true;
        state.overdue = false;
        state.asked_at = SteadyClock::now();
        const std::uint64_t question = ++state.question;
        const std::weak_ptr<State> weak = state_;
        state.timer.expires_after(timeout_);
        state.timer.async_wait([weak, question](const boost::system::error_code& cancelled) {
            const auto held = weak.lock();
            if (cancelled || !held || !held->open || held->question != question) return;
            held->overdue = true;
            tell(*held, nullptr);
        });
        ask_([weak, question, mailbox = mailbox_](Value value) {
            mailbox->post([weak, question, value = std::move(value)]() mutable {
                const auto held = weak.lock();
                if (!held || !held->open || held->question != question) return;
                held->open = false;
                held->timer.cancel();
                held->value = std::move(value);
                held->answered_at = SteadyClock::now();
                tell(*held, &*held->value);
            });
        });
    }

    std::shared_ptr<State> state_;
    std::shared_ptr<Mailbox> mailbox_;
    Ask ask_;
    std::chrono::milliseconds timeout_;
};

}  // namespace weir::config
