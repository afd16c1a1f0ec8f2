// SPDX-License-Identifier: Apache-2.0
// Eal: the start of DPDK's environment as an ordinary user, without hugepages unless asked for.
//
// Thread: control, once per process, before any other thing of DPDK's is made. Takes 0.15 to 0.6 s.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "config/base/result.hpp"

namespace weir::dataplane {

struct EalOptions {
    std::string file_prefix = "weir";  // keeps instances apart
    std::uint32_t memory_mb = 128;     // of DPDK's own heap: pools and rings
    bool hugepages = false;            // true: use them; needs free ones and the right to them
    bool pci = false;                  // true: the PCI bus; its devices come by hot-plug alone
    // CPU of each worker, in order; may repeat or share the control thread's. Empty: one on any
    // CPU.
    std::vector<unsigned> worker_cores{};
};

// CPUs on which this process may run, ascending.
[[nodiscard]] std::vector<unsigned> usable_cores();

class Eal {
public:
    // Errors: not_found (a core that does not exist or is not allowed), exists (started before),
    // exhausted (memory), denied (hugepages), io (anything else, with EAL's words).
    [[nodiscard]] static Result<std::unique_ptr<Eal>> start(const EalOptions& options);
    ~Eal();
    Eal(const Eal&) = delete;
    Eal& operator=(const Eal&) = delete;

    [[nodiscard]] std::size_t worker_count() const { return workers_; }
    // Runs `body` on worker `index`'s own thread (an lcore: buffer pools are cached per lcore)
    // until it returns. Error exists: that worker runs already.
    [[nodiscard]] Result<void> launch(std::size_t index, std::function<void()> body);
    // Waits until worker `index` has returned.
    void join(std::size_t index);

private:
    // DPDK hands the body over and tells of its end by means that ThreadSanitizer cannot see;
    // `turn` says it in the language's own terms. Written by control before, by the worker after
    // the body.
    struct Body {
        std::function<void()> function;
        std::atomic<int> turn{0};
    };
    static int run_body(void* body);

    Eal() = default;
    std::size_t workers_ = 0;
    std::vector<std::unique_ptr<Body>> bodies_;  // by worker
};

}  // namespace weir::dataplane
