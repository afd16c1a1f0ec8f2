// SPDX-License-Identifier: Apache-2.0
// NetlinkMonitor: keeps a RouteTable in step with the kernel, and makes the kernel look for
// neighbours.
//
// Everything is read once at the start; events follow. When events were lost (an overrun), or one
// cannot be understood alone, everything is read again into a second table, which takes the place
// of the first when it is whole: until then the old one serves.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "config/base/clock.hpp"
#include "config/base/log.hpp"
#include "config/base/result.hpp"
#include "dataplane/route/kernel_routes.hpp"
#include "dataplane/route/netlink_message.hpp"
#include "dataplane/route/netlink_socket.hpp"

namespace weir::dataplane {

struct NetlinkCounters {
    std::uint64_t events = 0;    // messages that concerned us
    std::uint64_t overruns = 0;  // events were lost: everything was read again
    std::uint64_t resyncs = 0;   // readings of everything, the first included
    std::uint64_t asked = 0;     // questions to the kernel because the table was full
    std::uint64_t refused = 0;   // neighbour requests that the kernel refused
};

struct NetlinkMonitorOptions {
    std::size_t max_routes = kMaxRoutes;
    std::size_t max_neighbours = kMaxNeighbours;
    int receive_buffer = kNetlinkReceiveBuffer;  // bytes, for events that wait for run_once
};

// Thread: control.
class NetlinkMonitor final : public KernelRoutes {
public:
    // Reads the tables before it returns; the listener hears only of what comes later.
    // Errors: io, unavailable (the kernel does not answer within kRouteStartLimit).
    [[nodiscard]] static Result<std::unique_ptr<NetlinkMonitor>> start(
        NetlinkMonitorOptions options, const Clock& clock, Logger& logger);

    void listen(RouteListener listener) { listener_ = std::move(listener); }

    // Readable when run_once has something to do.
    [[nodiscard]] int fd() const { return events_.fd(); }
    // Reads what came, at most kNetlinkReadsPerTurn datagrams. To be called when fd() is readable
    // and every kDevicePoll.
    void run_once();

    [[nodiscard]] const RouteTable& table() const override { return table_; }
    [[nodiscard]] std::optional<NextHop> next_hop(const IpAddress& destination,
                                                  DeviceIndex device) override;
    [[nodiscard]] std::optional<Neighbour> neighbour(const NextHop& at) override;
    // By the kernel's own resolution; every third attempt, where we may not ask for that, and where
    // the kernel has no address to ask from, by a datagram to the neighbour's discard port
    // (RFC 863).
    void resolve(const NextHop& at, const IpAddress& source, unsigned attempt) override;

    // An address for a device of ours (put_address of netlink_socket.hpp).
    [[nodiscard]] Result<void> put_address(DeviceIndex device, const Prefix& address) {
        return dataplane::put_address(questions_, device, address);
    }
    [[nodiscard]] const NetlinkCounters& counters() const { return counters_; }

private:
    NetlinkMonitor(NetlinkMonitorOptions options, const Clock& clock, Logger& logger,
                   NetlinkSocket events, NetlinkSocket questions);

    bool is_dumping() const { return building_ != nullptr; }
    void begin_resync();
    void send_dump();
    void finish_dump(const NetlinkEnd& end);
    void give_up_dump();
    void read_datagram(std::span<const std::uint8_t> bytes);
    void apply(const NetlinkUpdate& update);
    void apply(const RouteUpdate& update);
    void apply(const NeighbourUpdate& update);
    void apply(const LinkUpdate& update);
    void apply(const AddressUpdate& update);
    void want_resync() { is_resync_wanted_ = true; }
    void request_refused(int error_number);
    void send_discard(const NextHop& at, const IpAddress& source);

    NetlinkMonitorOptions options_;
    const Clock& clock_;
    Logger& logger_;
    NetlinkSocket events_;     // dumps and neighbour requests too: their answers come in order
    NetlinkSocket questions_;  // answered before the call returns
    RouteTable table_;
    std::unique_ptr<RouteTable> building_;  // while everything is read anew
    Dump dump_ = Dump::links;               // building_: what is read now ...
    std::uint32_t dump_sequence_ = 0;       // ... and under which number
    bool is_dump_interrupted_ = false;
    MonoTime dump_deadline_{};
    MonoTime next_resync_{};
    bool is_resync_wanted_ = true;
    bool is_use_denied_ = false;  // no CAP_NET_ADMIN
    bool is_full_told_ = false;
    RouteListener listener_;
    NetlinkCounters counters_;
};

}  // namespace weir::dataplane
