// SPDX-License-Identifier: Apache-2.0
// Temporary file, fsync, rename, fsync of the directory.
#include "config/store/atomic_file.hpp"

#include <cerrno>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/base/unique_fd.hpp"

namespace weir::config {
namespace {

constexpr mode_t kNewFileMode = 0640;

// The file that a symbolic link names, so that the link is not replaced by a file.
std::string real_path(const std::string& path) {
    std::error_code failure;
    const auto real = std::filesystem::canonical(path, failure);
    return failure ? path : real.string();
}

bool write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto count = ::write(fd, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

// Owner and mode of the file that will be replaced. Without the right to give files away the new
// one is ours.
void take_over_ownership(int fd, const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) {
        (void)::fchmod(fd, kNewFileMode);
        return;
    }
    if (::fchown(fd, status.st_uid, status.st_gid) == 0 || status.st_uid == ::geteuid())
        (void)::fchmod(fd, status.st_mode & 07777);
}

Result<void> sync_directory(const std::filesystem::path& directory) {
    const UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd.is_open() || ::fsync(fd.get()) != 0)
        return fail_errno("cannot make the names in " + directory.string() + " durable", errno);
    return {};
}

}  // namespace

Result<void> replace_file(const std::string& path, std::string_view text, const FileSteps& steps) {
    const auto done = [&](FileStep step) {
        if (steps) steps(step);
    };
    const std::string target = real_path(path);
    const auto directory = std::filesystem::absolute(target).parent_path();
    // One name for each process: what a killed one has left is overwritten by a later one of it.
    const std::string temporary = target + ".new";
    const auto failed = [&](const std::string& what) {
        const int failure = errno;
        ::unlink(temporary.c_str());
        return fail_errno(what + " " + temporary, failure);
    };
    ::unlink(temporary.c_str());
    UniqueFd fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!fd.is_open()) return failed("cannot make");
    done(FileStep::made);
    if (!write_all(fd.get(), text.substr(0, text.size() / 2))) return failed("cannot write");
    done(FileStep::half_written);
    if (!write_all(fd.get(), text.substr(text.size() / 2))) return failed("cannot write");
    done(FileStep::written);
    take_over_ownership(fd.get(), target);
    if (::fsync(fd.get()) != 0) return failed("cannot make durable");
    done(FileStep::synced);
    if (::rename(temporary.c_str(), target.c_str()) != 0) return failed("cannot rename");
    done(FileStep::renamed);
    WEIR_TRY(sync_directory(directory));
    done(FileStep::directory_synced);
    return {};
}

Result<std::string> read_bounded(const std::string& path, std::size_t limit) {
    // A pipe without a writer would otherwise stop the open.
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!fd.is_open()) return fail_errno("cannot open " + path, errno);
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode))
        return fail(ErrorCode::invalid, path + " is not a regular file");
    std::string text;
    while (text.size() <= limit) {
        char block[65536];
        const auto count = ::read(fd.get(), block, sizeof block);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return fail_errno("cannot read " + path, errno);
        if (count == 0) return text;
        text.append(block, static_cast<std::size_t>(count));
    }
    return fail(ErrorCode::invalid, path + " is larger than " + std::to_string(limit) + " bytes");
}

}  // namespace weir::config
