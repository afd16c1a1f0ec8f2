// SPDX-License-Identifier: Apache-2.0
// The pool of packet buffers.
#include "dataplane/engine/mbuf.hpp"

#include <cerrno>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_lcore.h>
#include <sys/mman.h>

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25  // Linux 6.1
#endif

namespace weir::dataplane {
namespace {

constexpr unsigned kWorkerCache =
    256;  // buffers: eight bursts go in and out without touching the pool
constexpr std::size_t kLargePage = 2U << 20U;
constexpr std::size_t kSmallPage = 4096;
constexpr std::size_t kPoolHeader = 64;  // of each buffer in its pool: a cache line

// How buffers lie in memory of ours.
struct Layout {
    std::size_t room;  // of a buffer, headroom included, bytes
    unsigned flags;    // RTE_MEMPOOL_F_*
};
constexpr Layout kPacked{RTE_MBUF_DEFAULT_BUF_SIZE, RTE_MEMPOOL_F_NO_IOVA_CONTIG};
// DPDK's af_xdp driver tells the kernel of as many bytes as there are buffers times the size of
// one. Where each lies on a page of its own and is smaller than it, the last of them are outside:
// the kernel takes them for nothing, to receive into as to send. So each is as large as its page.
constexpr Layout kOnePageEach{kSmallPage - kPoolHeader - sizeof(rte_mbuf), RTE_MEMPOOL_F_NO_SPREAD};

void unmap(rte_mempool_memhdr* chunk, void*) {
    (void)::munmap(chunk->addr, chunk->len);
}

// Memory that begins on a large page; null: there is none.
void* map_aligned(std::size_t bytes) {
    const std::size_t all = bytes + kLargePage;
    void* where = ::mmap(nullptr, all, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (where == MAP_FAILED) return nullptr;
    auto* first = static_cast<std::byte*>(where);
    const std::size_t before = -reinterpret_cast<std::uintptr_t>(first) % kLargePage;
    if (before != 0) (void)::munmap(first, before);
    (void)::munmap(first + before + bytes, kLargePage - before);
    return first + before;
}

// Of memory of our own instead of EAL's. That begins neither on a large page nor on a small one,
// and each buffer lies on a small page of its own (hardware wants it so): the walks of the page
// table took a tenth of a relay between memifs. The kernel gives large pages where it has some,
// without a setting of the machine or a privilege; where it has none all works as well, and slower.
bool populate_from_large_pages(rte_mempool& pool) {
    std::size_t smallest_chunk = 0;
    std::size_t alignment = 0;
    const ssize_t wanted =
        rte_mempool_op_calc_mem_size_default(&pool, pool.size, 0, &smallest_chunk, &alignment);
    if (wanted <= 0) return false;
    const std::size_t bytes =
        (static_cast<std::size_t>(wanted) + kLargePage - 1) / kLargePage * kLargePage;
    void* where = map_aligned(bytes);
    if (where == nullptr) return false;
    (void)::madvise(where, bytes, MADV_HUGEPAGE);
    const int made =
        rte_mempool_populate_iova(&pool, static_cast<char*>(where),
                                  reinterpret_cast<std::uintptr_t>(where), bytes, &unmap, nullptr);
    // What was taken is the pool's and goes with it.
    if (made <= 0) (void)::munmap(where, bytes);
    return made == static_cast<int>(pool.size);
}

void make_buffers(rte_mempool& pool) {
    rte_mempool_obj_iter(&pool, rte_pktmbuf_init, nullptr);
    // Also where "madvise" is not what transparent_hugepage/enabled says.
    const rte_mempool_memhdr* chunk = STAILQ_FIRST(&pool.mem_list);
    (void)::madvise(chunk->addr, chunk->len, MADV_COLLAPSE);
}

rte_mempool* large_page_pool(const std::string& name, std::uint32_t buffers, const Layout& layout) {
    rte_mempool* pool = rte_mempool_create_empty(
        name.c_str(), buffers, static_cast<unsigned>(sizeof(rte_mbuf) + layout.room), kWorkerCache,
        sizeof(rte_pktmbuf_pool_private), SOCKET_ID_ANY, layout.flags);
    if (pool == nullptr) return nullptr;
    rte_pktmbuf_pool_private sizes{};
    sizes.mbuf_data_room_size = static_cast<std::uint16_t>(layout.room);
    if (rte_mempool_set_ops_byname(pool, "ring_mp_mc", nullptr) == 0) {
        rte_pktmbuf_pool_init(pool, &sizes);
        if (populate_from_large_pages(*pool)) {
            make_buffers(*pool);
            return pool;
        }
    }
    rte_mempool_free(pool);
    rte_errno = ENOMEM;
    return nullptr;
}

}  // namespace

Result<std::unique_ptr<BufferPool>> BufferPool::create(const std::string& name,
                                                       std::uint32_t buffers, BufferUse use) {
    std::unique_ptr<BufferPool> pool(new BufferPool());
    if (use == BufferUse::xdp_sockets)
        pool->pool_ = large_page_pool(name, buffers, kOnePageEach);
    else if (use == BufferUse::software && rte_eal_has_hugepages() == 0 &&
             rte_eal_iova_mode() == RTE_IOVA_VA)
        pool->pool_ = large_page_pool(name, buffers, kPacked);
    if (pool->pool_ == nullptr && use != BufferUse::xdp_sockets)
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
