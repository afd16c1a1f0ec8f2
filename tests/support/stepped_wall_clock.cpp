// SPDX-License-Identifier: Apache-2.0
// A library to be preloaded into a program (LD_PRELOAD): its wall clock is off by what a file says.
//
// The file, named by WEIR_WALL_CLOCK_OFFSET, holds one signed 64-bit number of nanoseconds, which a
// test changes while the program runs: to it the clock of the machine has been stepped, and nobody
// else notices. All that tells a program of that clock is covered: the clock itself, and the
// kernel's time stamps of datagrams. The monotonic clocks are left alone. Thread: any.
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <ctime>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

// Null until the library has started, and where there is no file: then the clock is right.
const std::atomic<std::int64_t>* map_offset() {
    const char* const path = std::getenv("WEIR_WALL_CLOCK_OFFSET");
    const int fd = path == nullptr ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return nullptr;
    void* const page = mmap(nullptr, sizeof(std::int64_t), PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
    return page == MAP_FAILED ? nullptr : static_cast<const std::atomic<std::int64_t>*>(page);
}

std::int64_t offset() {
    static const std::atomic<std::int64_t>* const mapped = map_offset();
    return mapped == nullptr ? 0 : mapped->load(std::memory_order_relaxed);
}

timespec shifted(const timespec& time) {
    const std::int64_t ns = time.tv_sec * kSecond + time.tv_nsec + offset();
    return {ns / kSecond, ns % kSecond};
}

timespec wall() {
    timespec time{};
    syscall(SYS_clock_gettime, CLOCK_REALTIME, &time);
    return shifted(time);
}

void shift_stamps(msghdr& header) {
    for (cmsghdr* item = CMSG_FIRSTHDR(&header); item != nullptr;
         item = CMSG_NXTHDR(&header, item)) {
        if (item->cmsg_level != SOL_SOCKET || item->cmsg_type != SCM_TIMESTAMPNS) continue;
        timespec stamp{};
        __builtin_memcpy(&stamp, CMSG_DATA(item), sizeof stamp);
        stamp = shifted(stamp);
        __builtin_memcpy(CMSG_DATA(item), &stamp, sizeof stamp);
    }
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t id, timespec* time) noexcept {
    const long result = syscall(SYS_clock_gettime, id, time);
    if (result == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE))
        *time = shifted(*time);
    return static_cast<int>(result);
}

int gettimeofday(timeval* time, void* /*zone*/) noexcept {
    const timespec now = wall();
    *time = {now.tv_sec, now.tv_nsec / 1000};
    return 0;
}

time_t time(time_t* result) noexcept {
    const time_t now = wall().tv_sec;
    if (result != nullptr) *result = now;
    return now;
}

int timespec_get(timespec* time, int base) noexcept {
    *time = wall();
    return base;
}

ssize_t recvmsg(int fd, msghdr* header, int flags) {
    const long got = syscall(SYS_recvmsg, fd, header, flags);
    if (got >= 0) shift_stamps(*header);
    return got;
}

int recvmmsg(int fd, mmsghdr* headers, unsigned count, int flags, timespec* limit) {
    const long got = syscall(SYS_recvmmsg, fd, headers, count, flags, limit);
    for (long i = 0; i < got; ++i)
        shift_stamps(headers[i].msg_hdr);
    return static_cast<int>(got);
}

}  // extern "C"
