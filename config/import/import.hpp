// SPDX-License-Identifier: Apache-2.0
// weir import: what a router printed becomes a Weir configuration, a platform.yaml and a report of
// every line. The public header of the folder.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/base/result.hpp"

namespace weir::config {

enum class Verdict : std::uint8_t {
    carried,         // stands in the configuration and does there what it did
    without_effect,  // stands there, but changes nothing; `note` says why
    different,       // taken over in another way; `note` says how
    not_supported,   // Weir does not do it; `note` says what to do instead
    ignored,         // no configuration: a comment, a banner, terminal output
};
inline constexpr std::size_t kVerdicts = 5;
[[nodiscard]] const char* to_string(Verdict verdict);  // "carried", "without effect", ...

struct ReportLine {
    std::uint32_t number = 0;  // in the file that was read
    Verdict verdict = Verdict::carried;
    std::string text{};  // without control characters; passwords as ***
    std::string note{};  // one sentence, or empty
};

struct ImportReport {
    std::string file;               // that was read
    std::vector<ReportLine> lines;  // every line once, in order
    std::vector<std::string> todo;  // what a person has to decide before the node can run
    [[nodiscard]] std::array<std::size_t, kVerdicts> counts() const;  // by verdict
    // Whether nothing was lost or changed on the way.
    [[nodiscard]] bool is_lossless() const;
};
[[nodiscard]] std::string report_text(const ImportReport& report);
[[nodiscard]] std::string report_json(const ImportReport& report);

struct Import {
    std::string config;    // as `show running-config` prints it; reads without error
    std::string platform;  // platform.yaml; reads without error
    ImportReport report;
};

// Any bytes may be given; the work is linear in them and bounded by import_limits.hpp. `file` is
// for the report. Errors: invalid, where nothing of it is a configuration. Thread: any.
[[nodiscard]] Result<Import> import_text(std::string_view text, const std::string& file);
// The same from a regular file.
[[nodiscard]] Result<Import> import_file(const std::string& path);

}  // namespace weir::config
