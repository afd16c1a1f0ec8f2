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
#include "config/base/thread_memory.hpp"

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

LogWriter::LogWriter(UniqueFd file) : file_(std::move(file)) {
    writer_ = std::thread([this] { run(); });
}

LogWriter::~LogWriter() {
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
        gather_.stop();
    }
    writer_.join();
}

void LogWriter::append(std::string line, bool is_urgent) {
    const std::lock_guard lock(mutex_);
    if (queue_.size() >= kLogQueueLines) {
        queue_.pop_front();
        ++lost_;
    }
    queue_.push_back(std::move(line));
    if (is_urgent)
        gather_.hurry();
    else
        gather_.work_came();
}

void LogWriter::run() {
    keep_no_thread_memory();  // the lines are of other threads
    std::string batch;  // keeps its room from one batch to the next
    std::unique_lock lock(mutex_);
    while (true) {
        gather_.wait(lock, [this] { return queue_.empty(); });
        if (queue_.empty() && stop_) return;
        batch.clear();
        if (lost_ != 0) batch += lost_line(std::exchange(lost_, 0U));
        const std::size_t lines = queue_.size();
        for (const std::string& line : queue_)
            batch += line;
        queue_.clear();
        lock.unlock();
        const bool done = write_all(batch);
        lock.lock();
        if (!done) lost_ += lines;  // the disk is full or away: a later line says so
    }
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
