// SPDX-License-Identifier: Apache-2.0
// RFC 2782's algorithm; see srv_order.hpp.
#include "signaling/dns/srv_order.hpp"

#include <algorithm>
#include <numeric>

namespace weir::signaling {

std::vector<SrvRecord> srv_order(std::vector<SrvRecord> records, Random& random) {
    std::erase_if(records, [](const SrvRecord& record) { return record.target == "."; });
    // Those without weight stand first, so that they are chosen now and then (RFC 2782).
    std::stable_sort(records.begin(), records.end(), [](const SrvRecord& a, const SrvRecord& b) {
        if (a.priority != b.priority) return a.priority < b.priority;
        return a.weight == 0 && b.weight != 0;
    });
    for (auto first = records.begin(); first != records.end(); ++first) {
        const auto last = std::find_if(first, records.end(), [&](const SrvRecord& record) {
            return record.priority != first->priority;
        });
        const std::uint64_t sum = std::accumulate(
            first, last, std::uint64_t{0},
            [](std::uint64_t total, const SrvRecord& record) { return total + record.weight; });
        std::uint64_t left = random.below(sum + 1);
        auto chosen = first;
        while (chosen->weight < left) {
            left -= chosen->weight;
            ++chosen;
        }
        std::rotate(first, chosen, chosen + 1);
    }
    return records;
}

}  // namespace weir::signaling
