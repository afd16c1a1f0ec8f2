// SPDX-License-Identifier: Apache-2.0
// Netlink's list of devices: what is read, and that nothing is read beyond what came.
#include "dataplane/host/link_message.hpp"

#include <cstddef>
#include <cstring>

#include <gtest/gtest.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

namespace weir::dataplane {
namespace {

using Bytes = std::vector<std::uint8_t>;

void append(Bytes& bytes, const void* data, std::size_t size) {
    const auto* begin = static_cast<const std::uint8_t*>(data);
    bytes.insert(bytes.end(), begin, begin + size);
    while (bytes.size() % 4 != 0)
        bytes.push_back(0);
}

Bytes attribute(unsigned short type, const Bytes& value) {
    rtattr header{static_cast<unsigned short>(sizeof header + value.size()), type};
    Bytes bytes;
    append(bytes, &header, sizeof header);
    append(bytes, value.data(), value.size());
    return bytes;
}

Bytes text(const char* words) {
    return {words, words + std::strlen(words) + 1};
}

Bytes number(std::uint32_t value) {
    Bytes bytes;
    append(bytes, &value, sizeof value);
    return bytes;
}

Bytes message(unsigned short type, unsigned flags, const std::vector<Bytes>& attributes) {
    Bytes body;
    ifinfomsg info{};
    info.ifi_flags = flags;
    append(body, &info, sizeof info);
    for (const Bytes& each : attributes)
        append(body, each.data(), each.size());
    nlmsghdr header{};
    header.nlmsg_type = type;
    header.nlmsg_len = static_cast<std::uint32_t>(sizeof header + body.size());
    Bytes bytes;
    append(bytes, &header, sizeof header);
    append(bytes, body.data(), body.size());
    return bytes;
}

Bytes eth0() {
    Bytes xdp;
    for (const Bytes& each :
         {attribute(IFLA_XDP_ATTACHED, {2}), attribute(IFLA_XDP_PROG_ID, number(42))})
        append(xdp, each.data(), each.size());
    return message(RTM_NEWLINK, IFF_UP | IFF_LOWER_UP,
                   {attribute(IFLA_IFNAME, text("eth0")), attribute(IFLA_MTU, number(1400)),
                    attribute(IFLA_XDP | NLA_F_NESTED, xdp),
                    attribute(IFLA_LINKINFO, attribute(IFLA_INFO_KIND, text("veth")))});
}

TEST(LinkMessages, ADeviceWithItsXdpProgram) {
    const Bytes bytes = eth0();
    const LinkMessages messages = parse_links(bytes);
    ASSERT_EQ(messages.devices.size(), 1U);
    const DeviceFacts& device = messages.devices[0];
    EXPECT_EQ(device.name, "eth0");
    EXPECT_EQ(device.mtu, 1400U);
    EXPECT_TRUE(device.is_up);
    EXPECT_TRUE(device.has_carrier);
    EXPECT_FALSE(device.is_loopback);
    EXPECT_FALSE(device.is_tap);
    ASSERT_TRUE(device.xdp.has_value());
    EXPECT_EQ(device.xdp->id, 42U);
    EXPECT_FALSE(messages.is_last);
}

TEST(LinkMessages, ATapIsKnownByItsKind) {
    const Bytes bytes = message(RTM_NEWLINK, IFF_UP,
                                {attribute(IFLA_IFNAME, text("wan")),
                                 attribute(IFLA_LINKINFO, attribute(IFLA_INFO_KIND, text("tun")))});
    ASSERT_EQ(parse_links(bytes).devices.size(), 1U);
    EXPECT_TRUE(parse_links(bytes).devices[0].is_tap);
}

TEST(LinkMessages, AVethHasANumberAndThatOfItsPeer) {
    Bytes bytes = message(RTM_NEWLINK, 0,
                          {attribute(IFLA_IFNAME, text("eth0")), attribute(IFLA_LINK, number(9)),
                           attribute(IFLA_LINK_NETNSID, number(0))});
    const std::int32_t index = 7;
    std::memcpy(bytes.data() + sizeof(nlmsghdr) + offsetof(ifinfomsg, ifi_index), &index,
                sizeof index);
    ASSERT_EQ(parse_links(bytes).devices.size(), 1U);
    const DeviceFacts device = parse_links(bytes).devices[0];
    EXPECT_EQ(device.index, 7U);
    EXPECT_EQ(device.peer, 9U);
    EXPECT_TRUE(device.is_peer_elsewhere);
    const DeviceFacts alone = parse_links(eth0()).devices.at(0);
    EXPECT_EQ(alone.peer, 0U);
    EXPECT_FALSE(alone.is_peer_elsewhere);
}

TEST(LinkMessages, SeveralInOneDatagramUntilTheEnd) {
    Bytes bytes = eth0();
    for (const Bytes& each :
         {message(RTM_NEWLINK, IFF_LOOPBACK, {attribute(IFLA_IFNAME, text("lo"))}),
          message(NLMSG_DONE, 0, {}), eth0()})
        append(bytes, each.data(), each.size());
    const LinkMessages messages = parse_links(bytes);
    ASSERT_EQ(messages.devices.size(), 2U);
    EXPECT_TRUE(messages.devices[1].is_loopback);
    EXPECT_TRUE(messages.is_last);
}

TEST(LinkMessages, ADatagramCutAnywhereIsReadToItsEndAndNotBeyond) {
    const Bytes whole = eth0();
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
        EXPECT_TRUE(parse_links(cut).devices.empty()) << size;
    }
}

TEST(LinkMessages, LengthsThatLieAreHarmless) {
    const Bytes whole = eth0();
    for (std::size_t at = 0; at < whole.size(); ++at) {
        for (const std::uint8_t value : {0x00, 0x01, 0x7F, 0xFF}) {
            Bytes changed = whole;
            changed[at] = value;
            EXPECT_LE(parse_links(changed).devices.size(), 1U);
        }
    }
}

}  // namespace
}  // namespace weir::dataplane
