// SPDX-License-Identifier: Apache-2.0
// Sizing, mapping and clearing of the shared memory.
#include "dataplane/control/shared_memory.hpp"

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace weir::dataplane {
namespace {

Result<std::size_t> size_of(int fd) {
    struct stat file {};
    if (::fstat(fd, &file) != 0)
        return fail_errno("cannot use the shared memory descriptor " + std::to_string(fd), errno);
    if (!S_ISREG(file.st_mode)) {
        return fail(ErrorCode::invalid, "descriptor " + std::to_string(fd) +
                                            " (--shared-memory-fd) is not a memory file");
    }
    return static_cast<std::size_t>(file.st_size);
}

Result<void> resize(int fd, std::size_t bytes) {
    if (::ftruncate(fd, static_cast<off_t>(bytes)) != 0) {
        return fail_errno("cannot give the shared memory " + std::to_string(bytes) +
                              " bytes (media.sessions and media.pre_roll in platform.yaml)",
                          errno);
    }
    return {};
}

bool is_idle(const SharedState& state) {
    const auto slots = state.slots();
    return std::all_of(slots.begin(), slots.end(),
                       [](const SessionSlot& slot) { return slot.use == SlotUse::free; });
}

Result<SharedMemory> map_and_attach(UniqueFd fd, std::size_t bytes,
                                    const SharedStateOptions& options) {
    auto mapping = MemoryMapping::map(fd.get(), bytes);
    if (!mapping) return fail(mapping.error());
    auto state = SharedState::attach(mapping->bytes(), options);
    if (!state) return fail(state.error());
    return SharedMemory{std::move(fd), std::move(*mapping), std::move(*state)};
}

}  // namespace

Result<MemoryMapping> MemoryMapping::map(int fd, std::size_t bytes) {
    void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED)
        return fail_errno("cannot map " + std::to_string(bytes) + " bytes of shared memory", errno);
    return MemoryMapping({static_cast<std::byte*>(memory), bytes});
}

MemoryMapping::MemoryMapping(MemoryMapping&& from) noexcept
    : bytes_(std::exchange(from.bytes_, {})) {}

MemoryMapping& MemoryMapping::operator=(MemoryMapping&& from) noexcept {
    if (this != &from) {
        unmap();
        bytes_ = std::exchange(from.bytes_, {});
    }
    return *this;
}

MemoryMapping::~MemoryMapping() {
    unmap();
}

void MemoryMapping::unmap() {
    if (!bytes_.empty()) ::munmap(bytes_.data(), bytes_.size());
    bytes_ = {};
}

Result<SharedMemory> open_shared_memory(int fd, const SharedStateOptions& options, Logger& logger) {
    UniqueFd memory(fd >= 0 ? fd : ::memfd_create("weir-media", MFD_CLOEXEC));
    if (!memory.is_open()) return fail_errno("cannot make shared memory", errno);
    const auto found = size_of(memory.get());
    if (!found) return fail(found.error());
    const std::size_t needed = shared_state_bytes(options);
    if (*found == 0) {
        WEIR_TRY(resize(memory.get(), needed));
        return map_and_attach(std::move(memory), needed, options);
    }

    const UniqueFd again(::dup(memory.get()));
    auto attached = map_and_attach(std::move(memory), *found, options);
    std::string reason;
    if (!attached)
        reason = attached.error().context;
    else if (attached->state.options() == options)
        return attached;
    else if (is_idle(attached->state))
        reason = "platform.yaml has other sizes and no session is left";
    else {
        logger.warning(
            "control.memory_kept",
            {{"reason", "sessions go on: new sizes of platform.yaml need a full restart"}});
        return attached;
    }
    logger.warning("control.memory_cleared", {{"reason", reason}});
    // Only now does the old mapping end; cut to nothing, the pages come back as zeros.
    attached = fail(ErrorCode::invalid, "");
    WEIR_TRY(resize(again.get(), 0));
    WEIR_TRY(resize(again.get(), needed));
    return map_and_attach(UniqueFd(::dup(again.get())), needed, options);
}

}  // namespace weir::dataplane
