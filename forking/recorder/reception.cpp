// SPDX-License-Identifier: Apache-2.0
// The reception thread: commands, turns and sessions. The packets are in reception_rtp.cpp.
#include "forking/recorder/reception.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <utility>

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "config/base/limits.hpp"

namespace weir::forking {
namespace {

constexpr std::size_t kReadyBurst = 256;               // descriptors of one turn
constexpr auto kTick = std::chrono::milliseconds(20);  // sessions are looked after this often
// Between two turns: packets gather, so that one wake-up serves many. Far below what a socket
// buffers.
constexpr auto kPace = std::chrono::milliseconds(2);

}  // namespace

Result<std::unique_ptr<Reception>> Reception::start(const Clock& clock, DiskWriter& disk,
                                                    std::function<void(SessionKey)> idle) {
    auto made = std::unique_ptr<Reception>(new Reception(clock, disk, std::move(idle)));
    made->epoll_ = UniqueFd(::epoll_create1(EPOLL_CLOEXEC));
    made->wake_ = UniqueFd(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
    if (!made->epoll_.is_open() || !made->wake_.is_open())
        return fail_errno("make the reception's epoll", errno);
    epoll_event event{.events = EPOLLIN, .data = {.fd = made->wake_.get()}};
    if (::epoll_ctl(made->epoll_.get(), EPOLL_CTL_ADD, made->wake_.get(), &event) != 0)
        return fail_errno("watch the reception's wake-up", errno);
    made->thread_ = std::thread([raw = made.get()] { raw->run(); });
    return made;
}

Reception::Reception(const Clock& clock, DiskWriter& disk, std::function<void(SessionKey)> idle)
    : clock_(clock), disk_(disk), idle_(std::move(idle)) {}

Reception::~Reception() {
    if (!thread_.joinable()) return;
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    ::eventfd_write(wake_.get(), 1);
    thread_.join();
}

void Reception::open(SessionKey key, SessionRecord record, std::vector<TrackSetup> tracks) {
    command(OpenCommand{key, std::move(record), std::move(tracks)}, true);
}

bool Reception::set_paused(SessionKey key, std::uint8_t media_index, bool paused, MonoTime at) {
    return command(PauseCommand{key, media_index, paused, at}, false);
}

bool Reception::set_format(SessionKey key, std::uint8_t media_index, const TrackFormat& format) {
    return command(FormatCommand{key, media_index, format}, false);
}

void Reception::close(SessionKey key, SessionState state, std::string reason,
                      std::function<void(const SessionRecord&)> done) {
    command(CloseCommand{key, state, std::move(reason), std::move(done)}, true);
}

bool Reception::command(Command command, bool must) {
    {
        const std::lock_guard lock(mutex_);
        if (!must && queue_.size() >= kRecorderCommands) return false;
        queue_.push_back(std::move(command));
    }
    ::eventfd_write(wake_.get(), 1);
    return true;
}

void Reception::run() {
    next_tick_ = clock_.now() + kTick;
    while (turn()) {
    }
}

bool Reception::turn() {
    std::array<epoll_event, kReadyBurst> ready{};
    const int n = ::epoll_wait(epoll_.get(), ready.data(), static_cast<int>(ready.size()),
                               static_cast<int>(kTick.count()));
    const MonoTime begun = clock_.now();
    run_commands();
    for (int i = 0; i < n; ++i)
        on_ready(ready.at(static_cast<std::size_t>(i)).data.fd);
    const MonoTime now = clock_.now();
    if (now >= next_tick_) {
        tick(now);
        next_tick_ = now + kTick;
    }
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(clock_.now() - begun);
    if (static_cast<std::uint64_t>(took.count()) >
        totals_.longest_turn_us.load(std::memory_order_relaxed))
        totals_.longest_turn_us.store(static_cast<std::uint64_t>(took.count()),
                                      std::memory_order_relaxed);
    {
        const std::lock_guard lock(mutex_);
        if (stopping_ && queue_.empty()) {
            for (auto& [key, session] : sessions_) {
                if (session.closing) continue;
                session.closing = true;
                session.record.state = SessionState::closed_error;
                session.record.end_reason = "the recorder was stopped";
            }
            if (sessions_.empty()) return false;
        }
    }
    std::this_thread::sleep_for(kPace);
    return true;
}

void Reception::run_commands() {
    std::vector<Command> taken;
    {
        const std::lock_guard lock(mutex_);
        taken = std::exchange(queue_, {});
    }
    for (Command& item : taken)
        std::visit([this](auto& each) { perform(each); }, item);
}

void Reception::perform(OpenCommand& command) {
    const MonoTime now = clock_.now();
    Live& session = sessions_[command.key];
    session.record = std::move(command.record);
    session.opened_at = now;
    session.next_flush = now + kRecorderFlush;
    session.record.tracks.clear();
    for (TrackSetup& setup : command.tracks) {
        auto live = std::make_unique<LiveTrack>(
            LiveTrack{.track = Track(setup.media_index, setup.format, wall_offset()),
                      .sockets = std::move(setup.sockets),
                      .report_to = setup.report_to,
                      .own_ssrc = static_cast<std::uint32_t>(random_.next()),
                      .last_sr_at = {},
                      .next_report = now + kRtcpInterval});
        live->track.record().local = live->sockets.local;
        if (setup.paused) live->track.pause(now);
        const std::size_t index = session.tracks.size();
        watch(live->sockets.rtp.get(), Watched{command.key, index, false});
        watch(live->sockets.rtcp.get(), Watched{command.key, index, true});
        session.record.tracks.push_back(live->track.record());
        session.tracks.push_back(std::move(live));
    }
    disk_.open(command.key, session.record);
}

void Reception::perform(PauseCommand& command) {
    LiveTrack* live = find(command.key, command.media_index);
    if (live == nullptr) return;
    if (command.paused)
        live->track.pause(command.at);
    else
        live->track.resume(command.at);
}

void Reception::perform(FormatCommand& command) {
    if (LiveTrack* live = find(command.key, command.media_index); live != nullptr)
        live->track.set_format(command.format);
}

void Reception::perform(CloseCommand& command) {
    const auto found = sessions_.find(command.key);
    if (found == sessions_.end() || found->second.closing) return;
    found->second.closing = true;
    found->second.record.state = command.state;
    found->second.record.end_reason = std::move(command.reason);
    found->second.done = std::move(command.done);
}

Reception::LiveTrack* Reception::find(SessionKey key, std::uint8_t media_index) {
    const auto found = sessions_.find(key);
    if (found == sessions_.end()) return nullptr;
    for (auto& live : found->second.tracks)
        if (live->track.record().media_index == media_index) return live.get();
    return nullptr;
}

void Reception::watch(int fd, const Watched& what) {
    watched_[fd] = what;
    epoll_event event{.events = EPOLLIN, .data = {.fd = fd}};
    // Closing a descriptor takes it out of the epoll set again.
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) watched_.erase(fd);
}

void Reception::tick(MonoTime now) {
    for (auto it = sessions_.begin(); it != sessions_.end();) {
        Live& session = it->second;
        if (session.closing && drain(session, now)) {
            finish(it->first, session, now);
            it = sessions_.erase(it);
            continue;
        }
        tick_session(it->first, session, now);
        ++it;
    }
}

void Reception::tick_session(SessionKey key, Live& session, MonoTime now) {
    MonoTime last = session.opened_at;
    bool paused = true;
    for (auto& live : session.tracks) {
        live->track.tick(now);
        if (now >= live->next_report) {
            send_report(*live, now, false);
            live->next_report = now + kRtcpInterval;
        }
        if (const auto at = live->track.last_packet_at(); at && *at > last) last = *at;
        paused = paused && live->track.is_paused();
    }
    const bool flush = now >= session.next_flush;
    if (flush) session.next_flush = now + kRecorderFlush;
    hand_blocks(key, session, flush);
    const std::chrono::nanoseconds limit = paused ? std::chrono::nanoseconds(kRecorderHoldLimit)
                                                  : std::chrono::nanoseconds(kRecorderIdle);
    if (!session.idle_told && now - last > limit) {
        session.idle_told = true;
        idle_(key);
    }
}

void Reception::hand_blocks(SessionKey key, Live& session, bool flush) {
    for (std::size_t i = 0; i < session.tracks.size(); ++i) {
        Track& track = session.tracks[i]->track;
        for (Block& block : track.take_blocks(flush)) {
            const std::uint64_t packets = block.packets;
            const std::uint64_t octets = block.samples.size();
            if (disk_.append(key, i, std::move(block))) continue;
            track.record().account.unwritten += packets;
            track.record().unwritten_octets += octets;
            totals_.unwritten.fetch_add(packets, std::memory_order_relaxed);
            session.record.error = "the disk is too slow: blocks were dropped";
        }
    }
}

void Reception::finish(SessionKey key, Live& session, MonoTime now) {
    for (auto& live : session.tracks) {
        live->track.finish(now);
        send_report(*live, now, true);
        totals_.lost.fetch_add(live->track.record().account.lost, std::memory_order_relaxed);
        totals_.duplicates.fetch_add(live->track.record().account.duplicates,
                                     std::memory_order_relaxed);
        watched_.erase(live->sockets.rtp.get());
        watched_.erase(live->sockets.rtcp.get());
    }
    hand_blocks(key, session, true);
    session.record.ended = WallTime{now.ns + wall_offset()};
    session.record.tracks.clear();
    for (auto& live : session.tracks)
        session.record.tracks.push_back(std::move(live->track.record()));
    disk_.close(key, std::move(session.record), std::move(session.done));
}

}  // namespace weir::forking
