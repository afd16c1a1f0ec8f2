// SPDX-License-Identifier: Apache-2.0
// All facts in the order of their dependence.
#include "dataplane/host/read_machine.hpp"

#include "dataplane/host/read_parts.hpp"

namespace weir::dataplane {

Result<MachineFacts> read_machine(const std::string& media_program) {
    MachineFacts facts;
    read_process(media_program, facts);
    WEIR_TRY(read_devices(facts));
    read_dpdk(facts);
    read_probes(facts);
    return facts;
}

}  // namespace weir::dataplane
