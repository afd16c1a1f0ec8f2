// SPDX-License-Identifier: Apache-2.0
// Assembly of weir-media in dependency order, and its end in reverse.
#include "dataplane/control/media_node.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

#include <unistd.h>

#include "config/base/limits.hpp"
#include "dataplane/control/descriptors.hpp"
#include "dataplane/engine/mbuf.hpp"
#include "dataplane/engine/worker.hpp"

namespace weir::dataplane {
namespace {

// What a worker's caches, its bursts and a drain have in hand at once.
constexpr std::uint32_t kFewestPacketBuffers = 2047;

// A packet buffer with its headers takes about 2.4 KB; half of the heap is for them, the rest for
// rings. What the devices' queues hold comes on top of what the workers use.
std::uint32_t buffers_for(std::uint32_t memory_mib, std::size_t held_by_devices) {
    constexpr std::uint64_t kBufferBytes = 2432;
    const std::uint64_t fit = (std::uint64_t{memory_mib} << 20U) / 2 / kBufferBytes;
    return static_cast<std::uint32_t>(
        std::clamp<std::uint64_t>(fit, kFewestPacketBuffers, kMaxPacketBuffers + held_by_devices));
}

BufferUse buffer_use(IoMode mode, const std::vector<NodePort>& ports) {
    if (mode == IoMode::af_xdp) return BufferUse::xdp_sockets;
    const bool has_hardware =
        mode == IoMode::dpdk && std::any_of(ports.begin(), ports.end(), [](const NodePort& port) {
            return port.eal_name.find(':') != std::string::npos;  // a PCI address
        });
    return has_hardware ? BufferUse::hardware : BufferUse::software;
}

}  // namespace

struct MediaNode::Station {
    std::unique_ptr<WorkerLink> link;
    std::unique_ptr<Worker> worker;
    bool is_running = false;
    // EAL's own join happens inside a library that ThreadSanitizer does not see: released by the
    // worker's thread when it returns, acquired before anything of the worker's is destroyed.
    std::atomic<bool> has_returned{false};
};

Result<std::unique_ptr<MediaNode>> MediaNode::start(MediaNodeOptions options,
                                                    MediaNodeParts parts) {
    auto node = std::make_unique<MediaNode>(std::move(options), parts);
    if (node->options_.realms.empty())
        return fail(ErrorCode::invalid,
                    "weir-media needs at least one realm (realms in platform.yaml)");
    if (!node->options_.choice) WEIR_TRY(check_addresses(node->options_.realms));
    // Before anything is touched: a second instance must not disturb the first one's memory.
    WEIR_TRY(node->open_link());
    auto memory =
        open_shared_memory(node->options_.shared_memory_fd, node->options_.shared, parts.logger);
    if (!memory) return fail(memory.error());
    node->memory_ = std::make_unique<SharedMemory>(std::move(*memory));
    WEIR_TRY(node->make_links());
    WEIR_TRY(node->choose_io());
    (void)raise_descriptor_limit(node->mode_, node->options_.shared.sessions, parts.logger);
    node->make_workers();
    WEIR_TRY(node->make_control());
    node->make_loop();
    WEIR_TRY(node->launch_workers());
    node->control_->adopt_predecessor();
    node->log_ready();
    return node;
}

MediaNode::MediaNode(MediaNodeOptions options, MediaNodeParts parts)
    : options_(std::move(options)), parts_(parts) {}

MediaNode::~MediaNode() {
    stop_workers();
}

Result<void> MediaNode::open_link() {
    LinkServerHandlers handlers;
    handlers.client_up = [this](std::uint64_t who) { control_->on_client_up(who); };
    handlers.client_down = [this] { control_->on_client_down(); };
    handlers.command = [this](const Command& command) { control_->on_command(command); };
    // Not the memory's incarnation: that one begins anew when the memory does.
    const LinkServerOptions options{options_.link_path, parts_.random.next() | 1U,
                                    options_.allowed_uids};
    auto link = LinkServer::listen(options, std::move(handlers), parts_.clock, parts_.logger);
    if (!link) return fail(link.error());
    link_ = std::move(*link);
    return {};
}

Result<void> MediaNode::make_links() {
    const std::size_t count = std::min(parts_.eal.worker_count(), kMaxWorkers);
    for (std::size_t i = 0; i < count; ++i) {
        auto station = std::make_unique<Station>();
        auto link = WorkerLink::create(i);
        if (!link) return fail(link.error());
        station->link = std::move(*link);
        workers_.push_back(std::move(station));
    }
    return {};
}

Result<void> MediaNode::choose_io() {
    const IoPlan plan{options_.realms, options_.ports, options_.runtime_dir, options_.offload};
    std::vector<int> wake_fds;
    for (const auto& station : workers_)
        wake_fds.push_back(station->link->wake_fd());
    const bool has_choice = options_.choice.has_value();
    ModeChoice choice =
        has_choice ? *options_.choice : ModeChoice(IoMode::socket, {Judgement{IoMode::socket, {}}});
    Error last;
    while (const auto mode = choice.current()) {
        mode_ = *mode;
        // Each mode has its own: a pool too small for the queues of a device would starve them.
        const auto held = buffers_held(mode_, plan, workers_.size());
        const auto buffers = buffers_for(options_.memory_mib, held);
        if (buffers < held + kFewestPacketBuffers)
            parts_.logger.warning("control.packet_buffers",
                                  {{"buffers", buffers},
                                   {"devices_hold", held},
                                   {"advice", "raise media.memory_mib in platform.yaml"}});
        pool_.reset();
        auto pool = BufferPool::create("weir_packets", buffers, buffer_use(mode_, options_.ports));
        if (!pool) return fail(pool.error());
        pool_ = std::move(*pool);
        auto io = open_io(mode_, plan, {wake_fds, *pool_, parts_.logger});
        const auto taps = io ? open_taps(**io) : Result<void>{};
        if (io && taps) {
            io_ = std::move(*io);
            break;
        }
        last = io ? taps.error() : io.error();
        choice.reject(last.context);
    }
    if (has_choice) choice.log(parts_.logger);
    if (io_ != nullptr) return {};
    if (!has_choice) return fail(last);
    return fail(ErrorCode::unavailable, choice.failure());
}

// Without its taps a device of our own would leave the host deaf: then the mode does not work.
Result<void> MediaNode::open_taps(MediaIo& io) {
    if (io.host_rings() == nullptr) return {};
    auto path = ExceptionPath::open(host_taps(options_.realms, io.frames()), options_.keeps_taps,
                                    {*io.host_rings(), *pool_, parts_.logger});
    if (!path) return fail(path.error());
    exception_ = std::move(*path);
    return {};
}

// Asked here, once: a worker has nobody to tell.
void MediaNode::judge_priority() {
    if (options_.real_time == RealTime::never) return;
    // Workers of sockets sleep also with media.idle: spin.
    if (mode_ == IoMode::socket) options_.real_time = RealTime::while_resting;
    const auto allowed = try_real_time();
    if (allowed) return;
    options_.real_time = RealTime::never;
    const auto level = options_.needs_real_time ? LogLevel::warning : LogLevel::info;
    parts_.logger.write(
        level, "media.priority",
        {{"reason", allowed.error().context},
         {"advice",
          "setcap cap_sys_nice (with what else `weir doctor` asks for), or LimitRTPRIO=1 in the "
          "systemd unit; media.priority: normal asks for no more"},
         {"instead", "ordinary priority: a packet may wait some milliseconds for other threads"}});
}

void MediaNode::make_workers() {
    judge_priority();
    WorkerOptions worker;
    worker.real_time = options_.real_time;
    worker.realms = options_.realms.size();
    if (mode_ != IoMode::socket) {
        owners_ = std::make_unique<PortOwners>(options_.realms.size());
        hops_ = std::make_unique<NextHops>();
        worker.frames = io_->frames();
        worker.owners = owners_.get();
        worker.hops = hops_.get();
        worker.spin = options_.spin;
    }
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        Station& station = *workers_[i];
        worker.index = static_cast<std::uint8_t>(i);
        station.worker = std::make_unique<Worker>(worker, memory_->state, *station.link,
                                                  io_->worker_io(i), *pool_);
    }
}

Result<void> MediaNode::make_control() {
    for (auto& station : workers_)
        proxies_.emplace_back(*station->link);
    ports_ = std::make_unique<PortLeases>(options_.realms, parts_.random, parts_.logger);
    if (owners_ != nullptr) ports_->set_io(*io_, *owners_);
    if (mode_ != IoMode::socket) WEIR_TRY(watch_network());
    control_ = std::make_unique<SessionControl>(SessionControlParts{
        memory_->state, *ports_, proxies_, parts_.random, parts_.clock, parts_.logger,
        [this](const Event& event) { link_->send(event); }, io_->mode(),
        watch_ != nullptr ? &watch_->destinations() : nullptr, io_.get()});
    return {};
}

Result<void> MediaNode::watch_network() {
    std::vector<DestinationRealm> realms;
    for (const auto& realm : options_.realms)
        realms.push_back({realm.address, mode_ == IoMode::dpdk ? realm.tap : realm.interface});
    auto watch = LinkWatch::start(std::move(realms), *hops_, parts_.clock, parts_.logger);
    if (!watch) return fail(watch.error());
    watch_ = std::move(*watch);
    return {};
}

void MediaNode::make_loop() {
    loop_ = std::make_unique<ControlLoop>(*link_, *control_, parts_.clock);
    if (mode_ == IoMode::socket) return;
    LoopWork devices;
    devices.period = kDevicePoll;
    devices.every = [this](MonoTime now) { look_after_devices(now); };
    loop_->add(std::move(devices));
    if (exception_ != nullptr) exception_->serve_in(*loop_);
    LoopWork network;
    network.fd = watch_->fd();
    network.news = [this] { watch_->read_news(); };
    network.turn = [this] {
        watch_->run_once();
        // What is sent by a way that is gone counts as sent until it is known.
        if (watch_->take_lost_link()) look_after_devices(parts_.clock.now());
    };
    loop_->add(std::move(network));
}

void MediaNode::look_after_devices(MonoTime now) {
    io_->look_after(now, [this](const RealmLink& link) { set_realm_link(link); });
}

void MediaNode::set_realm_link(const RealmLink& link) {
    to_worker::SetRealmLink set;
    set.realm = link.realm;
    set.own_mac = link.own_mac;
    set.mtu = link.mtu;
    for (auto& proxy : proxies_)
        proxy.send(set);
    if (exception_ != nullptr) exception_->set_link(link);
}

void MediaNode::log_ready() const {
    std::string devices;
    for (const auto& device : io_->devices())
        devices += (devices.empty() ? "" : ",") + device.name + ":" + device.driver +
                   (device.is_up ? "" : ":down");
    parts_.logger.info(
        "media.ready",
        {{"io", io_->mode()},
         {"workers", workers_.size()},
         {"sessions", memory_->state.options().sessions},
         {"pre_roll_rings", memory_->state.ring_count()},
         {"incarnation", memory_->state.incarnation()},
         {"priority", options_.real_time == RealTime::never ? "normal" : "real-time"},
         {"devices", devices.empty() ? "none" : devices}});
}

Result<void> MediaNode::launch_workers() {
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        WEIR_TRY(parts_.eal.launch(i, [this, i] {
            workers_[i]->worker->run(parts_.clock);
            workers_[i]->has_returned.store(true, std::memory_order_release);
        }));
        workers_[i]->is_running = true;
    }
    return {};
}

void MediaNode::stop_workers() {
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        if (!workers_[i]->is_running) continue;
        // The ring empties by itself: a running worker takes commands in every turn.
        while (!workers_[i]->link->send(to_worker::Quit{})) {
            (void)::usleep(1000);
        }
        parts_.eal.join(i);
        WEIR_ASSERT(workers_[i]->has_returned.load(std::memory_order_acquire));
        workers_[i]->is_running = false;
    }
}

}  // namespace weir::dataplane
