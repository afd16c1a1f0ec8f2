// SPDX-License-Identifier: Apache-2.0
// Reading of rtnetlink messages: those that the kernel writes, and bytes that nobody should.
#include "dataplane/route/netlink_message.hpp"

#include <array>
#include <cstring>
#include <random>
#include <span>
#include <vector>

#include <gtest/gtest.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

namespace weir::dataplane {
namespace {

using Octets = std::vector<std::uint8_t>;

template <typename T>
Octets octets_of(const T& value) {
    Octets octets(sizeof(T));
    std::memcpy(octets.data(), &value, sizeof(T));
    return octets;
}

void append(Octets& to, const Octets& more) {
    to.insert(to.end(), more.begin(), more.end());
    while (to.size() % 4 != 0)
        to.push_back(0);
}

Octets attribute(unsigned type, const Octets& payload) {
    nlattr header{};
    header.nla_type = static_cast<std::uint16_t>(type);
    header.nla_len = static_cast<std::uint16_t>(sizeof(header) + payload.size());
    Octets octets = octets_of(header);
    octets.insert(octets.end(), payload.begin(), payload.end());
    return octets;
}

template <typename Fixed>
Octets message(std::uint16_t type, const Fixed& fixed, const std::vector<Octets>& attributes,
               std::uint16_t flags = 0) {
    Octets body;
    append(body, octets_of(fixed));
    for (const auto& one : attributes)
        append(body, one);
    nlmsghdr header{};
    header.nlmsg_type = type;
    header.nlmsg_flags = flags;
    header.nlmsg_seq = 7;
    header.nlmsg_len = static_cast<std::uint32_t>(sizeof(header) + body.size());
    Octets octets = octets_of(header);
    append(octets, body);
    return octets;
}

template <typename Update>
std::optional<Update> read(const Octets& octets) {
    std::span<const std::uint8_t> bytes(octets);
    const auto found = next_message(bytes);
    if (!found) return std::nullopt;
    const auto* update = std::get_if<Update>(&found->update);
    return update == nullptr ? std::nullopt : std::optional<Update>(*update);
}

rtmsg unicast(std::uint8_t length) {
    rtmsg route{};
    route.rtm_family = AF_INET;
    route.rtm_dst_len = length;
    route.rtm_table = RT_TABLE_MAIN;
    route.rtm_type = RTN_UNICAST;
    return route;
}

ndmsg neighbour(std::uint16_t state) {
    ndmsg body{};
    body.ndm_family = AF_INET;
    body.ndm_ifindex = 3;
    body.ndm_state = state;
    return body;
}

const Octets kNet{10, 0, 0, 0};
const Octets kGateway{192, 0, 2, 1};
const Octets kMac{2, 0, 0, 0, 0, 9};

TEST(NetlinkMessage, ARouteIsRead) {
    const auto update = read<RouteUpdate>(
        message(RTM_NEWROUTE, unicast(8),
                {attribute(RTA_DST, kNet), attribute(RTA_OIF, octets_of(2U)),
                 attribute(RTA_GATEWAY, kGateway), attribute(RTA_PRIORITY, octets_of(100U))}));
    ASSERT_TRUE(update.has_value());
    EXPECT_EQ(update->change, RouteUpdate::Change::add);
    EXPECT_EQ(update->route.destination.to_string(), "10.0.0.0/8");
    EXPECT_EQ(update->route.metric, 100U);
    ASSERT_EQ(update->route.paths.size(), 1U);
    EXPECT_EQ(update->route.paths[0], (RoutePath{2, IpAddress::v4(192, 0, 2, 1), true}));
}

TEST(NetlinkMessage, TheDefaultRouteHasNoDestination) {
    const auto update = read<RouteUpdate>(
        message(RTM_NEWROUTE, unicast(0),
                {attribute(RTA_OIF, octets_of(2U)), attribute(RTA_GATEWAY, kGateway)}));
    ASSERT_TRUE(update.has_value());
    EXPECT_EQ(update->route.destination.to_string(), "0.0.0.0/0");
}

TEST(NetlinkMessage, ReplaceAndRemoveAreTold) {
    const std::vector<Octets> words{attribute(RTA_DST, kNet), attribute(RTA_OIF, octets_of(2U))};
    EXPECT_EQ(read<RouteUpdate>(message(RTM_NEWROUTE, unicast(8), words, NLM_F_REPLACE))->change,
              RouteUpdate::Change::replace);
    EXPECT_EQ(read<RouteUpdate>(message(RTM_DELROUTE, unicast(8), words))->change,
              RouteUpdate::Change::remove);
}

TEST(NetlinkMessage, EveryPathOfAMultipathRouteIsRead) {
    Octets paths;
    for (const int device : {2, 3}) {
        rtnexthop next{};
        next.rtnh_ifindex = device;
        next.rtnh_flags = device == 3 ? RTNH_F_LINKDOWN : 0;
        const Octets gateway = attribute(RTA_GATEWAY, kGateway);
        next.rtnh_len = static_cast<std::uint16_t>(sizeof(next) + gateway.size());
        append(paths, octets_of(next));
        append(paths, gateway);
    }
    const auto update = read<RouteUpdate>(message(
        RTM_NEWROUTE, unicast(8), {attribute(RTA_DST, kNet), attribute(RTA_MULTIPATH, paths)}));
    ASSERT_TRUE(update.has_value());
    ASSERT_EQ(update->route.paths.size(), 2U);
    EXPECT_EQ(update->route.paths[1].device, 3U);
    EXPECT_FALSE(update->route.paths[1].is_usable);
}

TEST(NetlinkMessage, AGatewayOfTheOtherFamilyIsRead) {
    Octets via{AF_INET6, 0, 0xFE, 0x80};
    via.resize(18);
    via.back() = 1;
    const auto update = read<RouteUpdate>(message(
        RTM_NEWROUTE, unicast(8),
        {attribute(RTA_DST, kNet), attribute(RTA_OIF, octets_of(2U)), attribute(RTA_VIA, via)}));
    ASSERT_TRUE(update.has_value());
    EXPECT_EQ(update->route.paths[0].gateway.to_string(), "fe80::1");
}

TEST(NetlinkMessage, RoutesThatDoNotConcernUsAreLeftOut) {
    const std::vector<Octets> words{attribute(RTA_DST, kNet), attribute(RTA_OIF, octets_of(2U))};
    auto local = unicast(8);
    local.rtm_table = RT_TABLE_LOCAL;
    EXPECT_FALSE(read<RouteUpdate>(message(RTM_NEWROUTE, local, words)).has_value());
    auto cached = unicast(8);
    cached.rtm_flags = RTM_F_CLONED;
    EXPECT_FALSE(read<RouteUpdate>(message(RTM_NEWROUTE, cached, words)).has_value());
    auto of_a_class = unicast(8);
    of_a_class.rtm_tos = 0x10;
    EXPECT_FALSE(read<RouteUpdate>(message(RTM_NEWROUTE, of_a_class, words)).has_value());
    auto multicast = unicast(8);
    multicast.rtm_type = RTN_MULTICAST;
    EXPECT_FALSE(read<RouteUpdate>(message(RTM_NEWROUTE, multicast, words)).has_value());
}

TEST(NetlinkMessage, AnUnreachableRouteHasNoPath) {
    auto route = unicast(8);
    route.rtm_type = RTN_UNREACHABLE;
    const auto update = read<RouteUpdate>(message(
        RTM_NEWROUTE, route, {attribute(RTA_DST, kNet), attribute(RTA_OIF, octets_of(1U))}));
    ASSERT_TRUE(update.has_value());
    EXPECT_TRUE(update->route.paths.empty());
}

TEST(NetlinkMessage, TheStatesOfANeighbour) {
    const auto state = [](std::uint16_t nud) {
        return read<NeighbourUpdate>(
                   message(RTM_NEWNEIGH, neighbour(nud),
                           {attribute(NDA_DST, kGateway), attribute(NDA_LLADDR, kMac)}))
            ->neighbour.state;
    };
    EXPECT_EQ(state(NUD_REACHABLE), NeighbourState::reachable);
    EXPECT_EQ(state(NUD_PERMANENT), NeighbourState::reachable);
    EXPECT_EQ(state(NUD_STALE), NeighbourState::stale);
    EXPECT_EQ(state(NUD_DELAY), NeighbourState::probing);
    EXPECT_EQ(state(NUD_PROBE), NeighbourState::probing);
    EXPECT_EQ(state(NUD_FAILED), NeighbourState::failed);
    EXPECT_EQ(state(NUD_INCOMPLETE), NeighbourState::unresolved);
}

TEST(NetlinkMessage, OnlyAnOperatorsNeighbourIsPermanent) {
    for (const std::uint16_t nud : {NUD_PERMANENT, NUD_REACHABLE, NUD_STALE, NUD_NOARP}) {
        const auto update = read<NeighbourUpdate>(
            message(RTM_NEWNEIGH, neighbour(nud),
                    {attribute(NDA_DST, kGateway), attribute(NDA_LLADDR, kMac)}));
        EXPECT_EQ(update->neighbour.is_permanent, nud == NUD_PERMANENT) << nud;
    }
}

TEST(NetlinkMessage, ANeighbourWithoutAnEthernetAddressIsNotUsable) {
    const auto update = read<NeighbourUpdate>(
        message(RTM_NEWNEIGH, neighbour(NUD_NOARP), {attribute(NDA_DST, kGateway)}));
    ASSERT_TRUE(update.has_value());
    EXPECT_FALSE(update->neighbour.is_usable());
}

TEST(NetlinkMessage, AnEntryOfABridgeIsNoNeighbour) {
    auto entry = neighbour(NUD_REACHABLE);
    entry.ndm_family = AF_BRIDGE;
    EXPECT_FALSE(read<NeighbourUpdate>(message(RTM_NEWNEIGH, entry, {attribute(NDA_LLADDR, kMac)}))
                     .has_value());
}

TEST(NetlinkMessage, ALinkIsUpWithACarrierOnly) {
    ifinfomsg link{};
    link.ifi_index = 5;
    link.ifi_flags = IFF_UP | IFF_RUNNING;
    const std::vector<Octets> words{attribute(IFLA_IFNAME, {'e', 't', 'h', '1', 0}),
                                    attribute(IFLA_ADDRESS, kMac),
                                    attribute(IFLA_MTU, octets_of(1400U))};
    auto update = read<LinkUpdate>(message(RTM_NEWLINK, link, words));
    ASSERT_TRUE(update.has_value());
    EXPECT_EQ(update->link, (Link{5, "eth1", {2, 0, 0, 0, 0, 9}, 1400, true}));
    link.ifi_flags = IFF_UP;
    EXPECT_FALSE(read<LinkUpdate>(message(RTM_NEWLINK, link, words))->link.is_up);
    link.ifi_family = AF_BRIDGE;  // it left a bridge, and is not gone
    EXPECT_FALSE(read<LinkUpdate>(message(RTM_DELLINK, link, words)).has_value());
}

TEST(NetlinkMessage, OurAddressOfAPointToPointLinkIsTheLocalOne) {
    ifaddrmsg body{};
    body.ifa_family = AF_INET;
    body.ifa_index = 5;
    body.ifa_prefixlen = 24;
    const auto update = read<AddressUpdate>(
        message(RTM_NEWADDR, body, {attribute(IFA_ADDRESS, kNet), attribute(IFA_LOCAL, kGateway)}));
    ASSERT_TRUE(update.has_value());
    EXPECT_EQ(update->address.to_string(), "192.0.2.1/24");
}

TEST(NetlinkMessage, AnErrorIsTheEndWithItsNumber) {
    nlmsgerr error{};
    error.error = -EPERM;
    const Octets octets = message(NLMSG_ERROR, error, {});
    std::span<const std::uint8_t> bytes(octets);
    const auto found = next_message(bytes);
    ASSERT_TRUE(found && found->end);
    EXPECT_EQ(found->sequence, 7U);
    EXPECT_EQ(found->end->error_number, EPERM);
    EXPECT_TRUE(bytes.empty());
}

TEST(NetlinkMessage, SeveralMessagesOfADatagramAreCutInOrder) {
    Octets octets = message(RTM_NEWNEIGH, neighbour(NUD_STALE), {attribute(NDA_DST, kGateway)});
    append(octets, message(NLMSG_DONE, std::int32_t{0}, {}));
    std::span<const std::uint8_t> bytes(octets);
    EXPECT_FALSE(next_message(bytes)->end.has_value());
    EXPECT_TRUE(next_message(bytes)->end.has_value());
    EXPECT_FALSE(next_message(bytes).has_value());
}

// What a row holds must end in a message without an update, or none; under a sanitizer, too.
TEST(NetlinkMessage, LengthsThatLieAreNotBelieved) {
    const Octets whole = message(RTM_NEWROUTE, unicast(8),
                                 {attribute(RTA_DST, kNet), attribute(RTA_OIF, octets_of(2U))});
    for (std::size_t cut = 0; cut < whole.size(); ++cut) {
        const Octets part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(cut));
        EXPECT_FALSE(read<RouteUpdate>(part).has_value()) << cut << " bytes";
    }
    auto longer_prefix = unicast(33);
    EXPECT_FALSE(
        read<RouteUpdate>(message(RTM_NEWROUTE, longer_prefix,
                                  {attribute(RTA_DST, kNet), attribute(RTA_OIF, octets_of(2U))}))
            .has_value());
    EXPECT_FALSE(
        read<RouteUpdate>(message(RTM_NEWROUTE, unicast(8),
                                  {attribute(RTA_DST, {10, 0}), attribute(RTA_OIF, octets_of(2U))}))
            .has_value());
    EXPECT_FALSE(read<LinkUpdate>(message(RTM_NEWLINK, ifinfomsg{}, {})).has_value());
    const Octets long_name(64, 'x');
    ifinfomsg link{};
    link.ifi_index = 1;
    EXPECT_FALSE(read<LinkUpdate>(message(RTM_NEWLINK, link, {attribute(IFLA_IFNAME, long_name)}))
                     .has_value());
}

TEST(NetlinkMessage, RandomBytesNeitherCrashNorHang) {
    const auto seed = std::random_device{}();
    RecordProperty("seed", static_cast<int>(seed));
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const std::array<Octets, 4> models{
        message(RTM_NEWROUTE, unicast(8),
                {attribute(RTA_DST, kNet), attribute(RTA_OIF, octets_of(2U)),
                 attribute(RTA_MULTIPATH, Octets(64, 8))}),
        message(RTM_NEWNEIGH, neighbour(NUD_STALE),
                {attribute(NDA_DST, kGateway), attribute(NDA_LLADDR, kMac)}),
        message(RTM_NEWLINK, ifinfomsg{}, {attribute(IFLA_IFNAME, {'a', 0})}),
        message(RTM_NEWADDR, ifaddrmsg{}, {attribute(IFA_LOCAL, kGateway)})};
    for (int round = 0; round < 20000; ++round) {
        Octets octets = models[random() % models.size()];
        for (auto flips = random() % 8; flips > 0; --flips)
            octets[random() % octets.size()] = static_cast<std::uint8_t>(random());
        octets.resize(random() % 4 == 0 ? random() % (octets.size() + 1) : octets.size());
        // A copy of just that size: a sanitizer sees a read behind its end.
        const Octets exact(octets.begin(), octets.end());
        std::span<const std::uint8_t> bytes(exact);
        std::size_t messages = 0;
        while (next_message(bytes))
            ASSERT_LE(++messages, exact.size() / sizeof(nlmsghdr));
        (void)read_route_answer(exact, 7, {2, IpAddress::v4(10, 0, 0, 1)});
    }
}

}  // namespace
}  // namespace weir::dataplane
