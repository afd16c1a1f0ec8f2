// SPDX-License-Identifier: Apache-2.0
// weir import: from a router's output to files, which are checked before they take their place.
#include "deploy/apps/offline/import_command.hpp"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "config/base/unique_fd.hpp"
#include "config/import/import.hpp"
#include "deploy/apps/node.hpp"

namespace weir::apps {
namespace {

namespace fs = std::filesystem;

// A file that is written beside its place and moved there at the end; what was not moved is
// removed.
class NewFile {
public:
    explicit NewFile(std::string path)
        : path_(std::move(path)), draft_(fmt::format("{}.import-{}", path_, ::getpid())) {}
    ~NewFile() {
        if (!is_placed_) (void)::unlink(draft_.c_str());
    }
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;

    [[nodiscard]] const std::string& draft() const { return draft_; }
    [[nodiscard]] const std::string& path() const { return path_; }

    // Readable by its owner only: the configuration may hold passwords.
    [[nodiscard]] Result<void> write(std::string_view text) {
        const UniqueFd file(
            ::open(draft_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
        if (!file.is_open()) return fail_errno("cannot write " + draft_, errno);
        while (!text.empty()) {
            const auto count = ::write(file.get(), text.data(), text.size());
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) return fail_errno("cannot write " + draft_, errno);
            text.remove_prefix(static_cast<std::size_t>(count));
        }
        if (::fsync(file.get()) != 0) return fail_errno("cannot write " + draft_, errno);
        return {};
    }

    // Without `force` an existing file stays as it is, also one that appeared just now.
    [[nodiscard]] Result<void> place(bool force) {
        const int result =
            force ? ::rename(draft_.c_str(), path_.c_str()) : ::link(draft_.c_str(), path_.c_str());
        if (result != 0 && errno == EEXIST)
            return fail(ErrorCode::exists, path_ + " exists: --force writes over it");
        if (result != 0) return fail_errno("cannot write " + path_, errno);
        is_placed_ = force;
        return {};
    }

private:
    std::string path_;
    std::string draft_;
    bool is_placed_ = false;
};

struct Places {
    std::string config;
    std::string platform;
};

Result<Places> places_of(const Options& options) {
    const std::string* out = options.find("--out");
    const std::string* config = options.find("--config");
    const std::string* platform = options.find("--platform");
    if (out != nullptr && (config != nullptr || platform != nullptr))
        return fail(ErrorCode::invalid,
                    "--out names the directory of both files: leave out "
                    "--config and --platform");
    const fs::path folder = out == nullptr ? fs::path(".") : fs::path(*out);
    if (out != nullptr) {
        std::error_code failure;
        fs::create_directories(folder, failure);
        if (failure)
            return fail(ErrorCode::io,
                        fmt::format("cannot make the directory {}: {}", *out, failure.message()));
    }
    Places places{config == nullptr ? (folder / "weir.cfg").string() : *config,
                  platform == nullptr ? (folder / "platform.yaml").string() : *platform};
    if (places.config == places.platform)
        return fail(ErrorCode::invalid, "--config and --platform name the same file");
    return places;
}

// Nothing is written unless all of it loads as `weir check` would load it on the right machine.
Result<void> write_files(const config::Import& import, const Places& places, bool force) {
    for (const std::string& path : {places.config, places.platform})
        if (!force && fs::exists(fs::symlink_status(path)))
            return fail(ErrorCode::exists, path + " exists: --force writes over it");
    NewFile config(places.config);
    NewFile platform(places.platform);
    WEIR_TRY(config.write(import.config));
    WEIR_TRY(platform.write(import.platform));
    const NodeCheck check = load_node({config.draft(), platform.draft()}, nullptr);
    if (!check.node)
        return fail(
            ErrorCode::invalid,
            "what was made of the file does not load, which is a fault of Weir:\n" + check.report);
    WEIR_TRY(config.place(force));
    return platform.place(force);
}

}  // namespace

int import_command(const std::string& file, const Options& options) {
    const std::string* format = options.find("--report");
    if (format != nullptr && *format != "text" && *format != "json") {
        fmt::print(stderr, "weir import: --report is text or json, not '{}'\n", *format);
        return 2;
    }
    const auto refuse = [](const std::string& what, const Error& error) {
        fmt::print(stderr, "weir import: {}: {}\n", what, error.context);
        return 2;
    };
    const auto places = places_of(options);
    if (!places) return refuse("options", places.error());
    const auto import = config::import_file(file);
    if (!import) return refuse(file, import.error());
    if (const auto done = write_files(*import, *places, options.find("--force") != nullptr); !done)
        return refuse(file, done.error());
    const bool as_json = format != nullptr && *format == "json";
    const std::string report =
        as_json ? config::report_json(import->report) : config::report_text(import->report);
    std::fputs(report.c_str(), stdout);
    fmt::print(stderr, "weir import: wrote {} and {}\n", places->config, places->platform);
    return import->report.is_lossless() ? 0 : 1;
}

}  // namespace weir::apps
