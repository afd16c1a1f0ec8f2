// SPDX-License-Identifier: Apache-2.0
// Packet buffers of either kind of memory: as many as were asked for, each with its own bytes.
#include <algorithm>

#include "tests/unit/dataplane/engine/harness.hpp"

namespace weir::dataplane::tests {
namespace {

class Buffers : public ::testing::TestWithParam<BufferUse> {};

TEST_P(Buffers, AllCanBeHadAndNoneOverlapsAnother) {
    test_eal();
    constexpr std::uint32_t kBuffers = 2047;
    const auto pool = BufferPool::create("pool_of_a_test", kBuffers, GetParam());
    ASSERT_TRUE(pool) << pool.error().context;
    EXPECT_EQ((*pool)->available(), kBuffers);
    std::vector<rte_mbuf*> buffers(kBuffers);
    ASSERT_EQ(rte_pktmbuf_alloc_bulk((*pool)->raw(), buffers.data(), kBuffers), 0);
    EXPECT_EQ(rte_pktmbuf_alloc((*pool)->raw()), nullptr);
    for (std::uint32_t i = 0; i < kBuffers; ++i) {
        ASSERT_GE(rte_pktmbuf_tailroom(buffers[i]), 2048);
        set_length(buffers[i], 2048);
        std::ranges::fill(bytes_of_mbuf(buffers[i]), static_cast<std::uint8_t>(i));
    }
    for (std::uint32_t i = 0; i < kBuffers; ++i) {
        const auto bytes = bytes_of_mbuf(buffers[i]);
        ASSERT_TRUE(std::ranges::all_of(
            bytes, [i](std::uint8_t byte) { return byte == static_cast<std::uint8_t>(i); }));
        ASSERT_EQ(buffers[i]->pool, (*pool)->raw());
        ASSERT_EQ(buffers[i]->nb_segs, 1);
    }
    rte_pktmbuf_free_bulk(buffers.data(), kBuffers);
    EXPECT_EQ((*pool)->available(), kBuffers);
}

TEST_P(Buffers, APoolThatIsGoneLeavesItsNameAndMemoryToTheNext) {
    test_eal();
    for (int i = 0; i < 20; ++i)
        ASSERT_TRUE(BufferPool::create("pool_again", 2047, GetParam()));
}

// What DPDK's af_xdp driver tells the kernel of: from the page on which the pool begins, as many
// bytes as it has buffers times the size of one (xdp_umem_configure).
TEST(BuffersOfXdpSockets, LieOnAPageEachWithinWhatTheDriverTellsTheKernel) {
    test_eal();
    constexpr std::uint32_t kBuffers = 2047;
    constexpr std::uintptr_t kPage = 4096;
    const auto pool = BufferPool::create("umem_of_a_test", kBuffers, BufferUse::xdp_sockets);
    ASSERT_TRUE(pool) << pool.error().context;
    const rte_mempool& raw = *(*pool)->raw();
    const auto first = reinterpret_cast<std::uintptr_t>(STAILQ_FIRST(&raw.mem_list)->addr);
    const std::uintptr_t begin = first / kPage * kPage;
    const std::uintptr_t end =
        first +
        std::uintptr_t{kBuffers} * rte_mempool_calc_obj_size(raw.elt_size, raw.flags, nullptr);
    std::vector<rte_mbuf*> buffers(kBuffers);
    ASSERT_EQ(rte_pktmbuf_alloc_bulk((*pool)->raw(), buffers.data(), kBuffers), 0);
    for (rte_mbuf* buffer : buffers) {
        const auto start = reinterpret_cast<std::uintptr_t>(buffer) - raw.header_size;
        const auto last = reinterpret_cast<std::uintptr_t>(buffer->buf_addr) + buffer->buf_len - 1;
        ASSERT_GE(start, begin);
        ASSERT_LT(last, end);
        ASSERT_EQ(start / kPage, last / kPage);
    }
    rte_pktmbuf_free_bulk(buffers.data(), kBuffers);
}

INSTANTIATE_TEST_SUITE_P(Of, Buffers,
                         ::testing::Values(BufferUse::software, BufferUse::xdp_sockets,
                                           BufferUse::hardware),
                         [](const auto& kind) {
                             switch (kind.param) {
                                 case BufferUse::software:
                                     return "software";
                                 case BufferUse::xdp_sockets:
                                     return "xdp_sockets";
                                 case BufferUse::hardware:
                                     break;
                             }
                             return "hardware";
                         });

}  // namespace
}  // namespace weir::dataplane::tests
