// SPDX-License-Identifier: Apache-2.0
// UniqueFd: an open descriptor that closes itself.
#pragma once

#include <utility>

#include <unistd.h>

namespace weir {

class UniqueFd {
public:
    UniqueFd() = default;
    explicit UniqueFd(int fd) : fd_(fd) {}
    UniqueFd(UniqueFd&& from) noexcept : fd_(std::exchange(from.fd_, -1)) {}
    UniqueFd& operator=(UniqueFd&& from) noexcept {
        if (this != &from) {
            reset();
            fd_ = std::exchange(from.fd_, -1);
        }
        return *this;
    }
    ~UniqueFd() { reset(); }

    [[nodiscard]] int get() const { return fd_; }
    [[nodiscard]] bool is_open() const { return fd_ >= 0; }
    // Hands the descriptor to the caller, who closes it.
    [[nodiscard]] int release() { return std::exchange(fd_, -1); }
    void reset() {
        if (fd_ >= 0) ::close(fd_);
        fd_ = -1;
    }

private:
    int fd_ = -1;
};

}  // namespace weir
