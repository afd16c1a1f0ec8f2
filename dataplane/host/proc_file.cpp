// SPDX-License-Identifier: Apache-2.0
// Reading of /proc and /sys.
#include "dataplane/host/proc_file.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>

#include "config/base/text.hpp"
#include "dataplane/host/host_limits.hpp"

namespace weir::dataplane {

std::optional<std::string> proc_file(const std::string& path) {
    std::ifstream stream(path, std::ios::binary);
    if (!stream) return std::nullopt;
    std::string text(kMaxProcBytes, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (stream.bad()) return std::nullopt;
    text.resize(static_cast<std::size_t>(stream.gcount()));
    return std::string(text::trim(text));
}

std::optional<std::string> proc_field(std::string_view text, std::string_view key) {
    for (const std::string_view line : text::split(text, '\n')) {
        if (!line.starts_with(key) || line.size() == key.size()) continue;
        const char next = line[key.size()];
        if (next == ':' || next == ' ' || next == '\t')
            return std::string(text::trim(line.substr(key.size() + 1)));
    }
    return std::nullopt;
}

std::optional<std::uint64_t> leading_number(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc{}) return std::nullopt;
    return number;
}

std::string link_target_name(const std::string& path) {
    std::error_code failure;
    const auto target = std::filesystem::read_symlink(path, failure);
    return failure ? "" : target.filename().string();
}

std::vector<std::string> names_in(const std::string& path) {
    std::vector<std::string> names;
    std::error_code failure;
    for (std::filesystem::directory_iterator entry(path, failure), end; !failure && entry != end;
         entry.increment(failure))
        names.push_back(entry->path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace weir::dataplane
