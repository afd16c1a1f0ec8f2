// SPDX-License-Identifier: Apache-2.0
// TaskTime: how long the threads of some processes have run, by the scheduler's own count.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace weir::bench {

// A group of processes under one name: "napi=12,13".
struct TaskGroup {
    std::string name;
    std::vector<int> pids;
};

// False: not of that form.
[[nodiscard]] bool read_task_group(const std::string& text, TaskGroup& group);

// Nanoseconds on a CPU of all threads of the group's processes; what has ended counts nothing.
[[nodiscard]] std::uint64_t run_time_ns(const TaskGroup& group);

}  // namespace weir::bench
