// SPDX-License-Identifier: Apache-2.0
// The spellings of an interface's name.
#include "config/base/interface_name.hpp"

#include <string>

#include <gtest/gtest.h>

#include "tests/support/row_name.hpp"

namespace weir::config {
namespace {

struct Spelling {
    const char* word;
    const char* unit;
    const char* name;
};

void PrintTo(const Spelling& row, std::ostream* out) {
    *out << tests::row_name({row.word, row.unit});
}

class InterfaceNames : public testing::TestWithParam<Spelling> {};

TEST_P(InterfaceNames, ArePrintedInFull) {
    const auto name = interface_name(GetParam().word, GetParam().unit);
    ASSERT_TRUE(name.has_value()) << name.error().context;
    EXPECT_EQ(*name, GetParam().name);
}

INSTANTIATE_TEST_SUITE_P(
    Spellings, InterfaceNames,
    testing::Values(Spelling{"g", "0/0/0", "GigabitEthernet0/0/0"},
                    Spelling{"gi0/0/0", "", "GigabitEthernet0/0/0"},
                    Spelling{"GIGABITETHERNET0/0/0", "", "GigabitEthernet0/0/0"},
                    Spelling{"GigabitEthernet", "0/0/0.100", "GigabitEthernet0/0/0.100"},
                    Spelling{"lo0", "", "Loopback0"}, Spelling{"po1.100", "", "Port-channel1.100"},
                    Spelling{"te0/1/0", "", "TenGigabitEthernet0/1/0"},
                    Spelling{"Twe1/0/1", "", "TwentyFiveGigE1/0/1"},
                    Spelling{"hu", "0/0/0", "HundredGigE0/0/0"},
                    Spelling{"fo1/1/1", "", "FortyGigabitEthernet1/1/1"},
                    Spelling{"fortygige0/0/1", "", "FortyGigE0/0/1"},
                    Spelling{"fa0/0", "", "FastEthernet0/0"}, Spelling{"e0/0", "", "Ethernet0/0"},
                    Spelling{"se0/1/0:23", "", "Serial0/1/0:23"}, Spelling{"tu7", "", "Tunnel7"},
                    Spelling{"vlan", "10", "Vlan10"},
                    Spelling{"VirtualPortGroup0", "", "VirtualPortGroup0"},
                    Spelling{"dot11radio0", "", "Dot11Radio0"},
                    Spelling{"ethernet", "1", "Ethernet1"}));

INSTANTIATE_TEST_SUITE_P(
    DevicesOfThisMachine, InterfaceNames,
    testing::Values(Spelling{"eth0", "", "eth0"}, Spelling{"ens192", "", "ens192"},
                    Spelling{"enp3s0f1", "", "enp3s0f1"}, Spelling{"lo", "", "lo"},
                    Spelling{"tun0", "", "tun0"}, Spelling{"bond0.100", "", "bond0.100"},
                    Spelling{"inside", "", "inside"}, Spelling{"t0", "", "t0"},
                    Spelling{"10", "", "10"}, Spelling{"GigabitEthernet", "", "GigabitEthernet"}));

TEST(InterfaceName, OfATypeThatIsTooShortIsRefusedWithTheTypesThatItMayBe) {
    const auto name = interface_name("t0/0/0");
    ASSERT_FALSE(name.has_value());
    EXPECT_NE(name.error().context.find("TenGigabitEthernet, "), std::string::npos)
        << name.error().context;
}

TEST(InterfaceName, WithAWordForAUnitIsRefused) {
    EXPECT_FALSE(interface_name("GigabitEthernet", "outside").has_value());
}

TEST(InterfaceName, IsTheSameInEverySpelling) {
    EXPECT_TRUE(same_interface("gi0/0/0", "GigabitEthernet0/0/0"));
    EXPECT_TRUE(same_interface("ETH0", "eth0"));
    EXPECT_FALSE(same_interface("gi0/0/0", "gi0/0/1"));
    EXPECT_FALSE(same_interface("t0/0/0", "te0/0/0"));
}

}  // namespace
}  // namespace weir::config
