// SPDX-License-Identifier: Apache-2.0
// Opening the devices of a node, and looking after them.
#include "dataplane/io/frame_media_io.hpp"

#include <algorithm>
#include <utility>

#include <rte_mbuf_dyn.h>

#include "dataplane/io/io_limits.hpp"
#include "dataplane/io/xdp/flow_table.hpp"

namespace weir::dataplane {
namespace {

// A flag of packet buffers that no driver uses; 0: none is left.
std::uint64_t sent_mark() {
    const rte_mbuf_dynflag flag{"weir_sent_by_kernel", 0};
    const int bit = rte_mbuf_dynflag_register(&flag);
    return bit < 0 ? 0 : std::uint64_t{1} << static_cast<unsigned>(bit);
}

}  // namespace

FrameMediaIo::FrameMediaIo(FrameMediaIoOptions options, BufferPool& pool, Logger& logger)
    : options_(std::move(options)), pool_(pool), logger_(logger) {}

Result<std::unique_ptr<MediaIo>> FrameMediaIo::open(FrameMediaIoOptions options,
                                                    std::span<const int> wake_fds, BufferPool& pool,
                                                    Logger& logger) {
    if (options.ports.empty() || options.ports.size() > kMaxDevices)
        return fail(ErrorCode::invalid, std::string(options.mode) + " needs 1 to " +
                                            std::to_string(kMaxDevices) + " devices, not " +
                                            std::to_string(options.ports.size()));
    std::unique_ptr<FrameMediaIo> media(new FrameMediaIo(std::move(options), pool, logger));
    auto table = DeviceTable::create(media->options_.ports.size(), wake_fds.size());
    if (!table) return fail(table.error());
    media->table_ = std::move(*table);
    media->ports_.resize(media->options_.ports.size());
    for (std::size_t i = 0; i < media->ports_.size(); ++i)
        media->ports_[i].plan = std::move(media->options_.ports[i]);
    for (std::size_t i = 0; i < media->ports_.size(); ++i)
        WEIR_TRY(media->open_port(i));
    if (media->options_.has_host_rings) {
        auto rings = HostRings::create(media->ports_.size(), wake_fds.front());
        if (!rings) return fail(rings.error());
        media->host_ = std::move(*rings);
    }
    PortIoOptions worker;
    worker.polls_cheaply = media->options_.has_host_rings;  // mode dpdk
    for (const auto& realm : media->options_.realms) {
        worker.realm_device.push_back(realm.device);
        worker.realm_address.push_back(realm.address);
    }
    if (media->options_.sends_xdp_frames) worker.sent_mark = sent_mark();
    media->tend_ways();
    for (std::size_t i = 0; i < wake_fds.size(); ++i) {
        worker.worker = static_cast<std::uint8_t>(i);
        worker.wake_fd = wake_fds[i];
        media->workers_.push_back(
            std::make_unique<PortIo>(worker, *media->table_, media->host_.get()));
    }
    return media;
}

FrameMediaIo::~FrameMediaIo() {
    for (auto& port : ports_)
        port.device.reset();
}

RealmLink FrameMediaIo::link_of(const FrameDevice& device) {
    RealmLink link;
    link.is_up = device.is_up();
    link.own_mac = device.mac();
    link.mtu = device.mtu();
    return link;
}

Result<void> FrameMediaIo::open_port(std::size_t index) {
    Port& port = ports_[index];
    const auto options = port.plan.options();
    if (!options) return fail(options.error());
    auto device = FrameDevice::open(*options, pool_, port.plan.companion.get());
    if (!device)
        return fail(port.plan.explain ? port.plan.explain(device.error()) : device.error());
    port.device = std::move(*device);
    port.driver = port.device->driver();
    port.link = link_of(*port.device);
    port.last_trouble.clear();
    if (port.plan.companion != nullptr) tell_companion(port);
    if (port.device->is_started()) return attach(index);
    logger_.warning(
        "io.device_waits",
        {{"device", port.plan.name}, {"advice", "nobody serves its socket yet: start the peer"}});
    return {};
}

void FrameMediaIo::tell_companion(Port& port) {
    if (range_min_ <= range_max_) port.plan.companion->set_port_range(range_min_, range_max_);
    const std::string costs_more = port.plan.companion->costs_more();
    if (costs_more == port.costs_more) return;
    port.costs_more = costs_more;
    if (!costs_more.empty())
        logger_.info("io.costs_more", {{"device", port.plan.name}, {"reason", costs_more}});
}

Result<void> FrameMediaIo::attach(std::size_t index) {
    Port& port = ports_[index];
    WEIR_TRY(table_->attach(index, *port.device, port.link.is_up));
    port.phase = Phase::attached;
    port.up_at = MonoTime{};
    return {};
}

void FrameMediaIo::leave(std::size_t index) {
    table_->detach(index);
    ports_[index].phase = Phase::leaving;
    ports_[index].link.is_up = false;
}

FrameOptions FrameMediaIo::frames() const {
    FrameOptions frames;
    const bool all_check = std::all_of(ports_.begin(), ports_.end(), [](const Port& port) {
        return port.device != nullptr && port.device->checks_checksums();
    });
    frames.check = all_check ? UdpChecksumCheck::by_driver : UdpChecksumCheck::in_software;
    for (const auto& realm : options_.realms) {
        const RealmLink& link = ports_[realm.device].link;
        FrameRealm frame;
        frame.address = realm.address;
        frame.own_mac = link.own_mac;
        frame.vlan = realm.vlan;
        frame.mtu = link.mtu;
        frame.device = realm.device;
        frame.dscp = realm.dscp;
        frames.realms.push_back(frame);
    }
    return frames;
}

void FrameMediaIo::set_port_range(std::uint16_t min, std::uint16_t max) {
    range_min_ = min;
    range_max_ = max;
    for (auto& port : ports_)
        if (port.plan.companion != nullptr) port.plan.companion->set_port_range(min, max);
}

void FrameMediaIo::watch(std::size_t index, MonoTime now) {
    Port& port = ports_[index];
    DeviceState& state = table_->state(index);
    if (port.device->is_gone()) {
        leave(index);
        logger_.error("io.device_gone", {{"device", port.plan.name},
                                         {"advice", "media on it stops until it is back"}});
        return;
    }
    RealmLink link = link_of(*port.device);
    // It went between the two questions: the next look finds it gone.
    if (link.own_mac == MacAddress{}) link = {0, false, port.link.own_mac, port.link.mtu};
    if (link.is_up != port.link.is_up)
        logger_.warning(link.is_up ? "io.link_up" : "io.link_down", {{"device", port.plan.name}});
    port.link = link;
    state.is_up.store(link.is_up, std::memory_order_relaxed);
    if (link.is_up || port.up_at == MonoTime{}) port.up_at = now;
    if (port.device->is_client() && now - port.up_at > kReconnect) return leave(index);
    port.tx_errors = port.device->counts().tx_errors;
    table_->refresh_missed(state, now, std::chrono::nanoseconds(0));
}

void FrameMediaIo::finish_leaving(std::size_t index) {
    if (!table_->has_let_go(index)) return;
    Port& port = ports_[index];
    if (!port.device->is_client() || port.device->is_gone()) port.device.reset();
    port.phase = Phase::gone;
}

void FrameMediaIo::try_again(std::size_t index) {
    Port& port = ports_[index];
    if (port.device != nullptr) {  // a client: only its server is missing
        if (port.device->reconnect()) (void)attach(index);
        return;
    }
    const auto opened = open_port(index);
    if (opened) {
        logger_.info("io.device_back", {{"device", port.plan.name},
                                        {"mac", weir::to_string(port.link.own_mac)},
                                        {"mtu", port.link.mtu}});
        return;
    }
    // That it is not there is known; any other trouble is said once.
    port.device.reset();
    if (opened.error().code == ErrorCode::not_found || opened.error().context == port.last_trouble)
        return;
    port.last_trouble = opened.error().context;
    logger_.error("io.device_not_opened",
                  {{"device", port.plan.name}, {"reason", opened.error().context}});
}

// Each program may send by each device that is there and up, and whose other end takes the frames.
void FrameMediaIo::tend_ways() {
    if (!options_.sends_xdp_frames) return;
    for (std::size_t way = 0; way < ports_.size(); ++way) {
        Port& out = ports_[way];
        const unsigned device = out.device != nullptr ? out.device->interface_index() : 0;
        const bool is_up = out.phase == Phase::attached && out.link.is_up && device != 0;
        const bool is_usable = is_up && options_.sends_xdp_frames(device);
        if (is_up) tell_offload(out, is_usable);
        for (Port& in : ports_)
            if (FlowTable* flows =
                    in.phase == Phase::attached ? in.plan.companion->flows() : nullptr)
                flows->ways().set(static_cast<std::uint8_t>(way), device, is_usable);
    }
}

void FrameMediaIo::tell_offload(Port& port, bool is_usable) {
    std::string words = port.plan.companion->flow_trouble();
    if (words.empty() && !is_usable)
        words = "frames that the kernel relays would not arrive at the other end of " +
                port.plan.name + " (`weir doctor` says what it lacks): the worker relays";
    if (words.empty()) words = "the kernel relays established streams";
    if (words == port.offload) return;
    port.offload = words;
    logger_.info("io.offload", {{"device", port.plan.name}, {"state", words}});
}

void FrameMediaIo::look_after(MonoTime now, const std::function<void(const RealmLink&)>& changed) {
    for (std::size_t i = 0; i < ports_.size(); ++i) {
        Port& port = ports_[i];
        const RealmLink before = port.link;
        if (port.phase == Phase::attached)
            watch(i, now);
        else if (port.phase == Phase::leaving)
            finish_leaving(i);
        else
            try_again(i);
        if (port.link == before) continue;
        for (std::size_t realm = 0; realm < options_.realms.size(); ++realm) {
            if (options_.realms[realm].device != i) continue;
            RealmLink link = port.link;
            link.realm = static_cast<RealmIndex>(realm);
            changed(link);
        }
    }
    tend_ways();
}

std::vector<DeviceReport> FrameMediaIo::devices() const {
    std::vector<DeviceReport> reports;
    for (std::size_t i = 0; i < ports_.size(); ++i) {
        const Port& port = ports_[i];
        DeviceReport report;
        report.name = port.plan.name;
        report.driver = port.driver;
        report.is_up = port.phase == Phase::attached && port.link.is_up;
        report.missed = table_->state(i).missed.load(std::memory_order_relaxed);
        report.tx_errors = port.tx_errors;
        reports.push_back(std::move(report));
    }
    return reports;
}

}  // namespace weir::dataplane
