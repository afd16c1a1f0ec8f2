// SPDX-License-Identifier: Apache-2.0
// TraceStore: the queue, the writer, the ring of segments.
#include "signaling/trace/trace_store.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/base/text.hpp"

namespace weir::signaling {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kFileMode = 0640;  // who calls whom: not for everybody
constexpr fs::perms kFolderMode =
    fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec;

bool write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(fd, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

UniqueFd create(const std::string& path) {
    return UniqueFd(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, kFileMode));
}

void keep_newest(const std::string& directory, std::size_t count) {
    std::vector<std::pair<fs::file_time_type, fs::path>> files;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(directory, error))
        if (entry.path().extension() == ".cfg")
            files.emplace_back(entry.last_write_time(error), entry.path());
    std::sort(files.rbegin(), files.rend());
    for (std::size_t i = count; i < files.size(); ++i)
        fs::remove(files[i].second, error);
}

}  // namespace

std::string trace_file_name(std::uint64_t segment, std::string_view extension) {
    return fmt::format("{:010}.{}", segment, extension);
}

std::vector<std::uint64_t> trace_segments(const std::string& directory) {
    std::vector<std::uint64_t> numbers;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(directory, error)) {
        const auto number = text::number(entry.path().stem().string());
        if (entry.path().extension() == ".trace" && number) numbers.push_back(*number);
    }
    std::sort(numbers.begin(), numbers.end());
    return numbers;
}

namespace {

std::uint64_t newest_segment(const std::string& directory) {
    const auto segments = trace_segments(directory);
    return segments.empty() ? 0 : segments.back();
}

}  // namespace

Result<std::unique_ptr<TraceStore>> TraceStore::open(TraceStoreSettings settings, Logger& log) {
    std::error_code error;
    if (fs::create_directory(settings.directory, error))
        fs::permissions(settings.directory, kFolderMode, error);
    if (::access(settings.directory.c_str(), W_OK | X_OK) != 0)
        return fail_errno(
            fmt::format("the trace directory '{}' cannot be written", settings.directory), errno);
    return std::make_unique<TraceStore>(OpenedOnly{}, std::move(settings), log);
}

TraceStore::TraceStore(OpenedOnly, TraceStoreSettings settings, Logger& log)
    : settings_(std::move(settings)),
      log_(log),
      megabytes_(settings_.megabytes),
      segment_(newest_segment(settings_.directory)),
      writer_(kTraceGather,
              {.is_empty = [this] { return queued_.is_empty(); },
               .turn = [this](WriterThread::Lock& lock) { return write_queued(lock); }}) {}

bool TraceStore::append(std::string_view records, std::string_view index) {
    const WriterThread::Lock lock = writer_.lock();
    if (queued_.records.size() + records.size() > kTraceQueueBytes) {
        lost_bytes_ += records.size();
        return false;
    }
    queued_.records += records;
    queued_.index += index;
    records_bytes_ += records.size();
    writer_.work_came();
    return true;
}

void TraceStore::keep_config(const std::string& name, std::function<std::string()> print) {
    const WriterThread::Lock lock = writer_.lock();
    if (queued_.configs.size() < kTraceConfigs)
        queued_.configs.emplace_back(name, std::move(print));
    writer_.work_came();
}

void TraceStore::Batch::clear() {
    if (records.capacity() > kTraceKeptRoom) *this = {};
    records.clear();
    index.clear();
    configs.clear();
}

void TraceStore::set_megabytes(std::uint64_t megabytes) {
    const WriterThread::Lock lock = writer_.lock();
    megabytes_ = megabytes;
}

void TraceStore::flush() {
    WriterThread::Lock lock = writer_.lock();
    writer_.hurry();
    idle_.wait_for(lock, kTraceFlushWait, [this] { return queued_.is_empty() && !is_writing_; });
}

bool TraceStore::write_queued(WriterThread::Lock& lock) {
    std::swap(queued_, written_);
    const std::uint64_t megabytes = megabytes_;
    is_writing_ = true;
    lock.unlock();
    const bool done = write(written_, megabytes);
    lock.lock();
    is_writing_ = false;
    if (!done) {
        ++failures_;
        lost_bytes_ += written_.records.size();
    }
    written_.clear();
    idle_.notify_all();
    return true;
}

bool TraceStore::write(const Batch& batch, std::uint64_t megabytes) {
    for (const auto& [name, print] : batch.configs) {
        const std::string path = settings_.directory + "/" + name + ".cfg";
        std::error_code error;
        if (fs::exists(path, error)) continue;
        keep_newest(settings_.directory, kTraceConfigs - 1);
        // Whole or not at all: a replay with half a configuration would blame the machine.
        const std::string draft = path + ".new";
        const UniqueFd file = create(draft);
        if (file.get() >= 0 && write_all(file.get(), print())) fs::rename(draft, path, error);
    }
    if (batch.records.empty()) return true;
    const bool good = open_segment(megabytes) && write_all(records_file_.get(), batch.records) &&
                      write_all(index_file_.get(), batch.index);
    if (good) {
        segment_size_ += batch.records.size() + batch.index.size();
        records_size_ += batch.records.size();
        give_back_cache();
        told_failure_ = false;
        return true;
    }
    if (!std::exchange(told_failure_, true))
        log_.error("trace.write_failed", {{"directory", settings_.directory},
                                          {"error", fail_errno("write", errno).value().context}});
    // A torn record ends its segment: the next one begins a new file.
    records_file_ = UniqueFd();
    return false;
}

bool TraceStore::open_segment(std::uint64_t megabytes) {
    const std::uint64_t most = megabytes * 1024 * 1024 / kTraceSegments;
    if (records_file_.get() >= 0 && segment_size_ < most) return true;
    drop_oldest();
    ++segment_;
    segment_size_ = 0;
    records_size_ = 0;
    sent_to_disk_ = 0;
    const std::string base = settings_.directory + "/";
    records_file_ = create(base + trace_file_name(segment_, "trace"));
    index_file_ = create(base + trace_file_name(segment_, "index"));
    return records_file_.get() >= 0 && index_file_.get() >= 0;
}

// Hardly anybody reads the records, and a gigabyte of them in the kernel's cache takes the room of
// what is read. Pages that come back are written again: fresh ones cost more than the copying.
void TraceStore::give_back_cache() {
    if (records_size_ - sent_to_disk_ < kTraceCached) return;
    const auto start = static_cast<off_t>(sent_to_disk_);
    const auto size = static_cast<off_t>(records_size_ - sent_to_disk_);
    // What the disk was given the last time has arrived; the rest is on its way. Failures cost
    // cache and nothing else.
    ::posix_fadvise(records_file_.get(), 0, start, POSIX_FADV_DONTNEED);
    ::sync_file_range(records_file_.get(), start, size, SYNC_FILE_RANGE_WRITE);
    sent_to_disk_ = records_size_;
}

void TraceStore::drop_oldest() {
    const auto segments = trace_segments(settings_.directory);
    std::error_code error;
    for (std::size_t i = 0; i + kTraceSegments <= segments.size(); ++i)
        for (const std::string_view extension : {"trace", "index"})
            fs::remove(settings_.directory + "/" + trace_file_name(segments[i], extension), error);
}

std::vector<Metric> TraceStore::metrics() const {
    const WriterThread::Lock lock = writer_.lock();
    return {Metric{"weir_signaling_trace_bytes_total", "Bytes given to the flight recorder",
                   MetricKind::counter, static_cast<double>(records_bytes_)},
            Metric{"weir_signaling_trace_lost_bytes_total",
                   "Bytes of the flight recorder that were lost: the disk was slow, full or away",
                   MetricKind::counter, static_cast<double>(lost_bytes_)},
            Metric{"weir_signaling_trace_write_failures_total",
                   "Batches of the flight recorder that could not be written", MetricKind::counter,
                   static_cast<double>(failures_)}};
}

}  // namespace weir::signaling
