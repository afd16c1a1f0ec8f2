// SPDX-License-Identifier: Apache-2.0
// Assembly of weir-media in dependency order, and its end in reverse.
#include "dataplane/control/media_node.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

#include "config/base/limits.hpp"
#include "dataplane/control/descriptors.hpp"
#include "dataplane/engine/mbuf.hpp"
#include "dataplane/engine/worker.hpp"
#include "dataplane/io/media_socket.hpp"
#include "dataplane/io/socket_io.hpp"

namespace weir::dataplane {
namespace {

// A packet buffer with its headers takes about 2.4 KB; half of the heap is for them, the rest for
// rings.
std::uint32_t buffers_for(std::uint32_t memory_mib) {
    constexpr std::uint64_t kBufferBytes = 2432;
    const std::uint64_t fit = (std::uint64_t{memory_mib} << 20U) / 2 / kBufferBytes;
    return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(fit, 2047, kMaxPacketBuffers));
}

}  // namespace

struct MediaNode::Station {
    std::unique_ptr<WorkerLink> link;
    std::unique_ptr<SocketIo> io;
    std::unique_ptr<Worker> worker;
    bool is_running = false;
    // EAL's own join happens inside a library that ThreadSanitizer does not see: released by the
    // worker's thread when it returns, acquired before anything of the worker's is destroyed.
    std::atomic<bool> has_returned{false};
};

Result<std::unique_ptr<MediaNode>> MediaNode::start(MediaNodeOptions options,
                                                    MediaNodeParts parts) {
    auto node = std::make_unique<MediaNode>(std::move(options), parts);
    WEIR_TRY(node->check_realms());
    // Before anything is touched: a second instance must not disturb the first one's memory.
    WEIR_TRY(node->open_link());
    (void)raise_descriptor_limit(node->options_.shared.sessions, parts.logger);
    auto memory =
        open_shared_memory(node->options_.shared_memory_fd, node->options_.shared, parts.logger);
    if (!memory) return fail(memory.error());
    node->memory_ = std::make_unique<SharedMemory>(std::move(*memory));
    WEIR_TRY(node->make_workers());
    node->make_control();
    WEIR_TRY(node->launch_workers());
    node->control_->adopt_predecessor();
    parts.logger.info("media.ready", {{"io", "socket"},
                                      {"workers", node->workers_.size()},
                                      {"sessions", node->memory_->state.options().sessions},
                                      {"pre_roll_rings", node->memory_->state.ring_count()},
                                      {"incarnation", node->memory_->state.incarnation()}});
    return node;
}

MediaNode::MediaNode(MediaNodeOptions options, MediaNodeParts parts)
    : options_(std::move(options)), parts_(parts) {}

MediaNode::~MediaNode() {
    stop_workers();
}

Result<void> MediaNode::check_realms() const {
    if (options_.realms.empty())
        return fail(ErrorCode::invalid,
                    "weir-media needs at least one realm (realms in platform.yaml)");
    for (const auto& realm : options_.realms) {
        Endpoint any;
        any.address = realm.address;
        auto probe = open_media_socket(any);
        if (!probe) return fail(probe.error().within("realm '" + realm.name + "'"));
        const UniqueFd closes(*probe);
    }
    return {};
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

Result<void> MediaNode::make_workers() {
    auto pool = BufferPool::create("weir_packets", buffers_for(options_.memory_mib));
    if (!pool) return fail(pool.error());
    pool_ = std::move(*pool);
    const std::size_t count = std::min(parts_.eal.worker_count(), kMaxWorkers);
    for (std::size_t i = 0; i < count; ++i) {
        auto station = std::make_unique<Station>();
        auto link = WorkerLink::create(i);
        if (!link) return fail(link.error());
        station->link = std::move(*link);
        auto io = SocketIo::create(options_.realms.size(), station->link->wake_fd(), *pool_);
        if (!io) return fail(io.error());
        station->io = std::move(*io);
        WorkerOptions worker;
        worker.index = static_cast<std::uint8_t>(i);
        worker.realms = options_.realms.size();
        station->worker =
            std::make_unique<Worker>(worker, memory_->state, *station->link, *station->io, *pool_);
        workers_.push_back(std::move(station));
    }
    return {};
}

void MediaNode::make_control() {
    for (auto& station : workers_)
        proxies_.emplace_back(*station->link);
    ports_ = std::make_unique<PortLeases>(options_.realms, parts_.random, parts_.logger);
    control_ = std::make_unique<SessionControl>(
        SessionControlParts{memory_->state, *ports_, proxies_, parts_.random, parts_.clock,
                            parts_.logger, [this](const Event& event) { link_->send(event); }});
    loop_ = std::make_unique<ControlLoop>(*link_, *control_);
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
