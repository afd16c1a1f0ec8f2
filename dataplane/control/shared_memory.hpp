// SPDX-License-Identifier: Apache-2.0
// The memfd in which sessions, accounts and pre-roll live: the supervisor's, or one of our own.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "config/base/log.hpp"
#include "config/base/result.hpp"
#include "config/base/unique_fd.hpp"
#include "dataplane/engine/shared_state.hpp"

namespace weir::dataplane {

// A shared mapping of a whole memfd; unmapped at the end. Thread: control; the bytes: anyone's.
class MemoryMapping {
public:
    [[nodiscard]] static Result<MemoryMapping> map(int fd, std::size_t bytes);
    MemoryMapping(MemoryMapping&& from) noexcept;
    MemoryMapping& operator=(MemoryMapping&& from) noexcept;
    ~MemoryMapping();
    [[nodiscard]] std::span<std::byte> bytes() const { return bytes_; }

private:
    explicit MemoryMapping(std::span<std::byte> bytes) : bytes_(bytes) {}
    void unmap();
    std::span<std::byte> bytes_;
};

struct SharedMemory {
    UniqueFd fd;
    MemoryMapping mapping;
    SharedState state;
};

// Maps `fd` (>= 0, the supervisor's, taken over) or a memfd of our own (-1), and lays it out or
// goes on from what a predecessor left there. A predecessor's sessions are kept also when the
// options have changed since (they take effect when no session is left at a start); memory of
// another build, damaged, or idle with other options is cleared, with the reason in the log.
// Errors: invalid (no memfd), exhausted (memory), io.
[[nodiscard]] Result<SharedMemory> open_shared_memory(int fd, const SharedStateOptions& options,
                                                      Logger& logger);

}  // namespace weir::dataplane
