// SPDX-License-Identifier: Apache-2.0
// The flows of a device as its program reads them: what is given, taken back, ended; which ports
// can have one; and the ways out.
#include "dataplane/io/xdp/flow_table.hpp"

#include <net/if.h>
#include <sched.h>

#include "tests/unit/dataplane/io/flow_kernel.hpp"

namespace weir::dataplane::tests {
namespace {

const IpAddress kInside = IpAddress::v4(192, 0, 2, 1);
const IpAddress kOutside = IpAddress::v4(198, 51, 100, 1);
const IpAddress kThird = IpAddress::v4(203, 0, 113, 1);
const IpAddress kV6 = *IpAddress::parse("2001:db8::1");
constexpr std::uint8_t kWay = 3;
constexpr std::uint32_t kDevice = 1;  // loopback is everywhere

std::uint32_t word_of(const IpAddress& address) {
    std::uint32_t word = 0;
    std::memcpy(&word, address.bytes.data(), sizeof(word));
    return word;
}

FlowRule rule_of(const IpAddress& local, std::uint16_t port) {
    FlowRule rule;
    rule.arrives = {port, 0, 0};
    rule.local = word_of(local);
    rule.source = word_of(IpAddress::v4(192, 0, 2, 9));
    rule.source_port = 0x1234;
    rule.ssrc = 0xA1B2C3D4;
    rule.next_sequence = 77;
    rule.longest_payload = 1472;
    rule.headers.ip_sum = 5;
    rule.headers.udp_sum = 6;
    for (std::size_t i = 0; i < rule.headers.header.size(); ++i)
        rule.headers.header[i] = static_cast<std::uint8_t>(i + 1);
    return rule;
}

class FlowTables : public ::testing::Test {
protected:
    void SetUp() override {
        if (geteuid() != 0) GTEST_SKIP() << "needs root";
        // Only the first two of IPv4 can have flows.
        const std::array<IpAddress, 4> locals{kV6, kInside, kOutside, kThird};
        kernel = std::make_unique<FlowMapSet>();
        auto opened = FlowTable::open(kernel->maps(), locals, 2);
        ASSERT_TRUE(opened) << opened.error().context;
        table = std::move(*opened);
        table->ways().set(kWay, kDevice, true);
    }
    bool has(const IpAddress& local, std::uint16_t port) const {
        return table->has(word_of(local), port);
    }
    bool give(const IpAddress& local, std::uint16_t port) {
        return table->give(rule_of(local, port), kWay, 0);
    }

    std::unique_ptr<FlowMapSet> kernel;
    std::unique_ptr<FlowTable> table;
};

TEST_F(FlowTables, NothingIsGivenAtFirst) {
    EXPECT_FALSE(has(kInside, 16384));
}

TEST_F(FlowTables, WhatIsGivenIsThere) {
    EXPECT_TRUE(give(kInside, 16384));
    EXPECT_TRUE(has(kInside, 16384));
    EXPECT_FALSE(has(kInside, 16386));
    EXPECT_FALSE(has(kOutside, 16384));
}

TEST_F(FlowTables, TheProgramReadsTheRule) {
    ASSERT_TRUE(give(kInside, 16384));
    const FlowRule rule = rule_of(kInside, 16384);
    const weir_flow flow = kernel->flow(16384 / 2);
    EXPECT_NE(flow.given, 0U);
    EXPECT_EQ(flow.next_sequence, rule.next_sequence);
    EXPECT_EQ(flow.longest, rule.longest_payload);
    EXPECT_EQ(flow.source, rule.source);
    EXPECT_EQ(flow.source_port, 0x3412) << "in network order";
    EXPECT_EQ(flow.ssrc, 0xD4C3B2A1U) << "in network order";
    EXPECT_EQ(flow.way, kWay);
    EXPECT_EQ(flow.headers.ip_sum, rule.headers.ip_sum);
    EXPECT_EQ(flow.headers.udp_sum, rule.headers.udp_sum);
    EXPECT_EQ(
        std::memcmp(flow.headers.header, rule.headers.header.data(), rule.headers.header.size()),
        0);
}

TEST_F(FlowTables, EachAddressHasFlowsOfItsOwn) {
    ASSERT_TRUE(give(kOutside, 65534));
    EXPECT_NE(kernel->flow(WEIR_FLOW_PORTS + 65534 / 2).given, 0U);
    EXPECT_EQ(kernel->flow(65534 / 2).given, 0U);
}

TEST_F(FlowTables, WhatWasTakenBackIsGoneForTheProgramToo) {
    ASSERT_TRUE(give(kInside, 16384));
    table->take_back(word_of(kInside), 16384);
    EXPECT_FALSE(has(kInside, 16384));
    EXPECT_EQ(kernel->flow(16384 / 2).given, 0U);
}

TEST_F(FlowTables, WhatTheProgramGaveUpIsGone) {
    ASSERT_TRUE(give(kInside, 16384));
    kernel->end(16384 / 2);
    EXPECT_FALSE(has(kInside, 16384));
}

TEST_F(FlowTables, GivenAgainItHasANumberThatTheProgramDoesNotKnow) {
    ASSERT_TRUE(give(kInside, 16384));
    const auto first = kernel->flow(16384 / 2).given;
    kernel->end(16384 / 2);
    ASSERT_TRUE(give(kInside, 16384));
    EXPECT_NE(kernel->flow(16384 / 2).given, first);
    EXPECT_TRUE(has(kInside, 16384));
}

TEST_F(FlowTables, TakingBackDoesNotFreeTheNumber) {
    ASSERT_TRUE(give(kInside, 16384));
    const auto first = kernel->flow(16384 / 2).given;
    table->take_back(word_of(kInside), 16384);
    ASSERT_TRUE(give(kInside, 16384));
    EXPECT_NE(kernel->flow(16384 / 2).given, first);
}

TEST_F(FlowTables, AnOddPortHasNoFlow) {
    EXPECT_FALSE(give(kInside, 16385));
    EXPECT_FALSE(has(kInside, 16385));
    ASSERT_TRUE(give(kInside, 16384));
    table->take_back(word_of(kInside), 16385);
    EXPECT_TRUE(has(kInside, 16384)) << "it is not its neighbour's either";
}

TEST_F(FlowTables, AThirdAddressHasNoFlow) {
    EXPECT_FALSE(give(kThird, 16384));
    EXPECT_FALSE(has(kThird, 16384));
}

TEST_F(FlowTables, AnIpv6RealmHasNoFlow) {
    const std::uint32_t no_word = 0;  // PortIo's for IPv6
    FlowRule rule = rule_of(kInside, 16384);
    rule.local = no_word;
    EXPECT_FALSE(table->give(rule, kWay, 0));
    EXPECT_FALSE(table->has(no_word, 16384));
}

// A place of weir_locals that is not used is zero, too.
TEST_F(FlowTables, NoAddressIsNotThatOfAnEmptyPlace) {
    FlowMapSet maps;
    auto opened = FlowTable::open(maps.maps(), std::array<IpAddress, 2>{kV6, kInside}, 1);
    ASSERT_TRUE(opened);
    (*opened)->ways().set(kWay, kDevice, true);
    FlowRule rule = rule_of(kInside, 16384);
    EXPECT_TRUE((*opened)->give(rule, kWay, 0));
    rule.local = 0;
    EXPECT_FALSE((*opened)->give(rule, kWay, 0));
}

TEST_F(FlowTables, TheProgramKnowsOurAddresses) {
    EXPECT_EQ(kernel->locals().address[0], word_of(kInside));
    EXPECT_EQ(kernel->locals().address[1], word_of(kOutside));
}

TEST_F(FlowTables, AWayIsToldToTheProgram) {
    EXPECT_TRUE(table->ways().is_usable(kWay));
    EXPECT_EQ(kernel->way(kWay).device, kDevice);
    EXPECT_EQ(kernel->way(kWay).usable, 1U);
    table->ways().set(kWay, kDevice, false);
    EXPECT_FALSE(table->ways().is_usable(kWay));
    EXPECT_EQ(kernel->way(kWay).device, kDevice);
    EXPECT_EQ(kernel->way(kWay).usable, 0U);
}

TEST_F(FlowTables, NothingIsGivenByAWayThatCannotBeUsed) {
    table->ways().set(kWay, kDevice, false);
    EXPECT_FALSE(give(kInside, 16384));
    EXPECT_FALSE(has(kInside, 16384));
    EXPECT_FALSE(table->give(rule_of(kInside, 16384), kWay + 1, 0)) << "never told";
}

TEST_F(FlowTables, AWayThatThereIsNotIsNotUsable) {
    table->ways().set(WEIR_FLOW_WAYS, kDevice, true);
    EXPECT_FALSE(table->ways().is_usable(WEIR_FLOW_WAYS));
    EXPECT_FALSE(table->give(rule_of(kInside, 16384), WEIR_FLOW_WAYS, 0));
}

TEST_F(FlowTables, TheProgramReadsTheCopysRule) {
    FlowRule rule = rule_of(kInside, 16384);
    rule.copy = {.fork = 3, .sequence_offset = 0x1234, .ssrc = 0xC0FFEE01, .headers = rule.headers};
    ASSERT_TRUE(table->give(rule, kWay, kWay));
    const weir_copy copy = kernel->copy(8192);
    EXPECT_EQ(kernel->flow(8192).fork, 3);
    EXPECT_EQ(copy.ssrc, 0x01EEFFC0U) << "in network order";
    EXPECT_EQ(copy.sequence_offset, 0x1234);
    EXPECT_EQ(copy.way, kWay);
    EXPECT_EQ(copy.headers.ip_sum, 5U);
    EXPECT_EQ(copy.headers.udp_sum, 6U);
    EXPECT_EQ(copy.headers.header[41], 42);
}

TEST_F(FlowTables, NoCopyIsGivenByAWayThatCannotBeUsed) {
    FlowRule rule = rule_of(kInside, 16384);
    rule.copy.fork = 1;
    EXPECT_FALSE(table->give(rule, kWay, kWay + 1));
    EXPECT_FALSE(has(kInside, 16384));
}

TEST_F(FlowTables, WithoutTheProgramAtTheWayOutThereAreNoCopies) {
    FlowMaps maps = kernel->maps();
    maps.fork_program = -1;
    auto opened = FlowTable::open(maps, std::array<IpAddress, 1>{kInside}, 1);
    ASSERT_TRUE(opened) << opened.error().context;
    (*opened)->ways().set(kWay, kDevice, true);
    FlowRule rule = rule_of(kInside, 16384);
    EXPECT_TRUE((*opened)->give(rule, kWay, kWay));
    rule.copy.fork = 1;
    EXPECT_FALSE((*opened)->ways().can_copy());
    EXPECT_FALSE((*opened)->give(rule, kWay, kWay));
    EXPECT_EQ(kernel->out(kWay).bpf_prog.id, 0U);
}

TEST_F(FlowTables, AWayLeadsToItsDeviceWithTheProgramThere) {
    EXPECT_EQ(kernel->out(kWay).ifindex, kDevice);
    EXPECT_NE(kernel->out(kWay).bpf_prog.id, 0U);
}

TEST_F(FlowTables, EachPairOfWaysLeadsToTheCopysDeviceAndThePackets) {
    if (unshare(CLONE_NEWNET) != 0) GTEST_SKIP() << "network namespaces are not allowed here";
    ASSERT_EQ(std::system("ip link add near type veth peer name far"), 0);
    const std::uint32_t other = if_nametoindex("near");
    constexpr std::uint8_t kOther = kWay + 1;
    table->ways().set(kOther, other, true);
    for (const auto& [way, copy_way, first, second] :
         {std::array{std::uint32_t{kWay}, std::uint32_t{kWay}, kDevice, kDevice},
          std::array{std::uint32_t{kWay}, std::uint32_t{kOther}, other, kDevice},
          std::array{std::uint32_t{kOther}, std::uint32_t{kWay}, kDevice, other},
          std::array{std::uint32_t{kOther}, std::uint32_t{kOther}, other, other}}) {
        const auto pair = kernel->pair(way, copy_way);
        EXPECT_EQ(pair[0].ifindex, first);
        EXPECT_EQ(pair[1].ifindex, second);
        EXPECT_NE(pair[0].bpf_prog.id, 0U);
        EXPECT_EQ(pair[1].bpf_prog.id, pair[0].bpf_prog.id);
    }
}

TEST_F(FlowTables, ADeviceThatHasGoneIsNoWay) {
    table->ways().set(kWay, 0x7FFFFFFF, true);
    EXPECT_FALSE(table->ways().is_usable(kWay));
    table->ways().set(kWay, kDevice, true);
    EXPECT_TRUE(table->ways().is_usable(kWay));
}

TEST_F(FlowTables, EachQueueHasARingThatTheProgramFinds) {
    ASSERT_NE(table->ring(0), nullptr);
    ASSERT_NE(table->ring(1), nullptr);
    EXPECT_EQ(table->ring(2), nullptr);
    EXPECT_NE(kernel->ring_id(0), 0U);
    EXPECT_NE(kernel->ring_id(1), 0U);
    EXPECT_NE(kernel->ring_id(0), kernel->ring_id(1));
    EXPECT_EQ(kernel->ring_id(2), 0U);
}

TEST_F(FlowTables, MapsThatCannotBeMappedAreAnError) {
    FlowMaps maps = kernel->maps();
    maps.flows = maps.locals;  // not to be mapped
    EXPECT_FALSE(FlowTable::open(maps, {}, 1));
}

}  // namespace
}  // namespace weir::dataplane::tests
