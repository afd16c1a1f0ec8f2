// SPDX-License-Identifier: Apache-2.0
// A capture file of a traced call: IP and UDP or TCP headers around each message.
#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <utility>

#include "signaling/trace/describe.hpp"
#include "signaling/trace/render.hpp"
#include "signaling/trace/ways.hpp"

namespace weir::signaling {
namespace {

constexpr std::uint32_t kLinkTypeRaw = 101;
constexpr std::size_t kMostBytes = 65'000;  // a longer message is cut: a datagram holds no more

// The file's own numbers are in the byte order of the machine, those of the network big endian.
template <typename Number>
void put_native(std::string& out, Number number) {
    std::array<char, sizeof number> bytes{};
    std::memcpy(bytes.data(), &number, sizeof number);
    out.append(bytes.data(), bytes.size());
}
void put16(std::string& out, std::size_t number) {
    out.push_back(static_cast<char>(number >> 8U));
    out.push_back(static_cast<char>(number));
}
void put_address(std::string& out, const IpAddress& address) {
    const std::size_t size = address.family == Family::v6 ? 16 : 4;
    out.append(reinterpret_cast<const char*>(address.bytes.data()), size);
}

std::uint16_t internet_checksum(std::string_view bytes) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2)
        sum += static_cast<std::uint32_t>(static_cast<std::uint8_t>(bytes[i]) << 8U |
                                          static_cast<std::uint8_t>(bytes[i + 1]));
    while (sum >> 16U)
        sum = (sum & 0xffffU) + (sum >> 16U);
    return static_cast<std::uint16_t>(~sum);
}

constexpr char kUdp = 17;
constexpr char kTcp = 6;

// Around `payload`, which begins with the header of `protocol`.
std::string packet(const SipPath& path, bool is_ours, char protocol, std::string_view payload) {
    const IpAddress& from = (is_ours ? path.local : path.remote).address;
    const IpAddress& to = (is_ours ? path.remote : path.local).address;
    std::string out;
    if (to.family == Family::v6) {
        out = std::string("\x60\0\0\0", 4);
        put16(out, payload.size());
        out.push_back(protocol);
        out.push_back('\x40');  // hop limit 64
        put_address(out, from);
        put_address(out, to);
    } else {
        out = std::string("\x45\0", 2);
        put16(out, 20 + payload.size());
        out += std::string("\0\0\0\0\x40", 5);
        out.push_back(protocol);
        put16(out, 0);
        put_address(out, from);
        put_address(out, to);
        const std::uint16_t sum = internet_checksum(out);
        out[10] = static_cast<char>(sum >> 8U);
        out[11] = static_cast<char>(sum);
    }
    return out.append(payload);
}

std::string file_header() {
    std::string file;
    put_native(file, std::uint32_t{0xa1b2c3d4});
    put_native(file, std::uint16_t{2});
    put_native(file, std::uint16_t{4});
    put_native(file, std::uint64_t{0});
    put_native(file, std::uint32_t{262'144});
    put_native(file, kLinkTypeRaw);
    return file;
}

// The capture as it grows. Messages by TCP stand in segments of one message each, numbered from 1
// in each direction; those by TLS, which nobody could read otherwise, in datagrams.
class Capture {
public:
    explicit Capture(const RecordedCall& call) : ways_(call) {}

    void add(const TracedMessage& traced, WallTime wall);
    // A request that went once more, by UDP.
    void add_again(const SentWay& way, WallTime wall);
    std::string take() { return std::move(file_); }

private:
    [[nodiscard]] std::string transport_header(const SipPath& path, bool is_ours,
                                               std::size_t bytes);
    void write(const SipPath& path, bool is_ours, const std::string& text, WallTime wall);

    Ways ways_;
    std::string file_ = file_header();
    std::map<std::pair<Endpoint, Endpoint>, std::uint32_t> sent_;  // bytes by TCP, from and to
    std::map<std::pair<std::string, std::uint32_t>, std::string> large_;  // by Call-ID and CSeq
};

std::string Capture::transport_header(const SipPath& path, bool is_ours, std::size_t bytes) {
    const Endpoint& from = is_ours ? path.local : path.remote;
    const Endpoint& to = is_ours ? path.remote : path.local;
    std::string out;
    put16(out, from.port);
    put16(out, to.port);
    if (path.transport != SipTransport::tcp) {
        put16(out, 8 + bytes);
        put16(out, 0);  // no checksum: the message was not captured, it is told
        return out;
    }
    std::uint32_t& sent = sent_[{from, to}];
    const std::uint32_t received = sent_[{to, from}];
    for (const std::uint32_t number : {sent + 1, received + 1}) {
        put16(out, number >> 16U);
        put16(out, number & 0xffffU);
    }
    sent += static_cast<std::uint32_t>(bytes);
    out += std::string("\x50\x18\xff\xff", 4);  // 20 bytes; PSH and ACK; window
    put16(out, 0);
    put16(out, 0);
    return out;
}

void Capture::write(const SipPath& path, bool is_ours, const std::string& text, WallTime wall) {
    if (path.local.address.family != path.remote.address.family || !path.remote.is_set()) return;
    const auto whole = std::string_view(text).substr(0, kMostBytes);
    const std::string bytes =
        packet(path, is_ours, path.transport == SipTransport::tcp ? kTcp : kUdp,
               transport_header(path, is_ours, whole.size()).append(whole));
    put_native(file_, static_cast<std::uint32_t>(wall.ns / 1'000'000'000));
    put_native(file_, static_cast<std::uint32_t>(wall.ns % 1'000'000'000 / 1000));
    put_native(file_, static_cast<std::uint32_t>(bytes.size()));
    put_native(file_, static_cast<std::uint32_t>(bytes.size()));
    file_ += bytes;
}

void Capture::add(const TracedMessage& traced, WallTime wall) {
    const SipPath path = ways_.of(traced);
    const std::string text = to_wire(*traced.message);
    write(path, traced.is_ours, text, wall);
    // What the machine meant for UDP and went by TCP may go by UDP after all.
    const auto sent = sent_way(*traced.message, path);
    if (sent && traced.is_ours && traced.message->is_request && path != traced.path)
        large_[{sent->sip_call_id, sent->cseq}] = text;
}

void Capture::add_again(const SentWay& way, WallTime wall) {
    ways_.note(way);
    const auto found = large_.find({way.sip_call_id, way.cseq});
    if (found != large_.end()) write(way.path, true, found->second, wall);
}

}  // namespace

std::string trace_pcap(const RecordedCall& call) {
    Capture capture(call);
    const std::string& caller_id = call.setup.caller.sip_call_id;
    for (const RecordedStep& step : call.steps) {
        const TracedMessage invite{&call.setup.invite.message, Side::a, false,
                                   call.setup.invite.path};
        if (const auto came =
                step.input ? message_of(*step.input, caller_id) : std::optional(invite))
            capture.add(*came, step.now.wall);
        for (const CallAction& action : step.actions)
            if (const auto sent = message_of(action, caller_id)) capture.add(*sent, step.now.wall);
        for (const auto& [now, way] : step.ways)
            if (way.path.transport == SipTransport::udp) capture.add_again(way, now.wall);
    }
    return capture.take();
}

}  // namespace weir::signaling
