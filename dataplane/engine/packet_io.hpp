// SPDX-License-Identifier: Apache-2.0
// PacketIo: how bursts of packets come to a worker and leave it. Two forms pass through the same
// stages: `payload` (kernel UDP sockets: the mbuf holds the UDP payload) and `framed` (Ethernet
// frames from DPDK ports or rings).
//
// Thread: the worker that owns it, except wake(). Virtual per burst, never per packet. All
// noexcept.
#pragma once

#include <chrono>
#include <cstdint>

#include "config/base/address.hpp"
#include "config/base/clock.hpp"
#include "dataplane/api/session.hpp"

struct rte_mbuf;

namespace weir::dataplane {

class FlowOffload;  // flow_offload.hpp: the kernel relays by itself
struct Burst;       // burst.hpp: up to kBurst mbufs and what is known of each
struct TxBurst;     // burst.hpp: mbufs with source port and destination

// A local port: which address of ours (realm) and which UDP port.
struct LocalPort {
    std::uint16_t port = 0;  // host byte order
    RealmIndex realm = 0;
    std::uint8_t reserved = 0;
    bool operator==(const LocalPort&) const = default;
};

enum class Framing : std::uint8_t { payload, ethernet };

class PacketIo {
public:
    virtual ~PacketIo() = default;
    [[nodiscard]] virtual Framing framing() const noexcept = 0;

    // Fills `burst` with what has come, at most kBurst packets; returns how many. `now` dates
    // packets that carry no time stamp of their own.
    virtual std::uint16_t receive(Burst& burst, MonoTime now) noexcept = 0;
    // Sends and frees every mbuf of `burst`, in order; sets outcome[i] of each (TxOutcome). Framed
    // forms: meta[i].from.realm tells the device.
    virtual void transmit(TxBurst& burst) noexcept = 0;
    // Framed forms: the device that this realm's packets leave by is there and up. Its routes and
    // next hops go with it: asked only for what has none, to name the cause.
    [[nodiscard]] virtual bool is_link_up(RealmIndex /*realm*/) const noexcept { return true; }
    // Sleeps until a packet or a wake-up comes, at most `longest`. Returns at once in polling
    // forms.
    virtual void wait(std::chrono::nanoseconds longest) noexcept = 0;

    // `socket` form: the worker takes over a bound, non-blocking UDP socket of control's (fd >= 0)
    // for this local port. False: the table of sockets or the epoll set is full. Framed forms:
    // nothing to do.
    virtual bool add_port(LocalPort port, int fd) noexcept = 0;
    // The socket is no longer read or written; control may close it.
    virtual void remove_port(LocalPort port) noexcept = 0;
    // Reads one port only, for the last drain of a session.
    virtual std::uint16_t drain(LocalPort port, Burst& burst, MonoTime now) noexcept = 0;
    // Packets that were dropped before we could read them: at this port because its buffer was
    // full, or (framed) by the devices that serve it. Counts up; only its changes mean something.
    [[nodiscard]] virtual std::uint32_t overflow(LocalPort port) noexcept = 0;

    // Where the kernel can relay streams by itself, the same for all the worker's life; else null.
    [[nodiscard]] virtual FlowOffload* offload() noexcept { return nullptr; }

    // Framed forms; both take the buffer over and free it where they cannot keep it.
    // A media frame of a port that another worker owns; it comes to that worker by its receive().
    // False: that worker's ring is full (the loss then counts in its overflow(): it is ours).
    virtual bool hand_over(std::uint8_t worker, rte_mbuf* frame) noexcept = 0;
    // A frame that is not media: to the host where we own the device, else (the kernel has its own
    // copy) only freed. False: it was for the host and could not be delivered.
    virtual bool punt(rte_mbuf* frame) noexcept = 0;
};

}  // namespace weir::dataplane
