// SPDX-License-Identifier: Apache-2.0
// Asks the kernel for the attached XDP program and for the names of its maps.
#include "dataplane/io/xdp/attached_program.hpp"

#include <array>
#include <cerrno>
#include <string_view>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_link.h>

#include "config/base/unique_fd.hpp"
#include "dataplane/io/xdp/filter_maps.h"

namespace weir::dataplane {
namespace {

constexpr std::size_t kMaxMapsOfProgram = 64;  // the kernel's own limit for one program

bool has_our_maps(const bpf_prog_info& info, const std::uint32_t* map_ids) {
    bool ports = false;
    bool sockets = false;
    for (std::uint32_t i = 0; i < info.nr_map_ids && i < kMaxMapsOfProgram; ++i) {
        const UniqueFd fd(bpf_map_get_fd_by_id(map_ids[i]));
        bpf_map_info map{};
        std::uint32_t length = sizeof(map);
        if (!fd.is_open() || bpf_obj_get_info_by_fd(fd.get(), &map, &length) != 0) continue;
        ports |= std::string_view(map.name) == WEIR_XDP_PORTS;
        sockets |= std::string_view(map.name) == WEIR_XDP_SOCKETS;
    }
    return ports && sockets;
}

// Leaves the program unnamed where the kernel does not let us look.
void look_at(AttachedProgram& program) {
    const UniqueFd fd(bpf_prog_get_fd_by_id(program.id));
    std::array<std::uint32_t, kMaxMapsOfProgram> maps{};
    bpf_prog_info info{};
    std::uint32_t length = sizeof(info);
    info.map_ids = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(maps.data()));
    info.nr_map_ids = maps.size();
    if (!fd.is_open() || bpf_obj_get_info_by_fd(fd.get(), &info, &length) != 0) return;
    program.is_named = true;
    program.name = info.name;
    program.is_ours = program.name == WEIR_XDP_PROGRAM && has_our_maps(info, maps.data());
}

Result<bpf_xdp_query_opts> query(unsigned device) {
    bpf_xdp_query_opts answer{};
    answer.sz = sizeof(answer);
    const int failed = bpf_xdp_query(static_cast<int>(device), 0, &answer);
    if (failed == 0) return answer;
    return fail_errno("the XDP program of device " + std::to_string(device) + " cannot be read",
                      -failed);
}

}  // namespace

Result<std::optional<AttachedProgram>> attached_program(unsigned device) {
    const auto answer = query(device);
    if (!answer) return fail(answer.error());
    AttachedProgram program;
    if (answer->drv_prog_id != 0) {
        program.id = answer->drv_prog_id;
        program.flags = XDP_FLAGS_DRV_MODE;
    } else if (answer->skb_prog_id != 0) {
        program.id = answer->skb_prog_id;
        program.flags = XDP_FLAGS_SKB_MODE;
    } else if (answer->hw_prog_id != 0) {
        program.id = answer->hw_prog_id;
        program.flags = XDP_FLAGS_HW_MODE;
    } else {
        return std::optional<AttachedProgram>{};
    }
    look_at(program);
    return std::optional<AttachedProgram>{program};
}

Result<void> detach_program(unsigned device, const AttachedProgram& program) {
    const auto now = attached_program(device);
    if (!now) return fail(now.error());
    if (!now->has_value()) return {};
    if ((*now)->id != program.id)
        return fail(ErrorCode::exists, "XDP program " + std::to_string((*now)->id) +
                                           " was attached in the meantime; it is left alone");
    const int failed = bpf_xdp_detach(static_cast<int>(device), program.flags, nullptr);
    if (failed == 0) return {};
    if (failed == -EPERM)
        return fail(ErrorCode::denied, "XDP program " + std::to_string(program.id) +
                                           " cannot be detached without CAP_NET_ADMIN");
    return fail_errno("XDP program " + std::to_string(program.id) + " cannot be detached", -failed);
}

}  // namespace weir::dataplane
