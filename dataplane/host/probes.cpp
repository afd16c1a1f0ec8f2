// SPDX-License-Identifier: Apache-2.0
// Trials: sockets and a program that are made and closed again at once.
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/if_packet.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "config/base/unique_fd.hpp"
#include "dataplane/host/read_parts.hpp"

namespace weir::dataplane {
namespace {

int bpf(bpf_cmd command, bpf_attr& attributes) {
    return static_cast<int>(::syscall(SYS_bpf, command, &attributes, sizeof attributes));
}

Probe outcome(bool done, int error_number, bool may_try) {
    if (done) return Probe::works;
    switch (error_number) {
        case EPERM:
        case EACCES:
            return may_try ? Probe::refused : Probe::untried;
        case EAFNOSUPPORT:
        case EPROTONOSUPPORT:
        case ESOCKTNOSUPPORT:
        case ENOSYS:
        case EINVAL:
        case ENOENT:
        case ENODEV:
        case ENXIO:
        case ENOPROTOOPT:
            return Probe::absent;
        default:
            return Probe::untried;  // no memory, no descriptors: it says nothing of the kernel
    }
}

Probe try_packet_socket(bool may_try) {
    const UniqueFd fd(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
    if (!fd.is_open()) return outcome(false, errno, may_try);
    const int version = TPACKET_V2;
    const bool done =
        ::setsockopt(fd.get(), SOL_PACKET, PACKET_VERSION, &version, sizeof version) == 0;
    return outcome(done, errno, may_try);
}

Probe try_xdp_socket(bool may_try) {
    const UniqueFd fd(::socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0));
    return outcome(fd.is_open(), errno, may_try);
}

// r0 = XDP_PASS; exit
Probe try_xdp_program(bool may_try) {
    std::array<bpf_insn, 2> program{};
    program[0].code = BPF_ALU64 | BPF_MOV | BPF_K;
    program[0].imm = XDP_PASS;
    program[1].code = BPF_JMP | BPF_EXIT;
    const char license[] = "Apache-2.0";
    bpf_attr attributes{};
    attributes.prog_type = BPF_PROG_TYPE_XDP;
    attributes.insn_cnt = program.size();
    attributes.insns = reinterpret_cast<std::uintptr_t>(program.data());
    attributes.license = reinterpret_cast<std::uintptr_t>(license);
    const UniqueFd fd(bpf(BPF_PROG_LOAD, attributes));
    return outcome(fd.is_open(), errno, may_try);
}

Probe try_tun() {
    const UniqueFd fd(::open("/dev/net/tun", O_RDWR | O_CLOEXEC));
    return outcome(fd.is_open(), errno, true);
}

}  // namespace

void read_probes(MachineFacts& facts) {
    const Capabilities& own = facts.own_capabilities;
    const bool raw = own.contains(Capability::net_raw);
    facts.af_packet = try_packet_socket(raw);
    facts.af_xdp = try_xdp_socket(raw);
    const bool may_load = own.contains(Capability::sys_admin) ||
                          (own.contains(Capability::bpf) && own.contains(Capability::net_admin));
    facts.bpf_load = try_xdp_program(may_load);
    facts.tun = try_tun();
}

std::string xdp_program_name(std::uint32_t id) {
    bpf_attr by_id{};
    by_id.prog_id = id;
    const UniqueFd fd(bpf(BPF_PROG_GET_FD_BY_ID, by_id));
    if (!fd.is_open()) return "";
    bpf_prog_info info{};
    bpf_attr question{};
    question.info.bpf_fd = static_cast<std::uint32_t>(fd.get());
    question.info.info_len = sizeof info;
    question.info.info = reinterpret_cast<std::uintptr_t>(&info);
    if (bpf(BPF_OBJ_GET_INFO_BY_FD, question) != 0) return "";
    return std::string(info.name, ::strnlen(info.name, sizeof info.name));
}

}  // namespace weir::dataplane
