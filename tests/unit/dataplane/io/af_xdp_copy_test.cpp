// SPDX-License-Identifier: Apache-2.0
// What a recorder and a party get of a stream that the kernel relays and copies, on the wire. Needs
// root.
#include <string>

#include <gmock/gmock.h>

#include "dataplane/engine/flows.hpp"
#include "dataplane/engine/frame_plain.hpp"
#include "dataplane/io/af_xdp.hpp"
#include "tests/unit/dataplane/io/af_packet_network.hpp"

namespace weir::dataplane::tests {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAreArray;

const IpAddress kOurs = IpAddress::v4(192, 0, 2, 1);
constexpr std::uint16_t kPort = 16384;  // where make_frame() sends to
constexpr std::size_t kHeaders = 42;
constexpr std::uint16_t kOffset = 65000;  // of the copy's numbers: they wrap
constexpr std::uint32_t kCopySsrc = 0xC0FFEE01;
const Endpoint kParty{IpAddress::v4(192, 0, 2, 20), 0, 30002};
const Endpoint kRecorder{IpAddress::v4(192, 0, 2, 30), 0, 50000};
const std::uint64_t kPartyHop = NextHops::word_of({2, 0, 0, 0, 8, 8});
const std::uint64_t kRecorderHop = NextHops::word_of({2, 0, 0, 0, 7, 7});

// What arrives at a device, of UDP.
std::vector<Frame> arrived(const UniqueFd& socket, std::size_t count) {
    std::vector<Frame> frames;
    pollfd waiting{socket.get(), POLLIN, 0};
    // The last wait is for what should not come.
    while (poll(&waiting, 1, frames.size() < count ? 1000 : 50) == 1) {
        Frame frame(2048);
        const ssize_t got = recv(socket.get(), frame.data(), frame.size(), 0);
        frame.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        if (frame.size() > kHeaders && frame[12] == 8 && frame[13] == 0 && frame[23] == 17)
            frames.push_back(frame);
    }
    return frames;
}

UniqueFd listen_on(const char* device) {
    UniqueFd fd(socket(AF_PACKET, SOCK_RAW, 0));
    sockaddr_ll address{};
    address.sll_family = AF_PACKET;
    address.sll_protocol = htons(ETH_P_ALL);
    address.sll_ifindex = static_cast<int>(if_nametoindex(device));
    EXPECT_EQ(bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    const int yes = 1;  // not what is sent here
    EXPECT_EQ(setsockopt(fd.get(), SOL_PACKET, PACKET_IGNORE_OUTGOING, &yes, sizeof(yes)), 0);
    const int room = 8 << 20;
    EXPECT_EQ(setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)), 0);
    return fd;
}

class AfXdpCopy : public VethPair {
protected:
    void SetUp() override {
        VethPair::SetUp();
        if (IsSkipped()) return;
        ASSERT_TRUE(takes_xdp_frames("far"));
        filter_ = std::make_unique<MediaFilter>(AfXdpOptions{
            .name = "lan", .interface = "near", .addresses = {kOurs}, .offload = true});
        const auto options = filter_->device_options();
        ASSERT_TRUE(options) << options.error().context;
        auto device = FrameDevice::open(*options, *pool(), filter_.get());
        ASSERT_TRUE(device) << filter_->explain(device.error()).context;
        device_ = std::move(*device);
        filter_->set_port_range(kPort, kPort + 99);
        table_ = filter_->flows();
        ASSERT_NE(table_, nullptr) << filter_->flow_trouble();
        table_->ways().set(0, if_nametoindex("near"), true);
    }
    static bool takes_xdp_frames(const std::string& device) {
        return std::system(("ethtool -K " + device + " gro on").c_str()) == 0;
    }
    static Framer framer() {
        FrameOptions options;
        options.realms = {{.address = kOurs, .own_mac = {2, 0, 0, 0, 9, 1}}};
        return Framer(options);
    }
    static ForkSlot fork() {
        ForkSlot slot;
        slot.remote_rtp = kRecorder;
        slot.local_rtp = {kOurs, 0, 24000};
        slot.sequence_offset = kOffset;
        slot.ssrc = kCopySsrc;
        return slot;
    }
    void give(std::uint16_t port, std::uint16_t next_sequence, bool has_copy,
              std::uint8_t copy_way = 0) {
        DirectionSlot from;
        from.remote_rtp = {FrameText{}.from, 0, 40000};
        from.local_rtp = {kOurs, 0, port};
        from.reception.ssrc = 0x1111;  // rtp()'s
        from.reception.highest = static_cast<std::uint16_t>(next_sequence - 1U);
        DirectionSlot to;
        to.remote_rtp = kParty;
        to.local_rtp = {kOurs, 0, 20000};
        FlowRule rule = flow_rule(framer(), from, to, kPartyHop);
        if (has_copy) add_copy(rule, framer(), fork(), 2, kRecorderHop);
        ASSERT_TRUE(table_->give(rule, 0, copy_way));
    }
    static Frame sent_by_party(std::uint16_t sequence, std::uint16_t port = kPort) {
        FrameText text;
        text.port = port;
        Frame frame = make_frame(text);
        const Bytes packet = rtp(sequence);
        std::copy(packet.begin(), packet.end(), frame.begin() + kHeaders);
        const std::uint16_t none = 0;
        std::memcpy(&frame[40], &none, sizeof(none));
        return frame;
    }
    static Frame as_the_worker_sends(Frame frame, const FrameAddress& to) {
        static const Framer ours = framer();
        write_plain_frame(frame, ours, to);
        return frame;
    }
    static Frame relayed(std::uint16_t sequence) {
        return as_the_worker_sends(sent_by_party(sequence), {kParty, {20000, 0, 0}, kPartyHop, 0});
    }
    static Frame copied(std::uint16_t sequence) {
        Frame frame = sent_by_party(sequence);
        auto* header = view_as<RtpWire>(MutableByteSpan(frame), kHeaders);
        header->sequence.set(static_cast<std::uint16_t>(sequence + kOffset));
        header->ssrc.set(kCopySsrc);
        return as_the_worker_sends(frame, {kRecorder, {24000, 0, 0}, kRecorderHop, 0});
    }
    // The words for what arrives at a device: whose it is, and the party's number.
    static std::vector<std::string> words(const UniqueFd& socket, std::size_t count) {
        std::vector<std::string> words;
        for (const Frame& frame : arrived(socket, count)) {
            const auto number = static_cast<std::uint16_t>(frame[44] << 8U | frame[45]);
            const auto before = static_cast<std::uint16_t>(number - kOffset);
            if (frame == relayed(number))
                words.push_back("party " + std::to_string(number));
            else if (frame == copied(before))
                words.push_back("recorder " + std::to_string(before));
            else
                words.emplace_back("stranger");
        }
        return words;
    }
    // Who was sent a copy, of each record.
    std::vector<int> recorded_forks() {
        std::vector<int> forks;
        RecordRing& ring = *table_->ring(0);
        while (const weir_record* record = ring.front(ring.produced())) {
            forks.push_back(record->fork);
            ring.release();
        }
        return forks;
    }

    std::unique_ptr<MediaFilter> filter_;
    std::unique_ptr<FrameDevice> device_;
    FlowTable* table_ = nullptr;
};

TEST_F(AfXdpCopy, ThePartyGetsThePacketAndTheRecorderItsCopyAsTheWorkerWouldHaveSentThem) {
    const UniqueFd far = listen_on("far");
    give(kPort, 7, true);
    ASSERT_TRUE(Wire("far").send(sent_by_party(7)));
    EXPECT_THAT(words(far, 2), ElementsAre("recorder 7", "party 7"));
    EXPECT_THAT(recorded_forks(), ElementsAre(3));
}

TEST_F(AfXdpCopy, WithoutACopyThereIsOneFrame) {
    const UniqueFd far = listen_on("far");
    give(kPort, 7, false);
    ASSERT_TRUE(Wire("far").send(sent_by_party(7)));
    EXPECT_THAT(words(far, 1), ElementsAre("party 7"));
    EXPECT_THAT(recorded_forks(), ElementsAre(0));
}

// In one run of NAPI the kernel has one program for all frames to a device.
TEST_F(AfXdpCopy, AmongPacketsWithoutCopiesEachGetsWhatItShould) {
    constexpr std::uint16_t kOtherPort = kPort + 2;
    constexpr std::uint16_t kPackets = 100;
    const UniqueFd far = listen_on("far");
    give(kPort, 0, true);
    give(kOtherPort, 0, false);
    const Wire wire("far");
    std::vector<std::string> wanted;
    for (std::uint16_t sequence = 0; sequence < kPackets; ++sequence) {
        ASSERT_TRUE(wire.send(sent_by_party(sequence, kOtherPort)));
        ASSERT_TRUE(wire.send(sent_by_party(sequence)));
        wanted.push_back("party " + std::to_string(sequence));
        wanted.push_back("recorder " + std::to_string(sequence));
        wanted.push_back("party " + std::to_string(sequence));
    }
    EXPECT_THAT(words(far, wanted.size()), UnorderedElementsAreArray(wanted));
    EXPECT_TRUE(table_->has(0x010200C0U, kPort)) << "192.0.2.1 in network order";
}

TEST_F(AfXdpCopy, ARecorderBehindAnotherDeviceGetsItsCopyThere) {
    ASSERT_TRUE(ip("link add near2 type veth peer name far2"));
    ASSERT_TRUE(ip("link set near2 addrgenmode none up") &&
                ip("link set far2 addrgenmode none up"));
    ASSERT_TRUE(takes_xdp_frames("far2"));
    table_->ways().set(1, if_nametoindex("near2"), true);
    const UniqueFd far = listen_on("far");
    const UniqueFd far2 = listen_on("far2");
    give(kPort, 7, true, 1);
    ASSERT_TRUE(Wire("far").send(sent_by_party(7)));
    EXPECT_THAT(words(far, 1), ElementsAre("party 7"));
    EXPECT_THAT(words(far2, 1), ElementsAre("recorder 7"));
}

TEST_F(AfXdpCopy, ARecorderWhoseDeviceIsDownCostsTheFlowAndNoPacket) {
    ASSERT_TRUE(ip("link add near2 type veth peer name far2"));
    table_->ways().set(1, if_nametoindex("near2"), true);
    const UniqueFd far = listen_on("far");
    give(kPort, 7, true, 1);
    table_->ways().set(1, if_nametoindex("near2"), false);
    ASSERT_TRUE(Wire("far").send(sent_by_party(7)));
    EXPECT_EQ(next_frame(*device_), sent_by_party(7)) << "it is the worker's";
    EXPECT_THAT(words(far, 0), IsEmpty());
    EXPECT_FALSE(table_->has(0x010200C0U, kPort));
}

// The way is not closed yet: what is lost is the recorder's, not the party's.
TEST_F(AfXdpCopy, ARecorderWhoseDeviceHasJustGoneCostsThePartyNothing) {
    ASSERT_TRUE(ip("link add near2 type veth peer name far2"));
    ASSERT_TRUE(ip("link set near2 addrgenmode none up") &&
                ip("link set far2 addrgenmode none up"));
    table_->ways().set(1, if_nametoindex("near2"), true);
    give(kPort, 7, true, 1);
    ASSERT_TRUE(ip("link del near2"));
    const UniqueFd far = listen_on("far");
    ASSERT_TRUE(Wire("far").send(sent_by_party(7)));
    EXPECT_THAT(words(far, 1), ElementsAre("party 7"));
}

}  // namespace
}  // namespace weir::dataplane::tests
