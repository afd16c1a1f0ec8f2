// SPDX-License-Identifier: Apache-2.0
// WavFile: a growing WAV file of G.711 that a reader understands at any instant.
//
// Thread: the recorder's disk thread. The samples are the RTP payload as it came, format 7 (mu-law)
// or 6 (A-law), 8000 Hz, one channel. The sizes in the header never promise more than is on the
// disk: data are written first, then the header. What a crash cuts off is at most the last block.
#pragma once

#include <cstdint>
#include <string>

#include "config/base/bytes.hpp"
#include "config/base/result.hpp"
#include "config/base/unique_fd.hpp"

namespace weir::forking {

enum class Law711 : std::uint8_t { mu, a };  // PCMU and PCMA (RFC 3551 4.5.14)

inline constexpr std::size_t kWavHeaderBytes = 58;  // RIFF, fmt with cbSize, fact, data
// RIFF sizes have 32 bits: 4 GiB of G.711 are 149 hours, longer than any call.
inline constexpr std::uint64_t kWavMaxDataBytes = 0xFFFF'FF00ULL - kWavHeaderBytes;

class WavFile {
public:
    // Makes the file; one that exists is an error (exists): no recording is ever written over.
    [[nodiscard]] static Result<WavFile> create(const std::string& path, Law711 law);
    // Appends samples and brings the header up to date. After an error the file stays as it was.
    [[nodiscard]] Result<void> append(ByteSpan samples);
    // Pads to an even length (RIFF) and closes.
    [[nodiscard]] Result<void> finish();
    [[nodiscard]] std::uint64_t data_bytes() const { return data_bytes_; }

    // Brings the header of a file that a crash left behind up to its real length. Gives the number
    // of data bytes. Errors: invalid (no WAV file of ours), io.
    [[nodiscard]] static Result<std::uint64_t> repair(const std::string& path);

private:
    WavFile(UniqueFd fd, std::string path, Law711 law)
        : fd_(std::move(fd)), path_(std::move(path)), law_(law) {}
    [[nodiscard]] Result<void> write_header();

    UniqueFd fd_;
    std::string path_;
    Law711 law_ = Law711::mu;
    std::uint64_t data_bytes_ = 0;
};

}  // namespace weir::forking
