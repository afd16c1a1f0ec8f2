// SPDX-License-Identifier: Apache-2.0
// What the XDP program takes and what it leaves to the kernel, frame by frame, decided by the
// kernel itself (BPF_PROG_TEST_RUN). Needs root, no device.
#include <array>
#include <memory>
#include <string>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <gtest/gtest.h>
#include <linux/bpf.h>
#include <linux/if_xdp.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "config/base/unique_fd.hpp"
#include "dataplane/io/bpf_object.hpp"
#include "dataplane/io/xdp/filter_maps.h"
#include "dataplane/io/xdp/filter_object.hpp"
#include "tests/unit/dataplane/io/af_xdp_frames.hpp"

namespace weir::dataplane::tests {
namespace {

const IpAddress kOurs4 = IpAddress::v4(192, 0, 2, 1);
const IpAddress kOurs6 = *IpAddress::parse("2001:db8::1");
const IpAddress kPeer6 = *IpAddress::parse("2001:db8::9");

// A socket with memory and a receive ring, which the program's table takes without a device.
class XdpSocket {
public:
    XdpSocket()
        : page_(mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)),
          fd_(socket(AF_XDP, SOCK_RAW, 0)) {
        xdp_umem_reg memory{};
        memory.addr = reinterpret_cast<std::uintptr_t>(page_);
        memory.len = 4096;
        memory.chunk_size = 4096;
        const int entries = 2;
        setsockopt(fd_.get(), SOL_XDP, XDP_UMEM_REG, &memory, sizeof(memory));
        for (const int ring : {XDP_UMEM_FILL_RING, XDP_UMEM_COMPLETION_RING, XDP_RX_RING})
            setsockopt(fd_.get(), SOL_XDP, ring, &entries, sizeof(entries));
    }
    ~XdpSocket() { munmap(page_, 4096); }
    XdpSocket(const XdpSocket&) = delete;
    XdpSocket& operator=(const XdpSocket&) = delete;
    int fd() const { return fd_.get(); }

private:
    void* page_;
    UniqueFd fd_;
};

class MediaFilterProgram : public ::testing::Test {
protected:
    void SetUp() override {
        if (geteuid() != 0) GTEST_SKIP() << "needs root";
        object_ = open_bpf_object(filter_object());
        ASSERT_NE(object_, nullptr);
        ASSERT_EQ(bpf_object__load(object_.get()), 0);
        program_ = bpf_program__fd(bpf_object__next_program(object_.get(), nullptr));
        const std::uint8_t yes = 1;
        bpf_map_update_elem(map(WEIR_XDP_IPV4), kOurs4.bytes.data(), &yes, 0);
        bpf_map_update_elem(map(WEIR_XDP_IPV6), kOurs6.bytes.data(), &yes, 0);
        set_ports(16384, 16389);
        const int fd = socket_.fd();
        ASSERT_EQ(bpf_map_update_elem(map(WEIR_XDP_SOCKETS), &kQueue, &fd, 0), 0);
    }

    int map(const char* name) {
        return bpf_map__fd(bpf_object__find_map_by_name(object_.get(), name));
    }
    void set_ports(std::uint32_t first, std::uint32_t last) {
        const weir_media_ports ports{first, last};
        const std::uint32_t index = 0;
        bpf_map_update_elem(map(WEIR_XDP_PORTS), &index, &ports, 0);
    }
    int run(const Frame& frame) {
        LIBBPF_OPTS(bpf_test_run_opts, options);
        options.data_in = frame.data();
        options.data_size_in = static_cast<std::uint32_t>(frame.size());
        options.repeat = 1;
        EXPECT_EQ(bpf_prog_test_run_opts(program_, &options), 0);
        return static_cast<int>(options.retval);
    }
    std::uint64_t without_socket() {
        std::vector<std::uint64_t> values(static_cast<std::size_t>(libbpf_num_possible_cpus()));
        const std::uint32_t index = WEIR_XDP_NO_SOCKET;
        bpf_map_lookup_elem(map(WEIR_XDP_COUNTS), &index, values.data());
        std::uint64_t sum = 0;
        for (const auto value : values)
            sum += value;
        return sum;
    }

    static constexpr std::uint32_t kQueue = 0;
    BpfObject object_;
    int program_ = -1;
    XdpSocket socket_;
};

FrameText v6() {
    FrameText text;
    text.from = kPeer6;
    text.to = kOurs6;
    return text;
}
FrameText with_port(FrameText text, std::uint16_t port) {
    text.port = port;
    return text;
}
FrameText with_tags(FrameText text, unsigned tags) {
    text.tags = tags;
    return text;
}
FrameText to(const IpAddress& address) {
    FrameText text;
    if (address.family == Family::v6) text.from = kPeer6;
    text.to = address;
    return text;
}
FrameText with_protocol(FrameText text, std::uint8_t protocol) {
    text.protocol = protocol;
    return text;
}
FrameText with_fragment(std::uint16_t fragment) {
    FrameText text;
    text.fragment = fragment;
    return text;
}
FrameText with_options(unsigned words) {
    FrameText text;
    text.option_words = words;
    return text;
}
FrameText with_extensions(const std::vector<std::uint8_t>& types,
                          const std::vector<Frame>& extensions) {
    FrameText text = v6();
    text.types = types;
    text.extensions = extensions;
    return text;
}
Frame extension(std::uint8_t length_field, std::size_t bytes, std::uint16_t rest = 0) {
    Frame header(bytes, 0);
    header[1] = length_field;
    header[2] = static_cast<std::uint8_t>(rest >> 8U);
    header[3] = static_cast<std::uint8_t>(rest & 0xFFU);
    return header;
}
Frame cut(Frame frame, std::size_t bytes) {
    frame.resize(bytes);
    return frame;
}
Frame with_byte(Frame frame, std::size_t at, std::uint8_t value) {
    frame[at] = value;
    return frame;
}
Frame with_type(Frame frame, unsigned type) {
    frame[12] = static_cast<std::uint8_t>(type >> 8U);
    frame[13] = static_cast<std::uint8_t>(type & 0xFFU);
    return frame;
}

struct Row {
    const char* what;
    Frame frame;
    int expected;
};

// ---- the table ----
std::vector<Row> rows_ipv4() {
    const FrameText text;
    return {
        {"media, first port", make_frame(text), XDP_REDIRECT},
        {"media, last port", make_frame(with_port(text, 16389)), XDP_REDIRECT},
        {"media, tagged", make_frame(with_tags(text, 1)), XDP_REDIRECT},
        {"media, empty datagram", cut(make_frame(text), 14 + 20 + 8), XDP_REDIRECT},
        {"media, cut behind its ports", cut(make_frame(text), 14 + 20 + 4), XDP_REDIRECT},
        {"media, wrong IP checksum", with_byte(make_frame(text), 14 + 10, 0xEE), XDP_REDIRECT},
        {"media, UDP length too large", with_byte(make_frame(text), 14 + 24, 0xFF), XDP_REDIRECT},
        {"media, first fragment", make_frame(with_fragment(0x2000)), XDP_REDIRECT},
        {"media, one option word", make_frame(with_options(1)), XDP_REDIRECT},
        {"media, ten option words", make_frame(with_options(10)), XDP_REDIRECT},
        {"the port below", make_frame(with_port(text, 16383)), XDP_PASS},
        {"the port above", make_frame(with_port(text, 16390)), XDP_PASS},
        {"SIP over UDP", make_frame(with_port(text, 5060)), XDP_PASS},
        {"DNS", make_frame(with_port(text, 53)), XDP_PASS},
        {"another address", make_frame(to(IpAddress::v4(192, 0, 2, 2))), XDP_PASS},
        {"broadcast", make_frame(to(IpAddress::v4(255, 255, 255, 255))), XDP_PASS},
        {"multicast", make_frame(to(IpAddress::v4(224, 0, 0, 18))), XDP_PASS},
        {"TCP to a media port", make_frame(with_protocol(text, 6)), XDP_PASS},
        {"TCP to SIP", make_frame(with_protocol(with_port(text, 5060), 6)), XDP_PASS},
        {"TCP to ssh", make_frame(with_protocol(with_port(text, 22), 6)), XDP_PASS},
        {"ICMP", make_frame(with_protocol(text, 1)), XDP_PASS},
        {"VRRP", make_frame(with_protocol(text, 112)), XDP_PASS},
        {"a later fragment", make_frame(with_fragment(0x2001)), XDP_PASS},
        {"the last fragment", make_frame(with_fragment(0x00B9)), XDP_PASS},
        {"two tags", make_frame(with_tags(text, 2)), XDP_PASS},
        {"cut within its ports", cut(make_frame(text), 14 + 20 + 3), XDP_PASS},
        {"cut within the IP header", cut(make_frame(text), 14 + 19), XDP_PASS},
        {"cut behind Ethernet", cut(make_frame(text), 14), XDP_PASS},
        {"cut within the tag", cut(make_frame(with_tags(text, 1)), 16), XDP_PASS},
        {"options that end the frame", cut(make_frame(with_options(10)), 14 + 40), XDP_PASS},
        {"IP version 5", with_byte(make_frame(text), 14, 0x55), XDP_PASS},
        {"a header of four words", with_byte(make_frame(text), 14, 0x44), XDP_PASS},
        {"ARP", with_type(make_frame(text), 0x0806), XDP_PASS},
        {"LLDP", with_type(make_frame(text), 0x88CC), XDP_PASS},
        {"a length for a type", with_type(make_frame(text), 0x0040), XDP_PASS},
    };
}

std::vector<Row> rows_ipv6() {
    const auto hop = extension(0, 8);
    const auto long_hop = extension(2, 24);
    const auto first = extension(0, 8, 0x0001);
    const auto later = extension(0, 8, 0x00B9);
    const auto authentication = extension(4, 24);
    const auto too_long = extension(255, 8);
    return {
        {"media", make_frame(v6()), XDP_REDIRECT},
        {"media, tagged", make_frame(with_tags(v6(), 1)), XDP_REDIRECT},
        {"hop-by-hop", make_frame(with_extensions({0}, {hop})), XDP_REDIRECT},
        {"routing", make_frame(with_extensions({43}, {long_hop})), XDP_REDIRECT},
        {"destination options", make_frame(with_extensions({60}, {hop})), XDP_REDIRECT},
        {"authentication", make_frame(with_extensions({51}, {authentication})), XDP_REDIRECT},
        {"first fragment", make_frame(with_extensions({44}, {first})), XDP_REDIRECT},
        {"six headers",
         make_frame(with_extensions({0, 60, 43, 60, 60, 60}, {hop, hop, hop, hop, hop, hop})),
         XDP_REDIRECT},
        {"a later fragment", make_frame(with_extensions({44}, {later})), XDP_PASS},
        {"seven headers",
         make_frame(
             with_extensions({0, 60, 43, 60, 60, 60, 60}, {hop, hop, hop, hop, hop, hop, hop})),
         XDP_PASS},
        {"a header beyond the frame", make_frame(with_extensions({0}, {too_long})), XDP_PASS},
        {"a header that ends the frame", cut(make_frame(with_extensions({0}, {hop})), 14 + 40 + 8),
         XDP_PASS},
        {"neighbour discovery", make_frame(with_protocol(v6(), 58)), XDP_PASS},
        {"TCP", make_frame(with_protocol(v6(), 6)), XDP_PASS},
        {"ESP", make_frame(with_extensions({50}, {hop})), XDP_PASS},
        {"no next header", make_frame(with_protocol(v6(), 59)), XDP_PASS},
        {"SIP over UDP", make_frame(with_port(v6(), 5060)), XDP_PASS},
        {"another address", make_frame(to(*IpAddress::parse("2001:db8::2"))), XDP_PASS},
        {"all nodes", make_frame(to(*IpAddress::parse("ff02::1"))), XDP_PASS},
        {"cut within the header", cut(make_frame(v6()), 14 + 39), XDP_PASS},
        {"IP version 4 behind IPv6's type", with_type(make_frame(FrameText{}), 0x86DD), XDP_PASS},
        {"IP version 6 behind IPv4's type", with_type(make_frame(v6()), 0x0800), XDP_PASS},
    };
}

TEST_F(MediaFilterProgram, TakesMediaOverIpv4AndNothingElse) {
    for (const Row& row : rows_ipv4())
        EXPECT_EQ(run(row.frame), row.expected) << row.what;
}

TEST_F(MediaFilterProgram, TakesMediaOverIpv6AndNothingElse) {
    for (const Row& row : rows_ipv6())
        EXPECT_EQ(run(row.frame), row.expected) << row.what;
}

TEST_F(MediaFilterProgram, TakesNothingWithoutAPortRange) {
    set_ports(0, 0);
    for (const std::uint16_t port : {0, 1, 5060, 16384, 65535})
        EXPECT_EQ(run(make_frame(with_port({}, port))), XDP_PASS) << port;
}

TEST_F(MediaFilterProgram, TheLastPortOfAllCanBeMedia) {
    set_ports(65534, 65535);
    EXPECT_EQ(run(make_frame(with_port({}, 65535))), XDP_REDIRECT);
    EXPECT_EQ(run(make_frame(with_port({}, 65533))), XDP_PASS);
}

TEST_F(MediaFilterProgram, CountsMediaOfAQueueWithoutSocketAndPassesIt) {
    ASSERT_EQ(bpf_map_delete_elem(map(WEIR_XDP_SOCKETS), &kQueue), 0);
    EXPECT_EQ(run(make_frame({})), XDP_PASS);
    EXPECT_EQ(run(make_frame(with_port({}, 5060))), XDP_PASS);
    EXPECT_EQ(without_socket(), 1U);
}

// Whatever the bytes are, the kernel's verifier has proven that they are not read beyond the frame;
// here, that none of them is taken by mistake.
TEST_F(MediaFilterProgram, TakesNoFrameOfAnotherAddressHoweverItIsDamaged) {
    std::uint32_t random = 12345;
    for (int round = 0; round < 2000; ++round) {
        Frame frame = make_frame(round % 2 == 0 ? to(IpAddress::v4(192, 0, 2, 2)) : to(kPeer6));
        for (int i = 0; i < 3; ++i) {
            random = random * 1664525U + 1013904223U;
            const std::size_t at = (random >> 8U) % 24;  // up to the addresses
            frame[at] = static_cast<std::uint8_t>(random >> 24U);
        }
        EXPECT_EQ(run(frame), XDP_PASS) << "round " << round << " of seed 12345";
    }
}

}  // namespace
}  // namespace weir::dataplane::tests
