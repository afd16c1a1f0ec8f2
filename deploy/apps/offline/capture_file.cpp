// SPDX-License-Identifier: Apache-2.0
// Walks the records of a pcap file and the blocks of a pcapng file
// (https://datatracker.ietf.org/doc/html/draft-ietf-opsawg-pcap, ...-pcapng).
#include "deploy/apps/offline/capture_file.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "deploy/apps/offline/capture_limits.hpp"

namespace weir::apps {
namespace {

constexpr std::uint32_t kMagicMicroseconds = 0xA1B2C3D4;
constexpr std::uint32_t kMagicNanoseconds = 0xA1B23C4D;
constexpr std::size_t kFileHeader = 24;
constexpr std::size_t kRecordHeader = 16;

constexpr std::uint32_t kSectionHeader = 0x0A0D0D0A;  // the same in both byte orders
constexpr std::uint32_t kByteOrderMagic = 0x1A2B3C4D;
constexpr std::uint32_t kInterfaceBlock = 1;
constexpr std::uint32_t kObsoletePacket = 2;
constexpr std::uint32_t kSimplePacket = 3;
constexpr std::uint32_t kEnhancedPacket = 6;
constexpr std::size_t kBlockFrame = 12;  // type and length in front, length behind

std::uint32_t byte_at(std::string_view from, std::size_t at) {
    return static_cast<unsigned char>(from[at]);
}

std::uint32_t big_u32(std::string_view from) {
    return byte_at(from, 0) << 24U | byte_at(from, 1) << 16U | byte_at(from, 2) << 8U |
           byte_at(from, 3);
}

std::uint32_t little_u32(std::string_view from) {
    return byte_at(from, 3) << 24U | byte_at(from, 2) << 16U | byte_at(from, 1) << 8U |
           byte_at(from, 0);
}

bool is_classic(std::uint32_t magic) {
    return magic == kMagicMicroseconds || magic == kMagicNanoseconds;
}

}  // namespace

std::uint16_t CaptureFile::u16(std::string_view from, std::size_t at) const {
    const auto first = byte_at(from, at);
    const auto second = byte_at(from, at + 1);
    return static_cast<std::uint16_t>(big_endian_ ? first << 8U | second : second << 8U | first);
}

std::uint32_t CaptureFile::u32(std::string_view from, std::size_t at) const {
    const std::string_view four = from.substr(at, 4);
    return big_endian_ ? big_u32(four) : little_u32(four);
}

Result<CaptureFile> CaptureFile::open(std::string_view bytes) {
    CaptureFile file(bytes);
    if (bytes.size() >= 4 && big_u32(bytes) == kSectionHeader) {
        file.is_ng_ = true;
        return file;
    }
    if (bytes.size() >= kFileHeader) {
        file.big_endian_ = is_classic(big_u32(bytes));
        if (file.big_endian_ || is_classic(little_u32(bytes))) {
            // The upper bits of the link type hold the length of a frame check sequence.
            file.link_types_.push_back(file.u32(bytes, 20) & 0x0FFFFFFFU);
            file.at_ = kFileHeader;
            return file;
        }
    }
    return fail(ErrorCode::invalid,
                bytes.size() >= 2 && byte_at(bytes, 0) == 0x1F && byte_at(bytes, 1) == 0x8B
                    ? "the file is compressed: gunzip it first"
                    : "the file is neither a pcap nor a pcapng capture (an INVITE as text goes to "
                      "--invite)");
}

std::optional<CapturedFrame> CaptureFile::next() {
    if (at_ >= bytes_.size() || !fault_.empty()) return std::nullopt;
    return is_ng_ ? next_block() : next_classic();
}

std::optional<CapturedFrame> CaptureFile::next_classic() {
    const std::string_view rest = bytes_.substr(at_);
    if (rest.size() < kRecordHeader) {
        fault_ = "the last record is cut short";
        return std::nullopt;
    }
    const std::uint32_t captured = u32(rest, 8);
    if (captured > kCaptureMaxFrame || captured > rest.size() - kRecordHeader) {
        fault_ = fmt::format("record {} is cut short or damaged", frames_ + 1);
        return std::nullopt;
    }
    at_ += kRecordHeader + captured;
    return CapturedFrame{++frames_, link_types_.front(), rest.substr(kRecordHeader, captured)};
}

std::optional<CapturedFrame> CaptureFile::next_block() {
    while (at_ < bytes_.size()) {
        const std::string_view rest = bytes_.substr(at_);
        if (rest.size() < kBlockFrame) {
            fault_ = "the last block is cut short";
            return std::nullopt;
        }
        const bool section = big_u32(rest) == kSectionHeader;
        // The byte order of a section stands in its head, behind the length that it rules.
        if (section && !begin_section(rest)) return std::nullopt;
        const std::uint32_t length = u32(rest, 4);
        if (length < kBlockFrame || length % 4 != 0 || length > rest.size()) {
            fault_ = fmt::format("the block at byte {} is cut short or damaged", at_);
            return std::nullopt;
        }
        at_ += length;
        if (section) continue;
        const std::string_view body = rest.substr(8, length - kBlockFrame);
        const std::uint32_t type = u32(rest, 0);
        if (type == kInterfaceBlock) begin_interface(body);
        if (auto frame = packet(type, body)) return frame;
    }
    return std::nullopt;
}

bool CaptureFile::begin_section(std::string_view body) {
    if (body.size() >= kBlockFrame + 4) {
        big_endian_ = big_u32(body.substr(8)) == kByteOrderMagic;
        link_types_.clear();
        if (big_endian_ || little_u32(body.substr(8)) == kByteOrderMagic) return true;
    }
    fault_ = "the head of a pcapng section is damaged";
    return false;
}

void CaptureFile::begin_interface(std::string_view body) {
    if (body.size() >= 8 && link_types_.size() < kCaptureMaxInterfaces)
        link_types_.push_back(u16(body, 0));
}

std::optional<CapturedFrame> CaptureFile::packet(std::uint32_t type, std::string_view body) {
    std::size_t head = 0;
    std::size_t interface = 0;
    std::size_t captured = 0;
    if ((type == kEnhancedPacket || type == kObsoletePacket) && body.size() >= 20) {
        head = 20;
        interface = type == kEnhancedPacket ? u32(body, 0) : u16(body, 0);
        captured = u32(body, 12);
    } else if (type == kSimplePacket && body.size() >= 4) {
        head = 4;
        captured = std::min<std::size_t>(u32(body, 0), body.size() - head);
    } else {
        return std::nullopt;
    }
    ++frames_;
    if (interface >= link_types_.size() || captured > body.size() - head) return std::nullopt;
    return CapturedFrame{frames_, link_types_[interface], body.substr(head, captured)};
}

}  // namespace weir::apps
