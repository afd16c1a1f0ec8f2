// SPDX-License-Identifier: Apache-2.0
// BindingStore: the file and the thread.
#include "deploy/apps/binding_store.hpp"

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include "config/base/unique_fd.hpp"
#include "config/store/atomic_file.hpp"

namespace weir::apps {
namespace {

// Where endpoints are: not for everybody.
constexpr mode_t kFileMode = 0640;
// Changes are gathered for so long, and a crash loses what is no older.
constexpr auto kGather = std::chrono::milliseconds(200);
// A disk that is full is asked again after so long.
constexpr auto kTryAgain = std::chrono::seconds(2);

Result<void> append_to(const std::string& path, std::string_view text) {
    const UniqueFd file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, kFileMode));
    if (!file.is_open()) return fail_errno("cannot open " + path, errno);
    while (!text.empty()) {
        const ssize_t count = ::write(file.get(), text.data(), text.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return fail_errno("cannot write " + path, count < 0 ? errno : ENOSPC);
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
}

}  // namespace

signaling::JournalDisk journal_disk(const std::string& path) {
    return {[path](std::size_t limit) -> Result<std::string> {
                // None yet: the first start, or an operator who wants to begin anew.
                if (std::error_code none; !std::filesystem::exists(path, none) && !none)
                    return std::string();
                return config::read_bounded(path, limit);
            },
            [path](std::string_view text) { return append_to(path, text); },
            [path](std::string_view text) { return config::replace_file(path, text); }};
}

std::string bindings_file(const std::string& cdr_file) {
    const auto slash = cdr_file.rfind('/');
    return (slash == std::string::npos ? "" : cdr_file.substr(0, slash + 1)) + "bindings";
}

BindingStore::BindingStore(const std::string& path, const Clock& clock, Logger& log)
    : journal_(journal_disk(path), clock, log), writer_([this] { run(); }) {}

BindingStore::~BindingStore() {
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
    }
    wake_.notify_one();
    writer_.join();
    journal_.write();
}

void BindingStore::run() {
    bool is_well = true;
    std::unique_lock lock(mutex_);
    while (!wake_.wait_for(lock, is_well ? kGather : kTryAgain, [this] { return stop_; })) {
        lock.unlock();
        is_well = journal_.write();
        lock.lock();
    }
}

}  // namespace weir::apps
