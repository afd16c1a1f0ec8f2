// SPDX-License-Identifier: Apache-2.0
// Opens first and asks then where the opened file lies, so that no link can be changed in between.
#include "deploy/apps/flash_file.hpp"

#include <array>
#include <cerrno>
#include <filesystem>
#include <string_view>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/base/text.hpp"
#include "config/base/unique_fd.hpp"

namespace weir::apps {
namespace {

namespace fs = std::filesystem;

tl::unexpected<Error> outside(const std::string& directory) {
    return fail(ErrorCode::denied, "the file does not lie in the flash directory " + directory +
                                       " (flash.directory of platform.yaml): copy it there");
}

bool is_below(const fs::path& directory, const fs::path& path) {
    const fs::path rest = path.lexically_relative(directory);
    return !rest.empty() && rest != "." && *rest.begin() != "..";
}

Result<fs::path> path_of(const std::string& directory, std::string_view url) {
    for (const std::string_view scheme : {"http:", "https:", "ftp:", "tftp:", "scp:", "sftp:"})
        if (text::istarts_with(url, scheme))
            return fail(ErrorCode::unavailable,
                        "files are not fetched over the network: copy it to the flash directory " +
                            directory + " and name it flash:NAME");
    const fs::path root = fs::absolute(directory).lexically_normal();
    bool is_name = false;
    for (const std::string_view scheme : {"flash:", "bootflash:", "file:"}) {
        if (!text::istarts_with(url, scheme)) continue;
        url.remove_prefix(scheme.size());
        is_name = scheme != "file:";
        break;
    }
    while (is_name && url.starts_with('/'))
        url.remove_prefix(1);
    const fs::path path = (root / fs::path(url)).lexically_normal();
    if (!is_below(root, path)) return outside(directory);
    return path;
}

}  // namespace

Result<std::string> read_flash_file(const std::string& directory, const std::string& url,
                                    std::size_t max) {
    const auto path = path_of(directory, url);
    if (!path) return fail(path.error());
    // Neither a FIFO nor a device may hold us.
    const UniqueFd file(::open(path->c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!file.is_open()) {
        if (errno == ENOENT)
            return fail(ErrorCode::not_found, path->string() + " is no file that can be read");
        return fail_errno("cannot open " + path->string(), errno);
    }
    std::error_code failure;
    const fs::path opened =
        fs::read_symlink("/proc/self/fd/" + std::to_string(file.get()), failure);
    const fs::path root = failure ? fs::path() : fs::canonical(directory, failure);
    if (failure || !is_below(root, opened)) return outside(directory);
    struct stat status {};
    if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode))
        return fail(ErrorCode::not_found, path->string() + " is no file that can be read");
    std::string text;
    std::array<char, 64U << 10U> room{};
    while (text.size() <= max) {
        const ssize_t got = ::read(file.get(), room.data(), room.size());
        if (got < 0) return fail_errno("cannot read " + path->string(), errno);
        if (got == 0) break;
        text.append(room.data(), static_cast<std::size_t>(got));
    }
    if (text.size() > max) text.resize(max + 1);
    return text;
}

}  // namespace weir::apps
