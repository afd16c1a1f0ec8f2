// SPDX-License-Identifier: Apache-2.0
// Call: OPTIONS inside its dialogs, on each leg whose peer asks for them (options_ping.hpp).
#include "dialplan/cause.hpp"
#include "signaling/call/call.hpp"

namespace weir::signaling {
namespace {

CallTimer ping_timer(Side side) {
    return side == Side::a ? CallTimer::ping_a : CallTimer::ping_b;
}

}  // namespace

// The dialog of that leg is confirmed, or another one has taken its place.
void Call::begin_ping(Side side) {
    Ping& ping = pings_[index_of(side)];
    ping.token = 0;
    const std::chrono::seconds interval{option(side, &config::SipOptions::options_ping)};
    if (ping.machine.state() == OptionsPing::State::waiting) act(StopTimer{ping_timer(side)});
    go_on_pinging(side, ping.machine.start(interval));
}

void Call::go_on_pinging(Side side, OptionsPing::Next next) {
    Ping& ping = pings_[index_of(side)];
    switch (next) {
        case OptionsPing::Next::nothing:
        case OptionsPing::Next::lost:
            return;
        case OptionsPing::Next::wait:
            return act(StartTimer{ping_timer(side), ping.machine.interval()});
        case OptionsPing::Next::ask:
            ping.token = send(side, leg(side).dialog->request("OPTIONS"), timer(side, "options"),
                              retries(side, "options"));
            return;
    }
}

void Call::on_ping_timer(Side side) {
    if (state_ != CallState::connected || leg(side).state != Leg::State::up) return;
    const bool has_session_timer = mid_.timers[index_of(side)].interval() != 0;
    go_on_pinging(side, pings_[index_of(side)].machine.due(has_session_timer));
}

// True: the response was to an OPTIONS of ours.
bool Call::on_ping_response(const ResponseReceived& event) {
    for (const Side side : {Side::a, Side::b}) {
        Ping& ping = pings_[index_of(side)];
        if (event.token == 0 || ping.token != event.token) continue;
        const int status = event.response.message.status;
        if (status < 200) return true;
        ping.token = 0;
        const auto next = ping.machine.answered(status);
        go_on_pinging(side, next);
        if (next != OptionsPing::Next::lost) return true;
        lose_dialog(side);
        release(dialplan::q850_from_sip(status), side);
        return true;
    }
    return false;
}

// Nobody answers: BYE to both, since a party that is only slow would talk on.
bool Call::on_ping_failed(Token token) {
    for (const Side side : {Side::a, Side::b}) {
        Ping& ping = pings_[index_of(side)];
        if (token == 0 || ping.token != token) continue;
        ping.token = 0;
        if (ping.machine.answered(0) == OptionsPing::Next::lost)
            release(dialplan::kCauseTimerExpired, std::nullopt);
        return true;
    }
    return false;
}

void Call::drop_pings() {
    for (const Side side : {Side::a, Side::b}) {
        Ping& ping = pings_[index_of(side)];
        if (ping.machine.state() == OptionsPing::State::waiting) act(StopTimer{ping_timer(side)});
        ping.machine.stop();
        ping.token = 0;
    }
}

}  // namespace weir::signaling
