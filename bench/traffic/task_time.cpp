// SPDX-License-Identifier: Apache-2.0
// /proc/PID/task/*/schedstat: its first number is the time on a CPU.
#include "bench/traffic/task_time.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

namespace weir::bench {

bool read_task_group(const std::string& text, TaskGroup& group) {
    const auto equals = text.find('=');
    if (equals == std::string::npos) return false;
    group.name = text.substr(0, equals);
    std::istringstream words(text.substr(equals + 1));
    for (std::string word; std::getline(words, word, ',');)
        group.pids.push_back(std::atoi(word.c_str()));
    return !group.pids.empty();
}

std::uint64_t run_time_ns(const TaskGroup& group) {
    std::uint64_t sum = 0;
    for (const int pid : group.pids) {
        std::error_code error;
        const std::filesystem::directory_iterator tasks("/proc/" + std::to_string(pid) + "/task",
                                                        error);
        if (error) continue;
        for (const auto& task : tasks) {
            std::uint64_t on_cpu = 0;
            std::ifstream(task.path() / "schedstat") >> on_cpu;
            sum += on_cpu;
        }
    }
    return sum;
}

}  // namespace weir::bench
