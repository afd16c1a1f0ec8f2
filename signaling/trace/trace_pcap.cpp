// SPDX-License-Identifier: Apache-2.0
// A capture file of a traced call: IP and UDP headers around each message.
#include <algorithm>
#include <array>
#include <cstring>

#include "signaling/trace/describe.hpp"
#include "signaling/trace/render.hpp"

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

std::uint16_t checksum(std::string_view bytes) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2)
        sum += static_cast<std::uint32_t>(static_cast<std::uint8_t>(bytes[i]) << 8U |
                                          static_cast<std::uint8_t>(bytes[i + 1]));
    while (sum >> 16U)
        sum = (sum & 0xffffU) + (sum >> 16U);
    return static_cast<std::uint16_t>(~sum);
}

std::string packet(const Endpoint& from, const Endpoint& to, std::string_view payload) {
    const std::size_t udp = 8 + payload.size();
    std::string out;
    if (to.address.family == Family::v6) {
        out = std::string("\x60\0\0\0", 4);
        put16(out, udp);
        out += "\x11\x40";  // UDP, hop limit 64
        put_address(out, from.address);
        put_address(out, to.address);
    } else {
        out = std::string("\x45\0", 2);
        put16(out, 20 + udp);
        out += std::string("\0\0\0\0\x40\x11\0\0", 8);
        put_address(out, from.address);
        put_address(out, to.address);
        const std::uint16_t sum = checksum(out);
        out[10] = static_cast<char>(sum >> 8U);
        out[11] = static_cast<char>(sum);
    }
    put16(out, from.port);
    put16(out, to.port);
    put16(out, udp);
    put16(out, 0);  // no checksum: the message was not captured, it is told
    return out.append(payload);
}

// Where the messages of each leg travel; learned from those that say it.
class Legs {
public:
    explicit Legs(const CallSetup& setup) {
        paths_[0] = setup.invite.path;
        if (!setup.routes.empty()) paths_[1] = setup.routes.front().dialog.path;
    }
    SipPath of(const TracedMessage& traced) {
        SipPath& path = paths_[static_cast<std::size_t>(traced.side)];
        if (traced.path.remote.is_set()) path = traced.path;
        return path;
    }

private:
    std::array<SipPath, 2> paths_;
};

void add(std::string& file, Legs& legs, const TracedMessage& traced, WallTime wall) {
    const SipPath path = legs.of(traced);
    if (path.local.address.family != path.remote.address.family || !path.remote.is_set()) return;
    const std::string text = to_wire(*traced.message);
    const std::string bytes =
        packet(traced.is_ours ? path.local : path.remote, traced.is_ours ? path.remote : path.local,
               std::string_view(text).substr(0, kMostBytes));
    put_native(file, static_cast<std::uint32_t>(wall.ns / 1'000'000'000));
    put_native(file, static_cast<std::uint32_t>(wall.ns % 1'000'000'000 / 1000));
    put_native(file, static_cast<std::uint32_t>(bytes.size()));
    put_native(file, static_cast<std::uint32_t>(bytes.size()));
    file += bytes;
}

}  // namespace

std::string trace_pcap(const RecordedCall& call) {
    std::string file;
    put_native(file, std::uint32_t{0xa1b2c3d4});
    put_native(file, std::uint16_t{2});
    put_native(file, std::uint16_t{4});
    put_native(file, std::uint64_t{0});
    put_native(file, std::uint32_t{262'144});
    put_native(file, kLinkTypeRaw);
    Legs legs(call.setup);
    const std::string& caller_id = call.setup.caller.sip_call_id;
    for (const RecordedStep& step : call.steps) {
        const TracedMessage invite{&call.setup.invite.message, Side::a, false,
                                   call.setup.invite.path};
        if (const auto came =
                step.input ? message_of(*step.input, caller_id) : std::optional(invite))
            add(file, legs, *came, step.now.wall);
        for (const CallAction& action : step.actions)
            if (const auto sent = message_of(action, caller_id))
                add(file, legs, *sent, step.now.wall);
    }
    return file;
}

}  // namespace weir::signaling
