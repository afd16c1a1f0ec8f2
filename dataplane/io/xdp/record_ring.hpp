// SPDX-License-Identifier: Apache-2.0
// RecordRing: the packets that the XDP program has relayed on one receive queue, in order: our end
// of a BPF ring buffer (kernel: Documentation/bpf/ringbuf.rst).
//
// Thread: create(): control; the rest: the worker that polls the queue. No system call.
#pragma once

#include <cstdint>

#include "config/base/result.hpp"
#include "config/base/unique_fd.hpp"
#include "dataplane/io/xdp/flow_maps.h"

namespace weir::dataplane {

class RecordRing {
public:
    // Makes the ring in the kernel. Errors: denied (CAP_BPF), exhausted, io.
    [[nodiscard]] static Result<RecordRing> create();
    RecordRing(RecordRing&& other) noexcept;
    RecordRing& operator=(RecordRing&&) = delete;
    ~RecordRing();

    [[nodiscard]] int fd() const noexcept { return fd_.get(); }

    // Where the program will write next, and where we read next; both count bytes and never wrap.
    [[nodiscard]] std::uint64_t produced() const noexcept;
    [[nodiscard]] std::uint64_t consumed() const noexcept { return at_; }
    // The oldest record before `end`, or null. It stays until release().
    [[nodiscard]] const weir_record* front(std::uint64_t end) noexcept;
    // Gives the front's room back to the program.
    void release() noexcept;

private:
    RecordRing() = default;
    void unmap() noexcept;
    void skip(std::uint32_t bytes) noexcept;
    void prefetch_ahead() const noexcept;

    UniqueFd fd_;
    std::uint8_t* consumer_ = nullptr;  // a page: our position
    std::uint8_t* producer_ = nullptr;  // a page: the program's, then the data, twice
    std::uint8_t* data_ = nullptr;
    std::uint64_t at_ = 0;
};

}  // namespace weir::dataplane
