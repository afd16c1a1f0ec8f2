// SPDX-License-Identifier: Apache-2.0
// MediaNode: weir-media without its main(): shared memory, workers, control and link in one object.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "config/base/clock.hpp"
#include "config/base/log.hpp"
#include "config/base/random.hpp"
#include "dataplane/control/control_loop.hpp"
#include "dataplane/control/exception_path.hpp"
#include "dataplane/control/link_watch.hpp"
#include "dataplane/control/open_io.hpp"
#include "dataplane/control/session_control.hpp"
#include "dataplane/control/shared_memory.hpp"
#include "dataplane/engine/eal.hpp"
#include "dataplane/engine/next_hops.hpp"
#include "dataplane/engine/port_owners.hpp"
#include "dataplane/engine/thread_priority.hpp"
#include "dataplane/host/mode_choice.hpp"
#include "dataplane/link/link_server.hpp"

namespace weir::dataplane {

class BufferPool;

struct MediaNodeOptions {
    std::string link_path;            // media.sock
    std::vector<uid_t> allowed_uids;  // of signalling processes
    std::vector<MediaRealm> realms;   // 1..kMaxRealms
    // Which I/O modes are tried, in their order; none = socket.
    std::optional<ModeChoice> choice{};
    std::vector<NodePort> ports{};         // devices of mode dpdk
    bool keeps_taps = false;               // mode dpdk: the taps stay at the end
    bool spin = false;                     // framed modes: workers never sleep
    bool offload = false;                  // mode af_xdp: as IoPlan::offload
    RealTime real_time = RealTime::never;  // of the workers, where this process may
    bool needs_real_time = false;          // it is worth a warning where it may not
    std::string runtime_dir{};             // where af_xdp remembers its program
    SharedStateOptions shared;             // sessions and pre-roll
    std::uint32_t memory_mib = 256;  // of DPDK's heap: decides how many packet buffers there are
    int shared_memory_fd = -1;       // the supervisor's, taken over; -1 = memory of our own
};

struct MediaNodeParts {
    Eal& eal;
    Random& random;
    const Clock& clock;
    Logger& logger;
};

// Thread: control, but for the workers' own threads, which it starts and joins.
class MediaNode {
public:
    // Listens, takes over what a predecessor left, starts the workers, logs media.ready.
    // Errors: exists (another weir-media serves the path), not_found (an address is not on this
    // machine), exhausted (memory, descriptors), invalid, io; one sentence each.
    [[nodiscard]] static Result<std::unique_ptr<MediaNode>> start(MediaNodeOptions options,
                                                                  MediaNodeParts parts);
    MediaNode(MediaNodeOptions options, MediaNodeParts parts);
    // The workers return; sessions stay in shared memory for a successor.
    ~MediaNode();
    MediaNode(const MediaNode&) = delete;
    MediaNode& operator=(const MediaNode&) = delete;

    // Serves until stop_fd is readable.
    void run(int stop_fd) { loop_->run(stop_fd); }
    // One turn, for who has other things to do: tests.
    void run_once() { (void)loop_->run_once(-1, std::chrono::milliseconds(1)); }

    [[nodiscard]] const SessionControl& control() const { return *control_; }
    [[nodiscard]] const MediaIo& io() const { return *io_; }
    [[nodiscard]] std::size_t workers() const { return workers_.size(); }
    // The I/O mode that was taken: "socket", "af_packet", "af_xdp" or "dpdk".
    [[nodiscard]] const char* io_mode() const { return io_->mode(); }

private:
    struct Station;  // one worker with all that is its own

    Result<void> open_link();
    Result<void> make_links();
    Result<void> choose_io();
    Result<void> open_taps(MediaIo& io);
    void make_workers();
    Result<void> launch_workers();
    void stop_workers();
    Result<void> make_control();
    void make_loop();
    Result<void> watch_network();
    void set_realm_link(const RealmLink& link);
    void look_after_devices(MonoTime now);
    void log_ready() const;
    void judge_priority();

    MediaNodeOptions options_;
    MediaNodeParts parts_;
    std::unique_ptr<LinkServer> link_;
    std::unique_ptr<SharedMemory> memory_;
    std::unique_ptr<BufferPool> pool_;
    std::vector<std::unique_ptr<Station>> workers_;  // before io_: it uses their links
    IoMode mode_ = IoMode::socket;
    std::unique_ptr<MediaIo> io_;
    std::unique_ptr<ExceptionPath> exception_;  // mode dpdk
    std::unique_ptr<PortOwners> owners_;        // framed modes
    std::unique_ptr<NextHops> hops_;            // likewise
    std::vector<WorkerProxy> proxies_;
    std::unique_ptr<PortLeases> ports_;
    std::unique_ptr<LinkWatch> watch_;  // framed modes
    std::unique_ptr<SessionControl> control_;
    std::unique_ptr<ControlLoop> loop_;
};

}  // namespace weir::dataplane
