// SPDX-License-Identifier: Apache-2.0
// The settings of jemalloc in weir-sip, which reads them before main(): memory goes back to the
// system some seconds after the calls that took it have ended.
//
// Without a thread of its own jemalloc gives back only what the threads that allocate come across:
// a node that is idle after its busy hour would keep the memory of it. MALLOC_CONF in the
// environment overrides each of them. Not for weir-media: no thread of an allocator may get in
// front of a worker on its core, and what it has it has from the start.

extern "C" {
// A name of jemalloc's (jemalloc(3), TUNING). Sanitizers bring their own allocator, and nobody
// reads it.
extern const char* const malloc_conf;
const char* const malloc_conf =
    "background_thread:true,"
    "dirty_decay_ms:5000,"  // used again within seconds under load, so that nothing is faulted in
    "muzzy_decay_ms:0,"     // given back at once then: a lazy return would still count as ours
    // jemalloc keeps 128 bytes for each run of pages that it has ever had: in runs of one to seven
    // pages 20,000 calls would leave megabytes of notes. These are the sizes of which a call and
    // its transactions have most, in runs of up to 512.
    "slab_sizes:32-32:4|48-48:6|64-64:8|80-80:10|128-128:16|160-160:10|224-224:14|256-256:4|"
    "320-320:10|448-448:14|512-512:4|640-640:10|1280-1280:20|4096-4096:32";
}
