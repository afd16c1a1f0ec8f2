// SPDX-License-Identifier: Apache-2.0
// The flow file, and frames from a template: only the numbers and the checksum are written anew.
#include "bench/traffic/rtp_flow.hpp"

#include <cstring>
#include <fstream>
#include <sstream>

#include <arpa/inet.h>
#include <fmt/format.h>

#include "dataplane/engine/checksum.hpp"

namespace weir::bench {
namespace {

constexpr std::size_t kUdpChecksum = kUdpOffset + 6;
constexpr std::size_t kSequence = kRtpOffset + 2;
constexpr std::size_t kTimestamp = kRtpOffset + 4;
constexpr std::uint32_t kSamples = 160;
constexpr std::uint8_t kTtl = 64;

bool read_endpoint(const std::string& text, WireEndpoint& endpoint) {
    if (text == "any") {
        endpoint = {};
        return true;
    }
    const auto colon = text.find(':');
    if (colon == std::string::npos) return false;
    in_addr address{};
    if (inet_pton(AF_INET, text.substr(0, colon).c_str(), &address) != 1) return false;
    const int port = std::atoi(text.c_str() + colon + 1);
    if (port < 1 || port > 65535) return false;
    endpoint = {address.s_addr, htons(static_cast<std::uint16_t>(port))};
    return true;
}

template <typename T>
void put(std::uint8_t* at, T value) {
    std::memcpy(at, &value, sizeof value);
}
void put16(std::uint8_t* at, std::size_t value) {
    put(at, htons(static_cast<std::uint16_t>(value)));
}

std::uint64_t sum_of(const std::uint8_t* at, std::size_t bytes) {
    return dataplane::checksum_add(0, {at, bytes});
}

}  // namespace

Result<std::vector<RtpFlow>> read_flows(const std::string& path) {
    std::ifstream file(path);
    if (!file) return fail(ErrorCode::not_found, path + ": cannot be read");
    std::vector<RtpFlow> flows;
    std::string line;
    for (int number = 1; std::getline(file, line); ++number) {
        std::istringstream words(line);
        RtpFlow flow;
        std::string from, to, relayed, copied = "any";
        words >> flow.device >> from >> to >> relayed;
        const bool has_four = !words.fail();
        words >> copied;
        if (!has_four || !read_endpoint(from, flow.from) || !read_endpoint(to, flow.to) ||
            !read_endpoint(relayed, flow.relayed_to) || !read_endpoint(copied, flow.copied_to))
            return fail(ErrorCode::invalid, fmt::format("{}:{}: not a flow", path, number));
        flows.push_back(flow);
    }
    if (flows.empty()) return fail(ErrorCode::invalid, path + ": no flows");
    return flows;
}

std::uint8_t filler(std::uint32_t flow, std::size_t offset) {
    return static_cast<std::uint8_t>(flow * 7 + offset);
}

FlowFrame::FlowFrame(const RtpFlow& flow, std::uint32_t index, const DeviceMacs& macs)
    : timestamp_(index * 1000), sequence_(static_cast<std::uint16_t>(index)) {
    std::uint8_t* f = frame_.data();
    std::memcpy(f, macs.peer.data(), macs.peer.size());
    std::memcpy(f + 6, macs.own.data(), macs.own.size());
    put16(f + 12, 0x0800);
    f[kIpOffset] = 0x45;
    put16(f + kIpOffset + 2, kFrameBytes - kIpOffset);
    f[kIpOffset + 8] = kTtl;
    f[kIpOffset + 9] = IPPROTO_UDP;
    put(f + kIpOffset + 12, flow.from.address);
    put(f + kIpOffset + 16, flow.to.address);
    put(f + kIpOffset + 10,
        static_cast<std::uint16_t>(~dataplane::checksum_fold(sum_of(f + kIpOffset, 20))));
    put(f + kUdpOffset, flow.from.port);
    put(f + kUdpOffset + 2, flow.to.port);
    put16(f + kUdpOffset + 4, kFrameBytes - kUdpOffset);
    f[kRtpOffset] = 0x80;  // version 2, payload type 0 (PCMU)
    put(f + kRtpOffset + 8, htonl(0x57000000U + index));
    for (std::size_t i = kStampOffset + sizeof(Stamp); i < kFrameBytes; ++i)
        f[i] = filler(index, i);
    put(f + kStampOffset, Stamp{kMagic, index, 0, 0, 0});
    sum_ = sum_of(f + kUdpOffset, kFrameBytes - kUdpOffset) + sum_of(f + kIpOffset + 12, 8) +
           htons(IPPROTO_UDP) + htons(static_cast<std::uint16_t>(kFrameBytes - kUdpOffset));
}

void FlowFrame::write_next(std::uint8_t* frame, std::uint32_t number, std::uint32_t phase,
                           std::uint64_t now_tsc) {
    timestamp_ += kSamples;
    const std::uint16_t sequence = htons(++sequence_);
    const std::uint32_t timestamp = htonl(timestamp_);
    std::memcpy(frame, frame_.data(), kFrameBytes);
    put(frame + kSequence, sequence);
    put(frame + kTimestamp, timestamp);
    put(frame + kStampOffset + offsetof(Stamp, number), number);
    put(frame + kStampOffset + offsetof(Stamp, phase), phase);
    put(frame + kStampOffset + offsetof(Stamp, sent_tsc), now_tsc);
    // Every one of them begins at an even place of the datagram: their words can be added.
    const std::uint64_t sum =
        sum_ + sequence + timestamp + number + phase + (now_tsc & 0xFFFFFFFFU) + (now_tsc >> 32U);
    const auto checksum = static_cast<std::uint16_t>(~dataplane::checksum_fold(sum));
    put(frame + kUdpChecksum, checksum == 0 ? std::uint16_t{0xFFFF} : checksum);  // RFC 768
}

}  // namespace weir::bench
