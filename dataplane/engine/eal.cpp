// SPDX-License-Identifier: Apache-2.0
// rte_eal_init with errors that say what to do.
#include "dataplane/engine/eal.hpp"

#include <algorithm>
#include <cstring>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <sched.h>
#include <unistd.h>

namespace weir::dataplane {
namespace {

std::string list_of(const std::vector<unsigned>& cores) {
    std::string text;
    for (const unsigned core : cores)
        text += (text.empty() ? "" : ",") + std::to_string(core);
    return text;
}

// "0@(0,1),1@0,2@1": lcore 0 is the control thread, free to run anywhere; lcore i + 1 is worker i.
std::string lcore_map(const std::vector<unsigned>& usable, const std::vector<unsigned>& workers) {
    const std::string anywhere = "(" + list_of(usable) + ")";
    std::string map = "0@" + anywhere;
    if (workers.empty()) return map + ",1@" + anywhere;
    for (std::size_t i = 0; i < workers.size(); ++i)
        map += "," + std::to_string(i + 1) + "@" + std::to_string(workers[i]);
    return map;
}

Result<void> check_cores(const std::vector<unsigned>& usable, const std::vector<unsigned>& wanted) {
    for (const unsigned core : wanted) {
        if (std::find(usable.begin(), usable.end(), core) != usable.end()) continue;
        return fail(ErrorCode::not_found,
                    "core " + std::to_string(core) +
                        " does not exist or is not allowed to this process; usable are " +
                        list_of(usable) + " (media.cores in platform.yaml)");
    }
    return {};
}

tl::unexpected<Error> explain(int error, const EalOptions& options) {
    const std::string words = rte_strerror(error);
    if (error == EALREADY)
        return fail(ErrorCode::exists, "DPDK was started before in this process");
    if (error == ENOMEM)
        return fail(ErrorCode::exhausted, "DPDK cannot reserve " +
                                              std::to_string(options.memory_mb) +
                                              " MB (media.memory in platform.yaml): " + words);
    if (options.hugepages && (error == EACCES || error == EPERM))
        return fail(
            ErrorCode::denied,
            "DPDK cannot use hugepages as this user (switch media.hugepages off): " + words);
    return fail(ErrorCode::io, "DPDK does not start: " + words);
}

}  // namespace

std::vector<unsigned> usable_cores() {
    std::vector<unsigned> cores;
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof(set), &set) != 0) return cores;
    for (unsigned core = 0; core < CPU_SETSIZE; ++core)
        if (CPU_ISSET(core, &set)) cores.push_back(core);
    return cores;
}

Result<std::unique_ptr<Eal>> Eal::start(const EalOptions& options) {
    const auto usable = usable_cores();
    WEIR_TRY(check_cores(usable, options.worker_cores));
    if (options.worker_cores.size() + 1 > RTE_MAX_LCORE)
        return fail(ErrorCode::exhausted, "more worker cores than DPDK was built for");
    std::vector<std::string> words{"weir-media",
                                   "--file-prefix",
                                   options.file_prefix,
                                   "--no-telemetry",
                                   "--log-level=4",
                                   "-m",
                                   std::to_string(options.memory_mb),
                                   "--lcores",
                                   lcore_map(usable, options.worker_cores)};
    // Hugepages without a mounted hugetlbfs, in one file; the other form excludes --in-memory in
    // DPDK 22.11.
    if (options.hugepages)
        words.insert(words.end(), {"--in-memory", "--single-file-segments"});
    else
        words.insert(words.end(), {"--no-huge", "--no-shconf"});
    // With a list of allowed devices none is probed at the start but those on it; FrameDevice adds
    // its own. Hardware may need other addresses than ours: EAL knows by the bus.
    if (options.pci)
        words.insert(words.end(), {"-a", "0000:00:00.0"});
    else
        words.insert(words.end(), {"--no-pci", "--iova-mode=va"});
    std::vector<char*> arguments;
    for (auto& word : words)
        arguments.push_back(word.data());
    // rte_eal_init binds the calling thread to lcore 0's CPUs, which are all of ours.
    if (rte_eal_init(static_cast<int>(arguments.size()), arguments.data()) < 0)
        return explain(rte_errno, options);
    std::unique_ptr<Eal> eal(new Eal());
    eal->workers_ = std::max<std::size_t>(options.worker_cores.size(), 1);
    for (std::size_t i = 0; i < eal->workers_; ++i)
        eal->bodies_.push_back(std::make_unique<Body>());
    return eal;
}

int Eal::run_body(void* argument) {
    auto* body = static_cast<Body*>(argument);
    (void)body->turn.load(std::memory_order_acquire);
    body->function();
    body->turn.store(2, std::memory_order_release);
    return 0;
}

Eal::~Eal() {
    for (std::size_t i = 0; i < workers_; ++i)
        join(i);
    // No rte_eal_cleanup: DPDK 22.11 unmaps its memory there while its interrupt thread still reads
    // it, which ends the process by SIGSEGV. All that either form of start leaves is an empty
    // folder.
    (void)::rmdir(rte_eal_get_runtime_dir());
}

Result<void> Eal::launch(std::size_t index, std::function<void()> body) {
    const auto lcore = static_cast<unsigned>(index + 1);
    if (index >= workers_ || rte_eal_get_lcore_state(lcore) != WAIT)
        return fail(ErrorCode::exists,
                    "worker " + std::to_string(index) + " runs already or does not exist");
    bodies_[index]->function = std::move(body);
    bodies_[index]->turn.store(1, std::memory_order_release);
    if (rte_eal_remote_launch(&run_body, bodies_[index].get(), lcore) != 0)
        return fail(ErrorCode::exists, "worker " + std::to_string(index) + " does not take work");
    return {};
}

void Eal::join(std::size_t index) {
    if (index >= workers_) return;
    rte_eal_wait_lcore(static_cast<unsigned>(index + 1));
    (void)bodies_[index]->turn.load(std::memory_order_acquire);
}

}  // namespace weir::dataplane
