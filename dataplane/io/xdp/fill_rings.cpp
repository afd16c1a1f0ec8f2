// SPDX-License-Identifier: Apache-2.0
// Finds the driver's mappings of rings and reads a fill ring as the kernel lays it out.
#include "dataplane/io/xdp/fill_rings.hpp"

#include <atomic>
#include <bit>
#include <cstdio>
#include <fstream>
#include <string>

#include <linux/if_xdp.h>
#include <rte_mempool.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

namespace weir::dataplane {
namespace {

struct Mapping {
    std::uint8_t* start = nullptr;
    std::size_t bytes = 0;
    std::uint64_t offset = 0;  // which ring: XDP_PGOFF_*, XDP_UMEM_PGOFF_*
};

// Lines of /proc/self/maps: "start-end rw-s offset device inode socket:[inode]".
std::vector<Mapping> rings_of(std::uint64_t inode) {
    std::vector<Mapping> found;
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);) {
        unsigned long start = 0;
        unsigned long end = 0;
        unsigned long offset = 0;
        unsigned long file = 0;
        if (line.find("socket:[") == std::string::npos) continue;
        if (std::sscanf(line.c_str(), "%lx-%lx %*s %lx %*s %lu", &start, &end, &offset, &file) != 4)
            continue;
        if (file == inode)
            found.push_back({reinterpret_cast<std::uint8_t*>(start), end - start, offset});
    }
    return found;
}

// The driver's arithmetic: an address counts from the start of the page in which the pool begins.
rte_mbuf* buffer_at(const rte_mempool& pool, std::uint64_t address) {
    const auto* memory = STAILQ_FIRST(&pool.mem_list);
    const auto first = reinterpret_cast<std::uintptr_t>(memory->addr);
    const auto page = first & ~(static_cast<std::uintptr_t>(getpagesize()) - 1);
    const std::uint64_t offset = address & XSK_UNALIGNED_BUF_ADDR_MASK;
    if (page + offset < first || page + offset >= first + memory->len) return nullptr;
    auto* buffer = reinterpret_cast<rte_mbuf*>(page + offset + pool.header_size);
    return buffer->pool == &pool ? buffer : nullptr;
}

std::uint32_t end_of_ring(std::uint8_t* at) {
    return std::atomic_ref(*reinterpret_cast<std::uint32_t*>(at)).load(std::memory_order_acquire);
}

void empty(const Mapping& ring, const xdp_ring_offset& offsets, const rte_mempool& pool) {
    // The mapping is rounded up to pages, the number of entries is a power of two.
    const std::size_t size = std::bit_floor((ring.bytes - offsets.desc) / sizeof(std::uint64_t));
    auto* entries = reinterpret_cast<std::uint64_t*>(ring.start + offsets.desc);
    const std::uint32_t producer = end_of_ring(ring.start + offsets.producer);
    std::uint32_t at = end_of_ring(ring.start + offsets.consumer);
    if (producer - at > size) return;  // not a ring that we understand
    for (; at != producer; ++at) {
        std::uint64_t& entry = entries[at & (size - 1)];
        if (auto* buffer = buffer_at(pool, entry)) rte_pktmbuf_free(buffer);
        entry = ~0ULL;  // no address: should the kernel still look, it refuses
    }
}

}  // namespace

void take_back_fill_buffers(const std::vector<OwnDescriptor>& sockets, BufferPool& pool) {
    for (const auto& descriptor : sockets) {
        if (descriptor.kind != DescriptorKind::xdp_socket) continue;
        xdp_mmap_offsets offsets{};
        socklen_t length = sizeof(offsets);
        if (getsockopt(descriptor.fd, SOL_XDP, XDP_MMAP_OFFSETS, &offsets, &length) != 0) continue;
        for (const Mapping& ring : rings_of(descriptor.id))
            if (ring.offset == XDP_UMEM_PGOFF_FILL_RING) empty(ring, offsets.fr, *pool.raw());
    }
}

void unmap_rings(const std::vector<OwnDescriptor>& sockets) {
    for (const auto& descriptor : sockets) {
        if (descriptor.kind != DescriptorKind::xdp_socket) continue;
        for (const Mapping& ring : rings_of(descriptor.id))
            munmap(ring.start, ring.bytes);
    }
}

}  // namespace weir::dataplane
