// SPDX-License-Identifier: Apache-2.0
// CdrFile: the queue and its writer.
#include "signaling/cdr/cdr_file.hpp"

#include <cerrno>
#include <chrono>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "config/base/limits.hpp"

namespace weir::signaling {
namespace {

constexpr mode_t kFileMode = 0640;  // numbers of callers: not for everybody
constexpr auto kRetryInterval = std::chrono::seconds(1);
int open_for_append(const std::string& path) {
    return ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, kFileMode);
}

}  // namespace

Result<std::unique_ptr<CdrFile>> CdrFile::open(const std::string& path, Logger& log) {
    const int fd = open_for_append(path);
    if (fd < 0) return fail_errno("the CDR file '" + path + "' cannot be opened", errno);
    ::close(fd);
    return std::make_unique<CdrFile>(OpenedOnly{}, path, log);
}

CdrFile::CdrFile(OpenedOnly, std::string path, Logger& log)
    : path_(std::move(path)),
      log_(log),
      writer_(kCdrGather,
              {.is_empty = [this] { return queue_.empty(); },
               .turn = [this](WriterThread::Lock& lock) { return write_queued(lock); }},
              kRetryInterval) {}

bool CdrFile::append(std::string line) {
    const WriterThread::Lock lock = writer_.lock();
    if (queue_.size() >= kCdrQueue) {
        ++full_;
        return false;
    }
    queue_.push_back(std::move(line));
    writer_.work_came();
    return true;
}

bool CdrFile::write_queued(WriterThread::Lock& lock) {
    const std::size_t taken = queue_.size();
    batch_.clear();
    for (const auto& line : queue_)
        batch_.append(line).push_back('\n');
    lock.unlock();
    const std::size_t whole = batch_.size();
    const bool done = write_batch(batch_);
    lock.lock();
    // Lines that are out leave the queue; of a torn one the whole is written again.
    std::size_t written = whole - batch_.size();
    for (std::size_t i = 0; i < taken && !queue_.empty(); ++i) {
        const std::size_t size = queue_.front().size() + 1;
        if (written < size) break;
        written -= size;
        queue_.pop_front();
    }
    if (done) return true;
    ++failures_;
    torn_ = torn_ || written != 0;
    return false;
}

// Removes from the front of `batch` what has reached the file; false when something is left.
bool CdrFile::write_batch(std::string& batch) {
    const int fd = open_for_append(path_);
    int error = fd < 0 ? errno : 0;
    if (fd >= 0 && torn_) {
        // A line cut in two by a full disk ends here, so that the next one can be read.
        if (::write(fd, "\n", 1) == 1)
            torn_ = false;
        else
            error = errno;
    }
    while (error == 0 && !batch.empty()) {
        const ssize_t count = ::write(fd, batch.data(), batch.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) {
            error = count < 0 ? errno : ENOSPC;
            break;
        }
        batch.erase(0, static_cast<std::size_t>(count));
    }
    if (fd >= 0) ::close(fd);
    if (error == 0) return true;
    log_.error("cdr.write_failed",
               {{"path", path_}, {"error", fail_errno("write", error).value().context}});
    return false;
}

std::vector<Metric> CdrFile::metrics() const {
    const WriterThread::Lock lock = writer_.lock();
    return {Metric{"weir_signaling_cdr_queue_lines", "Call records that wait for the disk",
                   MetricKind::gauge, static_cast<double>(queue_.size())},
            Metric{"weir_signaling_cdr_queue_full_total",
                   "Call records refused because too many wait for the disk", MetricKind::counter,
                   static_cast<double>(full_)},
            Metric{"weir_signaling_cdr_write_failures_total",
                   "Attempts to write call records that failed", MetricKind::counter,
                   static_cast<double>(failures_)}};
}

}  // namespace weir::signaling
