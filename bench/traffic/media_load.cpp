// SPDX-License-Identifier: Apache-2.0
// weir-media-load: opens relayed and forked sessions in a running weir-media, over its media link.
#include <csignal>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>
#include <unordered_map>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <poll.h>
#include <sys/signalfd.h>

#include "config/base/clock.hpp"
#include "config/base/log.hpp"
#include "config/base/random.hpp"
#include "dataplane/link/link_client.hpp"

namespace weir::bench {
namespace {

using namespace dataplane;

constexpr const char* kUsage =
    "usage: weir-media-load SOCKET CALLS [--realms A,B,RECORDER] [--ports MIN,MAX]\n"
    "Each line of CALLS: PARTY-A PARTY-B [COPY-OF-A COPY-OF-B], as ADDRESS:PORT. Prints for each "
    "our\n"
    "ends, `OWN-A OWN-B`, then `ready`; at SIGTERM weir-media's totals as JSON, and closes all.\n";
constexpr std::size_t kOpenAtOnce = 64;  // calls under way: far below the link's queue
constexpr auto kPatience = seconds(30);  // for all of them

struct Settings {
    std::string socket;
    std::string calls;
    std::array<RealmIndex, 3> realms{0, 0, 0};  // toward a, toward b, toward the recorder
    SetPortRange ports{20000, 59998};
};

struct LoadedCall {
    std::array<Endpoint, 2> party;
    std::array<Endpoint, 2> copy;
    std::array<Endpoint, 2> own;
    SessionId session;
    unsigned forks_open = 0;
    bool is_opened = false;
    [[nodiscard]] bool is_ready() const {
        return is_opened && forks_open == (copy[0].is_set() ? 2U : 0U);
    }
};

bool read_calls(const std::string& path, std::vector<LoadedCall>& calls) {
    std::ifstream file(path);
    std::string line;
    while (std::getline(file, line)) {
        std::istringstream words(line);
        std::vector<Endpoint> ends;
        for (std::string word; words >> word;) {
            const auto end = Endpoint::parse(word, 0);
            if (!end || !end->is_set()) return false;
            ends.push_back(*end);
        }
        if (ends.size() != 2 && ends.size() != 4) return false;
        LoadedCall& call = calls.emplace_back();
        call.party = {ends[0], ends[1]};
        if (ends.size() == 4) call.copy = {ends[2], ends[3]};
    }
    return !calls.empty();
}

Endpoint above(Endpoint end) {
    ++end.port;
    return end;
}

// Thread: main.
class MediaLoad final : public MediaEvents {
public:
    MediaLoad(const Settings& settings, std::vector<LoadedCall> calls, LinkClient& plane,
              const Clock& clock)
        : settings_(settings), calls_(std::move(calls)), plane_(plane), clock_(clock) {}

    void on_media_event(const Event& event) override {
        if (std::holds_alternative<PlaneUp>(event)) {
            ask(settings_.ports);
            open_more();
        } else if (const auto* leased = std::get_if<Leased>(&event)) {
            on_leased(*leased);
        } else if (const auto* opened = std::get_if<Opened>(&event)) {
            on_opened(*opened);
        } else if (const auto* fork = std::get_if<ForkLeased>(&event)) {
            on_fork(*fork);
        } else if (const auto* refused = std::get_if<Refused>(&event)) {
            failed_ = fmt::format("weir-media refused: {}", to_string(refused->reason));
        } else if (const auto* report = std::get_if<PlaneReport>(&event)) {
            report_ = *report;
            has_report_ = true;
        } else if (std::holds_alternative<PlaneDown>(event)) {
            failed_ = "weir-media has gone";
        }
    }
    [[nodiscard]] bool all_ready() const { return ready_ == calls_.size(); }
    [[nodiscard]] const std::string& failed() const { return failed_; }
    [[nodiscard]] const std::vector<LoadedCall>& calls() const { return calls_; }
    [[nodiscard]] bool has_report() const { return has_report_; }
    [[nodiscard]] const PlaneReport& report() const { return report_; }
    void ask_report() { ask(ReadPlane{plane_.next_tag()}); }
    void close_all() {
        for (const LoadedCall& call : calls_)
            if (call.session.is_set()) (void)plane_.submit(CloseSession{call.session});
    }

private:
    template <typename T>
    void ask(const T& command) {
        if (const auto done = plane_.submit(command); !done) failed_ = done.error().context;
    }

    void open_more() {
        while (next_ < calls_.size() && next_ < ready_ + kOpenAtOnce) {
            OpenSession open;
            open.tag = plane_.next_tag();
            open.guid.words[3] = static_cast<std::uint32_t>(next_ + 1);
            open.realms = {settings_.realms[0], settings_.realms[1]};
            open.recordable = calls_[next_].copy[0].is_set() ? 1 : 0;
            by_tag_[open.tag] = next_++;
            ask(open);
        }
    }

    void on_leased(const Leased& leased) {
        const std::size_t index = by_tag_.at(leased.tag);
        LoadedCall& call = calls_[index];
        call.session = leased.session;
        by_slot_[leased.session.slot] = index;
        call.own = leased.streams[0].local_rtp;
        for (const Side side : {Side::a, Side::b}) {
            const Endpoint& party = call.party[static_cast<std::size_t>(side)];
            ask(SetRemote{call.session, 0, side, party, above(party)});
        }
    }

    void on_opened(const Opened& opened) {
        const std::size_t index = by_slot_.at(opened.session.slot);
        LoadedCall& call = calls_[index];
        call.is_opened = true;
        for (const Side side : {Side::a, Side::b}) {
            if (!call.copy[0].is_set()) break;
            const RequestTag tag = plane_.next_tag();
            by_tag_[tag] = index;
            fork_side_[tag] = static_cast<std::size_t>(side);
            ask(LeaseFork{tag, call.session, 0, side, settings_.realms[2], clock_.now().ns});
        }
        if (call.is_ready()) ++ready_;
        open_more();
    }

    void on_fork(const ForkLeased& fork) {
        LoadedCall& call = calls_[by_tag_.at(fork.tag)];
        const Endpoint& to = call.copy[fork_side_.at(fork.tag)];
        ask(StartFork{fork.fork, to, above(to)});
        ++call.forks_open;
        if (call.is_ready()) ++ready_;
        open_more();
    }

    const Settings& settings_;
    std::vector<LoadedCall> calls_;
    LinkClient& plane_;
    const Clock& clock_;
    std::unordered_map<RequestTag, std::size_t> by_tag_;
    std::unordered_map<RequestTag, std::size_t> fork_side_;
    std::unordered_map<std::uint32_t, std::size_t> by_slot_;
    std::size_t next_ = 0;
    std::size_t ready_ = 0;
    std::string failed_;
    bool has_report_ = false;
    PlaneReport report_;
};

std::string to_json(const PlaneReport& report) {
    boost::json::object drops;
    for (std::size_t i = 0; i < report.drops.size(); ++i)
        if (report.drops[i] != 0)
            drops[std::string(text_of(static_cast<Verdict>(i)).name)] = report.drops[i];
    boost::json::object fork_drops;
    for (std::size_t i = 0; i < report.fork_drops.size(); ++i)
        if (report.fork_drops[i] != 0)
            fork_drops[std::string(text_of(static_cast<ForkDrop>(i)).name)] = report.fork_drops[i];
    return boost::json::serialize(boost::json::object{{"io", report.io_mode},
                                                      {"received", report.received},
                                                      {"relayed", report.relayed},
                                                      {"copied", report.copied},
                                                      {"drops", drops},
                                                      {"fork_drops", fork_drops},
                                                      {"laws_broken", report.laws_broken},
                                                      {"longest_turn_us", report.longest_turn_us}});
}

int trouble(const std::string& text) {
    fmt::print(stderr, "weir-media-load: {}\n", text);
    return 1;
}

// Turns of the link until `done`, a failure, a stop signal or the end of patience.
template <typename Done>
bool run_until(LinkClient& plane, MediaLoad& load, int signals, const Done& done, MonoTime limit,
               const Clock& clock) {
    while (!done() && load.failed().empty() && clock.now() < limit) {
        std::array<pollfd, 2> fds{{{plane.fd(), POLLIN, 0}, {signals, POLLIN, 0}}};
        if (poll(fds.data(), fds.size(), 100) < 0) return false;
        if (fds[0].revents != 0) plane.run_once();
        if (fds[1].revents != 0) return done();
    }
    return done();
}

int run(const Settings& settings) {
    std::vector<LoadedCall> calls;
    if (!read_calls(settings.calls, calls))
        return trouble(settings.calls + ": not a list of calls");
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    (void)sigprocmask(SIG_BLOCK, &set, nullptr);
    const int signals = signalfd(-1, &set, SFD_CLOEXEC);
    const SystemClock clock;
    SystemRandom random;
    NullLogger logger;
    const auto plane = LinkClient::make({settings.socket, random.next() | 1U}, clock, logger);
    if (!plane) return trouble(plane.error().context);
    MediaLoad load(settings, std::move(calls), **plane, clock);
    (*plane)->add_listener(load);
    const auto patience = [&] { return clock.now() + kPatience; };
    if (!run_until(
            **plane, load, signals, [&] { return load.all_ready(); }, patience(), clock))
        return trouble(load.failed().empty() ? "weir-media does not answer" : load.failed());
    for (const LoadedCall& call : load.calls())
        fmt::print("{} {}\n", call.own[0].to_string(), call.own[1].to_string());
    fmt::print("ready\n");
    std::fflush(stdout);
    const MonoTime never = clock.now() + std::chrono::hours(24);
    run_until(
        **plane, load, signals, [] { return false; }, never, clock);
    signalfd_siginfo consumed{};
    (void)!read(signals, &consumed, sizeof consumed);
    load.ask_report();
    run_until(
        **plane, load, signals, [&] { return load.has_report(); }, patience(), clock);
    if (load.has_report()) fmt::print("{}\n", to_json(load.report()));
    load.close_all();
    run_until(
        **plane, load, signals, [] { return false; }, clock.now() + milliseconds(300), clock);
    return load.failed().empty() ? 0 : trouble(load.failed());
}

bool take(Settings& settings, const std::string& name, const std::string& value) {
    if (name == "--realms") {
        unsigned r[3] = {};
        if (std::sscanf(value.c_str(), "%u,%u,%u", &r[0], &r[1], &r[2]) != 3) return false;
        for (std::size_t i = 0; i < 3; ++i)
            settings.realms[i] = static_cast<RealmIndex>(r[i]);
        return true;
    }
    return name == "--ports" &&
           std::sscanf(value.c_str(), "%hu,%hu", &settings.ports.min, &settings.ports.max) == 2;
}

}  // namespace
}  // namespace weir::bench

int main(int argc, char** argv) {
    weir::bench::Settings settings;
    bool is_good = argc >= 3 && argc % 2 == 1;
    for (int i = 3; i + 1 < argc && is_good; i += 2)
        is_good = weir::bench::take(settings, argv[i], argv[i + 1]);
    if (!is_good) {
        std::fputs(weir::bench::kUsage, stderr);
        return 2;
    }
    settings.socket = argv[1];
    settings.calls = argv[2];
    return weir::bench::run(settings);
}
