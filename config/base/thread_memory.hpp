// SPDX-License-Identifier: Apache-2.0
// What jemalloc keeps at hand for a thread, and how a thread lives without it.
//
// Some hundred blocks of each size stay with the thread that freed them, and are looked through
// only while it allocates. When calls end, those blocks lie all over the memory that was theirs and
// hold its pages: a quarter of a node's memory, until the next busy hour. Nothing happens here in a
// program with another allocator (sanitizers). Thread: any; each is about the calling one.
#pragma once

namespace weir {

// They go back, and pages of the process that have been free for long enough go back to the system.
// A busy thread fetches what it needs again within a tenth of a millisecond.
void give_back_thread_memory();

// From now on nothing stays: for a thread that frees what others have allocated, a few blocks for
// each call.
void keep_no_thread_memory();

}  // namespace weir
