// SPDX-License-Identifier: Apache-2.0
// One small text file per device: "BOOT_ID PROGRAM".
#include "dataplane/io/xdp/program_memory.hpp"

#include <cstdio>
#include <fstream>

namespace weir::dataplane {
namespace {

std::string path(const std::string& directory, unsigned device) {
    return directory + "/af_xdp." + std::to_string(device);
}

std::string boot_id() {
    std::string id;
    std::ifstream("/proc/sys/kernel/random/boot_id") >> id;
    return id;
}

}  // namespace

void remember_program(const std::string& directory, unsigned device, std::uint32_t program) {
    if (directory.empty()) return;
    // A file that cannot be written costs the successor one manual step, and nothing now.
    std::ofstream(path(directory, device)) << boot_id() << ' ' << program << '\n';
}

void forget_program(const std::string& directory, unsigned device) {
    if (!directory.empty()) (void)std::remove(path(directory, device).c_str());
}

std::uint32_t remembered_program(const std::string& directory, unsigned device) {
    if (directory.empty()) return 0;
    std::ifstream file(path(directory, device));
    std::string boot;
    std::uint32_t program = 0;
    if (!(file >> boot >> program) || boot != boot_id()) return 0;
    return program;
}

}  // namespace weir::dataplane
