// SPDX-License-Identifier: Apache-2.0
// The bytes of DPDK's packet buffers, and the pool they come from.
//
// Thread: bytes and buffers: the worker that holds the buffer; BufferPool::create: control.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <rte_mbuf.h>

#include "config/base/bytes.hpp"
#include "config/base/result.hpp"

namespace weir::dataplane {

// All of ours have one segment: af_xdp corrupts chains on transmit (facts of the design).
[[nodiscard]] inline MutableByteSpan bytes_of_mbuf(rte_mbuf* buffer) noexcept {
    return {rte_pktmbuf_mtod(buffer, std::uint8_t*), buffer->data_len};
}

inline void set_length(rte_mbuf* buffer, std::size_t bytes) noexcept {
    buffer->data_len = static_cast<std::uint16_t>(bytes);
    buffer->pkt_len = static_cast<std::uint32_t>(bytes);
}

// Who reads and writes the buffers besides us: programs and the kernel's calls; AF_XDP sockets,
// whose memory must be one piece, and where no buffer may cross a page (without copies a device
// does it); or hardware, which knows only EAL's memory and no such buffer either.
enum class BufferUse : std::uint8_t { software, xdp_sockets, hardware };

class BufferPool {
public:
    // `buffers` packet buffers of 2 KB or more; a worker's cache holds some hundreds. Error:
    // exhausted.
    [[nodiscard]] static Result<std::unique_ptr<BufferPool>> create(
        const std::string& name, std::uint32_t buffers, BufferUse use = BufferUse::hardware);
    ~BufferPool();
    BufferPool(const BufferPool&) = delete;
    BufferPool& operator=(const BufferPool&) = delete;

    [[nodiscard]] rte_mempool* raw() const noexcept { return pool_; }
    [[nodiscard]] std::uint32_t available() const noexcept;

private:
    BufferPool() = default;
    rte_mempool* pool_ = nullptr;
};

}  // namespace weir::dataplane
