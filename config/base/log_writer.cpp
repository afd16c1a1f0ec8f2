// SPDX-License-Identifier: Apache-2.0
// LogWriter: the queue and its writer.
#include "config/base/log_writer.hpp"

#include <cerrno>
#include <filesystem>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "config/base/clock.hpp"
#include "config/base/digits.hpp"
#include "config/base/limits.hpp"

namespace weir {
namespace {

constexpr mode_t kFileMode = 0644;

std::string lost_line(std::uint64_t lines) {
    std::string text = iso8601(SystemClock().wall()) + " log warning log.lines_lost lines=";
    text::append_number(text, lines);
    text.push_back('\n');
    return text;
}

}  // namespace

Result<UniqueFd> open_log(const std::string& path) {
    std::error_code ignored;  // opening says what is wrong
    const auto folder = std::filesystem::path(path).parent_path();
    if (!folder.empty()) std::filesystem::create_directories(folder, ignored);
    UniqueFd file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, kFileMode));
    if (file.get() < 0) return fail_errno("the log '" + path + "' cannot be written", errno);
    return file;
}

LogWriter::LogWriter(UniqueFd file)
    : file_(std::move(file)),
      writer_(kLogGather,
              {.is_empty = [this] { return queue_.empty(); },
               .turn = [this](WriterThread::Lock& lock) { return write_queued(lock); }}) {}

void LogWriter::append(std::string line, bool is_urgent) {
    const WriterThread::Lock lock = writer_.lock();
    if (queue_.size() >= kLogQueueLines) {
        queue_.pop_front();
        ++lost_;
    }
    queue_.push_back(std::move(line));
    if (is_urgent)
        writer_.hurry();
    else
        writer_.work_came();
}

bool LogWriter::write_queued(WriterThread::Lock& lock) {
    batch_.clear();
    if (lost_ != 0) batch_ += lost_line(std::exchange(lost_, 0U));
    const std::size_t lines = queue_.size();
    for (const std::string& line : queue_)
        batch_ += line;
    queue_.clear();
    lock.unlock();
    const bool done = write_all(batch_);
    lock.lock();
    if (!done) lost_ += lines;  // the disk is full or away: a later line says so
    return true;
}

bool LogWriter::write_all(std::string_view text) {
    const int fd = file_.get() >= 0 ? file_.get() : STDERR_FILENO;
    while (!text.empty()) {
        const ssize_t count = ::write(fd, text.data(), text.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

}  // namespace weir
