// SPDX-License-Identifier: Apache-2.0
// Writing and repairing WAV files.
#include "forking/recorder/wav_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace weir::forking {
namespace {

constexpr std::uint16_t kFormatALaw = 6;   // WAVE_FORMAT_ALAW (RFC 2361 A.7)
constexpr std::uint16_t kFormatMuLaw = 7;  // WAVE_FORMAT_MULAW (RFC 2361 A.8)
constexpr std::uint32_t kSampleRate = 8000;

using HeaderBytes = std::array<std::uint8_t, kWavHeaderBytes>;

// RIFF is little-endian; the header is built byte by byte so that no host order matters.
class HeaderWriter {
public:
    void tag(const char (&text)[5]) {
        for (std::size_t i = 0; i < 4; ++i)
            put(static_cast<std::uint8_t>(text[i]));
    }
    void u16(std::uint16_t value) {
        put(static_cast<std::uint8_t>(value & 0xFFU));
        put(static_cast<std::uint8_t>(value >> 8U));
    }
    void u32(std::uint32_t value) {
        u16(static_cast<std::uint16_t>(value & 0xFFFFU));
        u16(static_cast<std::uint16_t>(value >> 16U));
    }
    [[nodiscard]] const HeaderBytes& bytes() const { return bytes_; }

private:
    void put(std::uint8_t byte) { bytes_.at(used_++) = byte; }
    HeaderBytes bytes_{};
    std::size_t used_ = 0;
};

HeaderBytes header_bytes(Law711 law, std::uint64_t data_bytes) {
    const auto data = static_cast<std::uint32_t>(data_bytes);
    const std::uint32_t pad = data & 1U;
    HeaderWriter out;
    out.tag("RIFF");
    out.u32(data + pad + static_cast<std::uint32_t>(kWavHeaderBytes) - 8);
    out.tag("WAVE");
    out.tag("fmt ");
    out.u32(18);  // with the cbSize that formats other than PCM need
    out.u16(law == Law711::mu ? kFormatMuLaw : kFormatALaw);
    out.u16(1);            // channels
    out.u32(kSampleRate);  // samples per second
    out.u32(kSampleRate);  // bytes per second
    out.u16(1);            // bytes per sample
    out.u16(8);            // bits per sample
    out.u16(0);            // cbSize
    out.tag("fact");       // samples: required for formats other than PCM
    out.u32(4);
    out.u32(data);
    out.tag("data");
    out.u32(data);
    return out.bytes();
}

std::uint64_t data_size_of(const HeaderBytes& header) {
    std::uint64_t size = 0;
    for (std::size_t i = 0; i < 4; ++i)
        size |= std::uint64_t{header.at(54 + i)} << (8 * i);
    return size;
}

Result<void> write_all(int fd, ByteSpan bytes, std::uint64_t offset, const std::string& path) {
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t n = ::pwrite(fd, bytes.data() + done, bytes.size() - done,
                                   static_cast<off_t>(offset + done));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fail_errno("write " + path, errno);
        done += static_cast<std::size_t>(n);
    }
    return {};
}

}  // namespace

Result<WavFile> WavFile::create(const std::string& path, Law711 law) {
    UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640));
    if (!fd.is_open()) {
        if (errno == EEXIST) return fail(ErrorCode::exists, path + " exists already");
        return fail_errno("make " + path, errno);
    }
    WavFile file(std::move(fd), path, law);
    WEIR_TRY(file.write_header());
    return file;
}

Result<void> WavFile::append(ByteSpan samples) {
    if (data_bytes_ + samples.size() > kWavMaxDataBytes)
        return fail(ErrorCode::exhausted,
                    path_ + " has reached the 4 GiB that a WAV file can hold");
    WEIR_TRY(write_all(fd_.get(), samples, kWavHeaderBytes + data_bytes_, path_));
    data_bytes_ += samples.size();
    return write_header();
}

Result<void> WavFile::finish() {
    if (data_bytes_ % 2 == 1) {
        const std::array<std::uint8_t, 1> pad{};
        WEIR_TRY(write_all(fd_.get(), pad, kWavHeaderBytes + data_bytes_, path_));
    }
    // Network file systems tell of a full disk only now. No fdatasync: hundreds of calls that end
    // together would wait for the disk, and a power failure costs what the page cache holds either
    // way.
    if (::close(fd_.release()) != 0) return fail_errno("close " + path_, errno);
    return {};
}

Result<void> WavFile::write_header() {
    return write_all(fd_.get(), header_bytes(law_, data_bytes_), 0, path_);
}

Result<std::uint64_t> WavFile::repair(const std::string& path) {
    UniqueFd fd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    if (!fd.is_open()) return fail_errno("open " + path, errno);
    struct stat info {};
    if (::fstat(fd.get(), &info) != 0) return fail_errno("look at " + path, errno);
    HeaderBytes found{};
    const ssize_t n = ::pread(fd.get(), found.data(), found.size(), 0);
    if (n < 0) return fail_errno("read " + path, errno);
    for (const Law711 law : {Law711::mu, Law711::a}) {
        const HeaderBytes expected = header_bytes(law, 0);
        // Bytes 8..49 hold no size (RIFF size is 4..7, fact 46..49, data 54..57).
        const bool ours = static_cast<std::size_t>(n) == found.size() &&
                          std::equal(found.begin() + 8, found.begin() + 46, expected.begin() + 8);
        if (!ours) continue;
        const std::uint64_t length = static_cast<std::uint64_t>(info.st_size) - kWavHeaderBytes;
        const std::uint64_t promised = data_size_of(found);
        if (promised + promised % 2 == length) return promised;  // whole, with its pad byte
        WavFile file(std::move(fd), path, law);
        file.data_bytes_ = std::min<std::uint64_t>(length, kWavMaxDataBytes);
        WEIR_TRY(file.write_header());
        const std::uint64_t data_bytes = file.data_bytes_;
        WEIR_TRY(file.finish());
        return data_bytes;
    }
    return fail(ErrorCode::invalid, path + " is no WAV file of ours");
}

}  // namespace weir::forking
