// SPDX-License-Identifier: Apache-2.0
// The datagrams of the media link: round trips, and everything that must be refused.
#include "dataplane/link/wire.hpp"

#include <array>
#include <cstring>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "config/base/random.hpp"

namespace weir::dataplane {
namespace {

// Every alternative of the variant, default-constructed, in order.
template <typename... Types>
std::vector<std::variant<Types...>> every(const std::variant<Types...>&) {
    return {std::variant<Types...>(Types{})...};
}

std::vector<Command> every_command() {
    auto commands = every(Command{});
    for (auto& command : commands)
        if (auto* open = std::get_if<OpenSession>(&command)) open->stream_count = 2;
    return commands;
}

TEST(Wire, EveryCommandComesBackAsItWas) {
    for (const auto& command : every_command()) {
        const auto datagram = encode(command);
        const auto back = decode_command(datagram);
        ASSERT_TRUE(back) << back.error().context;
        EXPECT_EQ(back->index(), command.index());
        EXPECT_EQ(encode(*back), datagram);
    }
}

TEST(Wire, EveryEventComesBackAsItWas) {
    for (const auto& event : every(Event{})) {
        const auto datagram = encode(event);
        Event back;
        const auto read = decode_event(datagram, back);
        ASSERT_TRUE(read) << read.error().context;
        EXPECT_EQ(back.index(), event.index());
        EXPECT_EQ(encode(back), datagram);
        EXPECT_LE(datagram.size(), max_message());
    }
}

TEST(Wire, FieldsSurvive) {
    LeaseFork lease;
    lease.tag = 0x1122334455667788;
    lease.session = {9, 4};
    lease.stream = 3;
    lease.source = Side::b;
    lease.eligible_from_ns = -5;
    const auto back = decode_command(encode(Command(lease)));
    ASSERT_TRUE(back);
    const auto* got = std::get_if<LeaseFork>(&*back);
    ASSERT_NE(got, nullptr);
    EXPECT_EQ(got->tag, lease.tag);
    EXPECT_EQ(got->session, lease.session);
    EXPECT_EQ(got->stream, 3);
    EXPECT_EQ(got->source, Side::b);
    EXPECT_EQ(got->eligible_from_ns, -5);
}

// A way to clear the padding that GCC 12 gets wrong once cost the first address of the lease.
TEST(Wire, EveryAddressOfALeaseSurvives) {
    Leased leased;
    for (std::uint8_t stream = 0; stream < kMaxStreams; ++stream)
        for (std::uint8_t side = 0; side < 2; ++side)
            leased.streams[stream].local_rtp[side] = {IpAddress::v4(10, 77, stream, side), 0,
                                                      20000};
    Event back;
    ASSERT_TRUE(decode_event(encode(Event(leased)), back));
    for (std::size_t stream = 0; stream < kMaxStreams; ++stream)
        EXPECT_EQ(std::get<Leased>(back).streams[stream].local_rtp,
                  leased.streams[stream].local_rtp);
}

TEST(Wire, ATruncatedOrExtendedCommandIsRefused) {
    for (const auto& command : every_command()) {
        auto datagram = encode(command);
        for (std::size_t size = 0; size < datagram.size(); ++size)
            EXPECT_FALSE(decode_command(ByteSpan(datagram).first(size))) << command.index();
        datagram.push_back(0);
        EXPECT_FALSE(decode_command(datagram)) << command.index();
        // Also when the header tells the same lie.
        LinkHeader header;
        std::memcpy(&header, datagram.data(), sizeof header);
        header.size = static_cast<std::uint32_t>(datagram.size());
        std::memcpy(datagram.data(), &header, sizeof header);
        EXPECT_FALSE(decode_command(datagram)) << command.index();
    }
}

TEST(Wire, UnknownTypesAreRefusedByName) {
    for (const std::size_t type :
         {0UL, 1UL, 0xFFUL, 0x100UL + std::variant_size_v<Command>, 0x200UL, 0xFFFFUL}) {
        auto datagram = encode(Command(ReadPlane{}));
        LinkHeader header;
        std::memcpy(&header, datagram.data(), sizeof header);
        header.type = static_cast<std::uint16_t>(type);
        std::memcpy(datagram.data(), &header, sizeof header);
        const auto command = decode_command(datagram);
        ASSERT_FALSE(command) << type;
        EXPECT_NE(command.error().context.find("unknown type"), std::string::npos)
            << command.error().context;
    }
}

TEST(Wire, RandomDatagramsNeverYieldACommandOutOfRange) {
    const std::uint64_t seed = 20261121;
    SCOPED_TRACE("seed " + std::to_string(seed));
    SeededRandom random(seed);
    const auto commands = every_command();
    for (int round = 0; round < 20000; ++round) {
        // A good header before random octets reaches deepest.
        auto datagram = encode(commands[random.below(commands.size())]);
        const std::size_t first = random.below(4) == 0 ? 0 : sizeof(LinkHeader);
        for (std::size_t i = first; i < datagram.size(); ++i)
            datagram[i] = static_cast<std::uint8_t>(random.next());
        if (random.below(8) == 0) datagram.resize(random.below(datagram.size() + 1));
        const auto command = decode_command(datagram);
        if (command) {
            ASSERT_TRUE(check_ranges(*command));
        }
        Event event;
        (void)decode_event(datagram, event);
        (void)decode_hello(datagram, kTypeHello);
        (void)decode_reject(datagram);
    }
}

TEST(Wire, TheMessagesOfADatagramComeApartInTheirOrder) {
    const auto commands = every_command();
    std::vector<std::uint8_t> datagram;
    for (const auto& command : commands)
        append(datagram, command);
    ByteSpan rest(datagram);
    for (const auto& command : commands) {
        ASSERT_FALSE(rest.empty());
        const auto back = decode_command(take_message(rest));
        ASSERT_TRUE(back) << back.error().context;
        EXPECT_EQ(back->index(), command.index());
    }
    EXPECT_TRUE(rest.empty());
}

TEST(Wire, BehindALengthThatCannotBeRightNothingIsBelieved) {
    for (const std::uint32_t lie : {0U, 7U, 1000U, 0xFFFFFFFFU}) {
        auto datagram = encode(Command(ReadPlane{1}));
        const LinkHeader header{kTypeCommand, 0, lie};
        std::memcpy(datagram.data(), &header, sizeof header);
        append(datagram, Command(ReadPlane{2}));
        ByteSpan rest(datagram);
        EXPECT_FALSE(decode_command(take_message(rest))) << lie;
        EXPECT_TRUE(rest.empty()) << lie;
    }
}

TEST(Wire, RandomDatagramsFallIntoMessagesWithoutARest) {
    const std::uint64_t seed = 20261122;
    SCOPED_TRACE("seed " + std::to_string(seed));
    SeededRandom random(seed);
    for (int round = 0; round < 20000; ++round) {
        std::vector<std::uint8_t> datagram(1 + random.below(64));
        for (auto& octet : datagram)
            octet = static_cast<std::uint8_t>(random.below(3) == 0 ? random.next() : 0);
        if (datagram.size() > 4) datagram[4] = static_cast<std::uint8_t>(random.below(24));
        std::size_t taken = 0;
        for (ByteSpan rest(datagram); !rest.empty();) {
            const auto message = take_message(rest);
            ASSERT_FALSE(message.empty());
            taken += message.size();
        }
        ASSERT_EQ(taken, datagram.size());
    }
}

template <typename T, typename Edit>
Command broken(T command, Edit edit) {
    edit(command);
    return command;
}

TEST(Wire, EachFieldOutOfRangeIsRefused) {
    const auto endpoint = [] {
        Endpoint bad;
        bad.address.family = Family{9};
        return bad;
    }();
    const std::vector<std::pair<const char*, Command>> rows{
        {"port range", broken(SetPortRange{}, [](auto& c) { c.min = 9000, c.max = 8000; })},
        {"port range", broken(SetPortRange{}, [](auto& c) { c.min = 0; })},
        {"stream_count", broken(OpenSession{}, [](auto& c) { c.stream_count = 0; })},
        {"stream_count", broken(OpenSession{}, [](auto& c) { c.stream_count = kMaxStreams + 1; })},
        {"kind", broken(OpenSession{}, [](auto& c) { c.kinds[0] = StreamKind{7}; })},
        {"realm", broken(OpenSession{}, [](auto& c) { c.realms[1] = kMaxRealms; })},
        {"family", broken(OpenSession{}, [&](auto& c) { c.remotes[3].rtcp = endpoint; })},
        {"kind", broken(AddStream{}, [](auto& c) { c.kind = StreamKind{2}; })},
        {"stream", broken(SetRemote{}, [](auto& c) { c.stream = kMaxStreams; })},
        {"side", broken(SetRemote{}, [](auto& c) { c.side = Side{2}; })},
        {"family", broken(SetRemote{}, [&](auto& c) { c.rtp = endpoint; })},
        {"stream", broken(SetPayloadTypes{}, [](auto& c) { c.stream = kMaxStreams; })},
        {"side", broken(SetPayloadTypes{}, [](auto& c) { c.side = Side{2}; })},
        {"count", broken(SetPayloadTypes{}, [](auto& c) { c.count = kMaxPayloadPairs + 1; })},
        {"payload", broken(SetPayloadTypes{}, [](auto& c) { c.count = 1, c.pairs[0].to = 128; })},
        {"payload", broken(SetPayloadTypes{}, [](auto& c) { c.count = 2, c.pairs[1].from = 255; })},
        {"stream", broken(LeaseFork{}, [](auto& c) { c.stream = 200; })},
        {"source", broken(LeaseFork{}, [](auto& c) { c.source = Side{255}; })},
        {"realm", broken(LeaseFork{}, [](auto& c) { c.realm = 255; })},
        {"fork", broken(StartFork{}, [](auto& c) { c.fork.index = kMaxForks; })},
        {"family", broken(StartFork{}, [&](auto& c) { c.rtcp = endpoint; })},
        {"fork", broken(PauseFork{}, [](auto& c) { c.fork.index = 1U << 31U; })},
        {"fork", broken(ResumeFork{}, [](auto& c) { c.fork.index = kMaxForks; })},
        {"fork", broken(StopFork{}, [](auto& c) { c.fork.index = kMaxForks; })},
    };
    for (const auto& [field, command] : rows) {
        const auto decoded = decode_command(encode(command));
        ASSERT_FALSE(decoded) << field << " of command " << command.index();
        EXPECT_NE(decoded.error().context.find(field), std::string::npos)
            << decoded.error().context;
    }
}

}  // namespace
}  // namespace weir::dataplane
