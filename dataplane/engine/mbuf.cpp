// SPDX-License-Identifier: Apache-2.0
// The pool of packet buffers.
#include "dataplane/engine/mbuf.hpp"

#include <rte_errno.h>
#include <rte_lcore.h>

namespace weir::dataplane {
namespace {
constexpr unsigned kWorkerCache =
    256;  // buffers: eight bursts go in and out without touching the pool
}

Result<std::unique_ptr<BufferPool>> BufferPool::create(const std::string& name,
                                                       std::uint32_t buffers) {
    std::unique_ptr<BufferPool> pool(new BufferPool());
    pool->pool_ = rte_pktmbuf_pool_create(name.c_str(), buffers, kWorkerCache, 0,
                                          RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
    if (pool->pool_ == nullptr)
        return fail(ErrorCode::exhausted, "no memory for " + std::to_string(buffers) +
                                              " packet buffers: " + rte_strerror(rte_errno) +
                                              " (media.memory in platform.yaml)");
    return pool;
}

BufferPool::~BufferPool() {
    rte_mempool_free(pool_);
}

std::uint32_t BufferPool::available() const noexcept {
    return rte_mempool_avail_count(pool_);
}

}  // namespace weir::dataplane
