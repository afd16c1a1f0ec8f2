// SPDX-License-Identifier: Apache-2.0
// The frames of a capture file: classic pcap and pcapng, either byte order.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "config/base/result.hpp"

namespace weir::apps {

struct CapturedFrame {
    std::uint64_t number = 0;     // from 1, as Wireshark counts
    std::uint32_t link_type = 0;  // LINKTYPE_..., https://www.tcpdump.org/linktypes.html
    std::string_view bytes;       // as far as they were captured
};

// Reads frame after frame out of bytes that must outlive it; total on any bytes, never behind
// their end. Thread: one.
class CaptureFile {
public:
    // Errors: invalid: the bytes are no capture, with what they seem to be.
    [[nodiscard]] static Result<CaptureFile> open(std::string_view bytes);

    // Nothing at the end, and where the file is cut short or damaged: see `fault`.
    [[nodiscard]] std::optional<CapturedFrame> next();
    [[nodiscard]] const std::string& fault() const { return fault_; }

private:
    explicit CaptureFile(std::string_view bytes) : bytes_(bytes) {}
    [[nodiscard]] std::optional<CapturedFrame> next_classic();
    [[nodiscard]] std::optional<CapturedFrame> next_block();
    bool begin_section(std::string_view body);
    void begin_interface(std::string_view body);
    [[nodiscard]] std::optional<CapturedFrame> packet(std::uint32_t type, std::string_view body);
    [[nodiscard]] std::uint16_t u16(std::string_view from, std::size_t at) const;
    [[nodiscard]] std::uint32_t u32(std::string_view from, std::size_t at) const;

    std::string_view bytes_;
    std::size_t at_ = 0;
    std::uint64_t frames_ = 0;
    bool is_ng_ = false;
    bool big_endian_ = false;
    std::vector<std::uint32_t> link_types_;  // of the interfaces; classic: one
    std::string fault_;
};

}  // namespace weir::apps
