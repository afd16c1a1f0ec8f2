// SPDX-License-Identifier: Apache-2.0
// Walks /proc/self/fd and asks the kernel what stands behind each descriptor.
#include "dataplane/io/xdp/own_descriptors.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <optional>

#include <bpf/bpf.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace weir::dataplane {
namespace {

constexpr std::size_t kOurMaps = 16;  // the program has thirteen

std::optional<OwnDescriptor> program(int fd) {
    std::array<std::uint32_t, kOurMaps> maps{};
    bpf_prog_info info{};
    std::uint32_t length = sizeof(info);
    info.map_ids = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(maps.data()));
    info.nr_map_ids = maps.size();
    if (bpf_obj_get_info_by_fd(fd, &info, &length) != 0) return std::nullopt;
    const std::size_t count = std::min<std::size_t>(info.nr_map_ids, maps.size());
    return OwnDescriptor{.fd = fd,
                         .kind = DescriptorKind::bpf_program,
                         .id = info.id,
                         .name = info.name,
                         .map_ids = {maps.begin(), maps.begin() + static_cast<long>(count)}};
}

std::optional<OwnDescriptor> map(int fd) {
    bpf_map_info info{};
    std::uint32_t length = sizeof(info);
    if (bpf_obj_get_info_by_fd(fd, &info, &length) != 0) return std::nullopt;
    return OwnDescriptor{
        .fd = fd, .kind = DescriptorKind::bpf_map, .id = info.id, .name = info.name};
}

std::optional<OwnDescriptor> socket_of(int fd) {
    int domain = 0;
    socklen_t length = sizeof(domain);
    struct stat file {};
    if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &length) != 0) return std::nullopt;
    if ((domain != AF_XDP && domain != AF_PACKET) || fstat(fd, &file) != 0) return std::nullopt;
    const auto kind = domain == AF_XDP ? DescriptorKind::xdp_socket : DescriptorKind::packet_socket;
    return OwnDescriptor{.fd = fd, .kind = kind, .id = file.st_ino};
}

std::optional<OwnDescriptor> look_at(int fd, const std::string& link) {
    if (link == "anon_inode:bpf-prog") return program(fd);
    if (link == "anon_inode:bpf-map") return map(fd);
    if (link.starts_with("socket:")) return socket_of(fd);
    return std::nullopt;
}

}  // namespace

std::vector<OwnDescriptor> own_descriptors() {
    std::vector<OwnDescriptor> found;
    std::error_code error;
    std::filesystem::directory_iterator at("/proc/self/fd", error);
    for (; !error && at != std::filesystem::directory_iterator(); at.increment(error)) {
        const std::string name = at->path().filename().string();
        int fd = -1;
        std::from_chars(name.data(), name.data() + name.size(), fd);
        std::error_code gone;
        const auto link = std::filesystem::read_symlink(at->path(), gone);
        if (gone || fd < 0) continue;
        if (auto descriptor = look_at(fd, link.string())) found.push_back(std::move(*descriptor));
    }
    return found;
}

std::vector<OwnDescriptor> opened_since(const std::vector<OwnDescriptor>& before,
                                        const std::vector<OwnDescriptor>& now) {
    std::vector<OwnDescriptor> fresh;
    for (const auto& descriptor : now)
        if (std::find(before.begin(), before.end(), descriptor) == before.end())
            fresh.push_back(descriptor);
    return fresh;
}

void close_leftovers(const std::vector<OwnDescriptor>& descriptors) {
    const auto now = own_descriptors();
    for (const auto& descriptor : descriptors)
        if (std::find(now.begin(), now.end(), descriptor) != now.end()) close(descriptor.fd);
}

}  // namespace weir::dataplane
