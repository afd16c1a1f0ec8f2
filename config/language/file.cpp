// SPDX-License-Identifier: Apache-2.0
// Reading a configuration from a file, within bounds.
#include <cerrno>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/base/limits.hpp"
#include "config/base/result.hpp"
#include "config/language/language.hpp"
#include "config/language/reader.hpp"

namespace weir::config::language {
namespace {

// Closes the descriptor on every way out.
class File {
public:
    explicit File(int descriptor) : descriptor_(descriptor) {}
    ~File() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    [[nodiscard]] int get() const { return descriptor_; }

private:
    int descriptor_;
};

}  // namespace

Result<std::string> text_of_file(const std::string& path) {
    // A pipe without a writer would otherwise stop the open.
    const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (file.get() < 0) return fail_errno("cannot open the configuration", errno);
    struct stat status {};
    if (::fstat(file.get(), &status) != 0)
        return fail_errno("cannot examine the configuration", errno);
    if (!S_ISREG(status.st_mode))
        return fail(ErrorCode::invalid, "the configuration is not a regular file");
    std::string text;
    // One byte more than allowed, so that read_text sees that it is too large.
    while (text.size() <= kConfigMaxBytes) {
        char block[65536];
        const auto count = ::read(file.get(), block, sizeof block);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return fail_errno("cannot read the configuration", errno);
        if (count == 0) break;
        text.append(block, static_cast<std::size_t>(count));
    }
    return text;
}

ReadResult read_file(const std::string& path) {
    auto text = text_of_file(path);
    if (text) return read_text(*text, path);
    ReadResult result;
    result.diagnostics.push_back({.file = path, .text = text.error().context});
    return result;
}

}  // namespace weir::config::language
