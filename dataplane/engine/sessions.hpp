// SPDX-License-Identifier: Apache-2.0
// Sessions of a worker: taking over a slot, its ports, its end.
//
// Thread: the worker. The lookup of a command's session or fork is here too: stale ones are
// counted.
#pragma once

#include "dataplane/engine/forks.hpp"
#include "dataplane/engine/worker_state.hpp"

namespace weir::dataplane {

// False: the session is not (or no longer) ours, and it was counted.
[[nodiscard]] bool is_known(WorkerState& worker, SessionId session) noexcept;
[[nodiscard]] bool is_known(WorkerState& worker, const ForkId& fork) noexcept;

void install(WorkerState& worker, const to_worker::Install& command, MonoTime now) noexcept;
void install_stream(WorkerState& worker, const to_worker::InstallStream& command) noexcept;
void set_remote(WorkerState& worker, const to_worker::SetRemote& command, MonoTime now) noexcept;
void set_payload_types(WorkerState& worker, const to_worker::SetPayloadTypes& command,
                       MonoTime now) noexcept;
void close_session(WorkerState& worker, SessionId session, MonoTime now) noexcept;
void take_snapshot(WorkerState& worker, const to_worker::Snapshot& command) noexcept;

// Linger, laws, silence and reports of one slot; called at least every 5 * kHousekeeping.
void look_after(WorkerState& worker, std::uint16_t slot, MonoTime now) noexcept;
// Packets that were held back too long.
void expire_held(WorkerState& worker, MonoTime now) noexcept;

}  // namespace weir::dataplane
