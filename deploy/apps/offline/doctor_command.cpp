// SPDX-License-Identifier: Apache-2.0
// weir doctor: from its options to its exit status.
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>
#include <unistd.h>

#include "dataplane/host/read_machine.hpp"
#include "deploy/apps/commands.hpp"
#include "deploy/apps/offline/doctor.hpp"
#include "deploy/apps/offline/xdp_features.hpp"

namespace weir::apps {
namespace {

// weir-media is beside us; its file may carry capabilities.
std::string media_program() {
    std::error_code failure;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", failure);
    return failure ? "weir-media" : (self.parent_path() / "weir-media").string();
}

bool wants_colour() {
    const char* const terminal = std::getenv("TERM");
    return ::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr &&
           (terminal == nullptr || std::string(terminal) != "dumb");
}

}  // namespace

int doctor_command(const Options& options) {
    const std::string* file = options.find("--platform");
    config::PlatformReading reading;
    if (file != nullptr) reading = config::read_platform(*file);
    for (const auto& error : reading.errors)
        fmt::print(stderr, "{}\n", config::to_string(*file, error));
    if (!reading.ok()) return 1;
    auto machine = dataplane::read_machine(media_program());
    if (!machine) {
        fmt::print(stderr, "weir doctor: {}\n", machine.error().context);
        return 1;
    }
    read_xdp_features(*machine);
    const DoctorReport report = examine(file == nullptr ? nullptr : &reading.platform, *machine);
    std::fputs(options.find("--json") != nullptr ? doctor_json(report).c_str()
                                                 : doctor_text(report, wants_colour()).c_str(),
               stdout);
    return report.works() ? 0 : 1;
}

}  // namespace weir::apps
