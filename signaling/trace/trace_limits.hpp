// SPDX-License-Identifier: Apache-2.0
// Bounds of the flight recorder, each with its reason.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace weir::signaling {

// What the store may take on the disk, MiB: 1 GB holds the last hours of a busy trunk.
inline constexpr std::uint64_t kTraceMegabytes = 1000;
// The store is cut into so many segments: the oldest one makes room for the next.
inline constexpr std::uint64_t kTraceSegments = 64;
// Bytes that wait for a slow disk. Beyond it records are lost and counted: the calls go on.
inline constexpr std::size_t kTraceQueueBytes = std::size_t{32} * 1024 * 1024;
// Room for records that is kept from batch to batch: what a thousand calls a second write in
// kTraceGather. Fresh memory for each batch costs a page fault every few records.
inline constexpr std::size_t kTraceKeptRoom = std::size_t{2} * 1024 * 1024;
// One record: a call's set-up with all its routes stays far below it.
inline constexpr std::size_t kTraceMaxRecord = std::size_t{1024} * 1024;
// Records of one call: a call that is refreshed each minute reaches it after a day.
inline constexpr std::uint32_t kTraceMaxRecords = 20'000;
// Elements of a list in a record, against a damaged file.
inline constexpr std::uint64_t kTraceMaxElements = 65'536;
// Configurations that are kept for replays: the newest ones.
inline constexpr std::size_t kTraceConfigs = 64;
// Calls that one search lists.
inline constexpr std::size_t kTraceMaxFound = 1000;
// Records are gathered for so long before they are written: a writer that is woken by each of the
// twenty records of a call costs more than the call. What a crash takes with it is as short.
inline constexpr auto kTraceGather = std::chrono::milliseconds(50);
// Bytes of records that stay in the kernel's cache behind those that are on their way to the disk.
inline constexpr std::uint64_t kTraceCached = std::uint64_t{1024} * 1024;
// How long a reader waits until what is queued is on the disk.
inline constexpr auto kTraceFlushWait = std::chrono::seconds(2);

}  // namespace weir::signaling
