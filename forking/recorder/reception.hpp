// SPDX-License-Identifier: Apache-2.0
// Reception: the thread that receives the RTP of all sessions and reports on it by RTCP.
//
// Thread: sip calls (open, pause, resume, set_format, close, activity), the work is done on the
// reception thread; blocks of samples go on to the disk thread. One mutex guards the command queue,
// which is touched once per SIP event and once per turn, never per packet.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <variant>
#include <vector>

#include "config/base/clock.hpp"
#include "config/base/log.hpp"
#include "config/base/metrics.hpp"
#include "config/base/random.hpp"
#include "forking/recorder/disk_writer.hpp"
#include "forking/recorder/rtp_sockets.hpp"
#include "forking/recorder/track.hpp"

namespace weir::forking {

// One track as the SIP thread negotiated it.
struct TrackSetup {
    std::uint8_t media_index = 0;
    TrackFormat format;
    bool paused = false;
    RtpSockets sockets;
    Endpoint report_to;  // the sender's RTCP address, from its SDP
};

// The totals of all sessions since the start.
struct ReceptionTotals {
    std::atomic<std::uint64_t> packets{0};
    std::atomic<std::uint64_t> lost{0};
    std::atomic<std::uint64_t> duplicates{0};
    std::atomic<std::uint64_t> overflow{0};
    std::atomic<std::uint64_t> unwritten{0};
    std::atomic<std::uint64_t> rejected{0};  // other source, other payload type, no RTP
    std::atomic<std::uint64_t> longest_turn_us{0};
};

class Reception {
public:
    // Errors: io (no epoll, no thread). `idle` is told, on the reception thread, of a session
    // without packets for kRecorderIdle (kRecorderHoldLimit on hold).
    [[nodiscard]] static Result<std::unique_ptr<Reception>> start(
        const Clock& clock, DiskWriter& disk, std::function<void(SessionKey)> idle);
    ~Reception();  // closes every session as "recorder stopped"; returns when all is handed to the
                   // disk

    void open(SessionKey key, SessionRecord record, std::vector<TrackSetup> tracks);
    // False: kRecorderCommands wait, nothing was done. (Opening and closing are bounded by the
    // sessions.)
    [[nodiscard]] bool set_paused(SessionKey key, std::uint8_t media_index, bool paused,
                                  MonoTime at);
    [[nodiscard]] bool set_format(SessionKey key, std::uint8_t media_index,
                                  const TrackFormat& format);
    // Drains the sockets: until they are found empty, then for kRecorderGrace, then once more. Then
    // the disk thread completes the record and calls `done` with it.
    void close(SessionKey key, SessionState state, std::string reason,
               std::function<void(const SessionRecord&)> done);

    [[nodiscard]] const ReceptionTotals& totals() const { return totals_; }

private:
    struct LiveTrack {
        Track track;
        RtpSockets sockets;
        Endpoint report_to;
        std::uint32_t own_ssrc = 0;
        std::uint32_t overflow_seen = 0;
        std::uint32_t last_sr = 0;  // middle of the NTP time of the sender's last report
        MonoTime last_sr_at;
        MonoTime next_report;
    };
    struct Live {
        SessionRecord record;
        std::vector<std::unique_ptr<LiveTrack>> tracks;
        MonoTime opened_at;
        MonoTime next_flush;
        std::optional<MonoTime> drained_at;  // closing: the sockets were empty then
        bool closing = false;
        bool idle_told = false;
        std::function<void(const SessionRecord&)> done;
    };
    struct OpenCommand {
        SessionKey key;
        SessionRecord record;
        std::vector<TrackSetup> tracks;
    };
    struct PauseCommand {
        SessionKey key;
        std::uint8_t media_index = 0;
        bool paused = false;
        MonoTime at;
    };
    struct FormatCommand {
        SessionKey key;
        std::uint8_t media_index = 0;
        TrackFormat format;
    };
    struct CloseCommand {
        SessionKey key;
        SessionState state = SessionState::closed_normal;
        std::string reason;
        std::function<void(const SessionRecord&)> done;
    };
    using Command = std::variant<OpenCommand, PauseCommand, FormatCommand, CloseCommand>;
    struct Watched {  // what a ready descriptor belongs to
        SessionKey key;
        std::size_t track = 0;
        bool rtcp = false;
    };

    Reception(const Clock& clock, DiskWriter& disk, std::function<void(SessionKey)> idle);
    bool command(Command command, bool must);
    void run();
    [[nodiscard]] bool turn();  // false: stopped and nothing is left
    void run_commands();
    void perform(OpenCommand& command);
    void perform(PauseCommand& command);
    void perform(FormatCommand& command);
    void perform(CloseCommand& command);
    void watch(int fd, const Watched& what);
    void on_ready(int fd);
    std::size_t read_rtp(LiveTrack& live, std::size_t limit);
    void on_rtp(LiveTrack& live, const Datagram& datagram);
    void on_rtcp(LiveTrack& live, const Datagram& datagram);
    void hand_blocks(SessionKey key, Live& session, bool flush);
    void tick(MonoTime now);
    void tick_session(SessionKey key, Live& session, MonoTime now);
    [[nodiscard]] bool drain(Live& session, MonoTime now);  // true: done draining
    void finish(SessionKey key, Live& session, MonoTime now);
    void send_report(LiveTrack& live, MonoTime now, bool bye);
    [[nodiscard]] LiveTrack* find(SessionKey key, std::uint8_t media_index);
    [[nodiscard]] std::int64_t wall_offset() const { return clock_.wall().ns - clock_.now().ns; }

    const Clock& clock_;
    DiskWriter& disk_;
    std::function<void(SessionKey)> idle_;
    SystemRandom random_;
    DatagramReader reader_;
    UniqueFd epoll_;
    UniqueFd wake_;
    std::mutex mutex_;  // guards the queue and stopping_
    std::vector<Command> queue_;
    bool stopping_ = false;

    std::map<SessionKey, Live> sessions_;       // reception thread
    std::unordered_map<int, Watched> watched_;  // likewise
    MonoTime next_tick_;
    ReceptionTotals
        totals_;  // written by the reception thread, read by any: relaxed, they are statistics
    std::thread thread_;
};

}  // namespace weir::forking
