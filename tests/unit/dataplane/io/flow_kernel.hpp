// SPDX-License-Identifier: Apache-2.0
// The kernel's half of flow offload without its program: the maps, and records written into a ring
// as a program writes them. Needs root.
#pragma once

#include <array>
#include <cstring>
#include <memory>
#include <vector>

#include <bpf/bpf.h>
#include <gtest/gtest.h>
#include <linux/bpf.h>
#include <unistd.h>

#include "config/base/unique_fd.hpp"
#include "dataplane/io/xdp/filter_maps.h"
#include "dataplane/io/xdp/flow_table.hpp"

namespace weir::dataplane::tests {

// As the program declares them.
class FlowMapSet {
public:
    FlowMapSet()
        : flows_(array(WEIR_FLOW_COUNT, sizeof(weir_flow), BPF_F_MMAPABLE)),
          ways_(array(WEIR_FLOW_WAYS, sizeof(weir_way), BPF_F_MMAPABLE)),
          locals_(array(1, sizeof(weir_locals), 0)),
          copies_(array(WEIR_FLOW_COUNT, sizeof(weir_copy), BPF_F_MMAPABLE)),
          outs_(devices(WEIR_FLOW_WAYS)),
          fork_program_(program_at_the_way_out()) {
        const UniqueFd ring(
            bpf_map_create(BPF_MAP_TYPE_RINGBUF, "ring", 0, 0, WEIR_RECORD_RING, nullptr));
        LIBBPF_OPTS(bpf_map_create_opts, options);
        options.inner_map_fd = static_cast<__u32>(ring.get());
        records_ = UniqueFd(bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, "rings", sizeof(__u32),
                                           sizeof(__u32), WEIR_XDP_MAX_QUEUES, &options));
        const UniqueFd pair = devices(2);
        options.inner_map_fd = static_cast<__u32>(pair.get());
        pairs_ = UniqueFd(bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, "pairs", sizeof(__u32),
                                         sizeof(__u32), WEIR_FLOW_PAIRS, &options));
    }
    FlowMaps maps() const {
        return {.flows = flows_.get(),
                .ways = ways_.get(),
                .locals = locals_.get(),
                .records = records_.get(),
                .copies = copies_.get(),
                .outs = outs_.get(),
                .pairs = pairs_.get(),
                .fork_program = fork_program_.get()};
    }
    weir_copy copy(std::uint32_t index) const { return value<weir_copy>(copies_, index); }
    // Where frames by that way go; the program's field holds its number.
    bpf_devmap_val out(std::uint32_t way) const { return value<bpf_devmap_val>(outs_, way); }
    // Of a packet by `way` with a copy by `copy_way`: where the copy goes, and where the packet.
    std::array<bpf_devmap_val, 2> pair(std::uint32_t way, std::uint32_t copy_way) const {
        const auto id = value<std::uint32_t>(pairs_, way * WEIR_FLOW_WAYS + copy_way);
        const UniqueFd map(bpf_map_get_fd_by_id(id));
        return {value<bpf_devmap_val>(map, 0), value<bpf_devmap_val>(map, 1)};
    }
    weir_flow flow(std::uint32_t index) const { return value<weir_flow>(flows_, index); }
    weir_way way(std::uint32_t index) const { return value<weir_way>(ways_, index); }
    weir_locals locals() const { return value<weir_locals>(locals_, 0); }
    // Of the ring at that place; 0: there is none.
    std::uint32_t ring_id(std::uint32_t queue) const {
        return value<std::uint32_t>(records_, queue);
    }
    // As the program does when it can go on no longer.
    void end(std::uint32_t index) {
        weir_flow flow = this->flow(index);
        flow.ended = flow.given;
        bpf_map_update_elem(flows_.get(), &index, &flow, BPF_ANY);
    }

private:
    static UniqueFd array(std::uint32_t entries, std::uint32_t bytes, __u32 flags) {
        LIBBPF_OPTS(bpf_map_create_opts, options);
        options.map_flags = flags;
        return UniqueFd(
            bpf_map_create(BPF_MAP_TYPE_ARRAY, "table", sizeof(__u32), bytes, entries, &options));
    }
    static UniqueFd devices(std::uint32_t entries) {
        return UniqueFd(bpf_map_create(BPF_MAP_TYPE_DEVMAP, "devices", sizeof(__u32),
                                       sizeof(bpf_devmap_val), entries, nullptr));
    }
    // Lets every frame go: return XDP_PASS.
    static UniqueFd program_at_the_way_out() {
        std::array<bpf_insn, 2> text{};
        text[0].code = BPF_ALU64 | BPF_MOV | BPF_K;
        text[0].imm = XDP_PASS;
        text[1].code = BPF_JMP | BPF_EXIT;
        LIBBPF_OPTS(bpf_prog_load_opts, options);
        options.expected_attach_type = BPF_XDP_DEVMAP;
        return UniqueFd(bpf_prog_load(BPF_PROG_TYPE_XDP, "way_out", "Apache-2.0", text.data(),
                                      text.size(), &options));
    }
    template <typename Value>
    static Value value(const UniqueFd& map, std::uint32_t index) {
        Value found{};
        bpf_map_lookup_elem(map.get(), &index, &found);
        return found;
    }

    UniqueFd flows_;
    UniqueFd ways_;
    UniqueFd locals_;
    UniqueFd copies_;
    UniqueFd outs_;
    UniqueFd fork_program_;
    UniqueFd records_;
    UniqueFd pairs_;
};

inline weir_record record_of(std::uint8_t mark, std::uint32_t bytes = 64) {
    weir_record record{};
    record.arrival_ns = 1000U + mark;
    record.bytes = static_cast<std::uint16_t>(bytes);
    record.payload_sum = 0x12345U;
    std::memset(record.frame, mark, sizeof(record.frame));
    return record;
}

// Writes into a ring. Only programs may: this one writes what stands in its map, when it is run.
class RingWriter {
public:
    enum class Write : std::uint8_t { whole, half, discarded };

    explicit RingWriter(int ring)
        : next_(bpf_map_create(BPF_MAP_TYPE_ARRAY, "next", sizeof(__u32), sizeof(weir_record), 1,
                               nullptr)),
          whole_(load(output(ring, sizeof(weir_record)))),
          half_(load(output(ring, sizeof(weir_record) / 2))),
          discarded_(load(discard(ring))) {}

    // False: there is no room.
    bool write(const weir_record& record, Write how = Write::whole) {
        const __u32 index = 0;
        bpf_map_update_elem(next_.get(), &index, &record, BPF_ANY);
        const UniqueFd& program = how == Write::whole  ? whole_
                                  : how == Write::half ? half_
                                                       : discarded_;
        const std::array<std::uint8_t, 64> frame{};
        LIBBPF_OPTS(bpf_test_run_opts, options);
        options.data_in = frame.data();
        options.data_size_in = frame.size();
        options.repeat = 1;
        EXPECT_EQ(bpf_prog_test_run_opts(program.get(), &options), 0);
        return options.retval == 0;
    }
    bool write(std::uint8_t mark) { return write(record_of(mark)); }

private:
    using Code = std::vector<bpf_insn>;
    enum : std::uint8_t { r0, r1, r2, r3, r4, r10 = 10 };

    static bpf_insn op(int code, std::uint8_t to, std::uint8_t from, std::int16_t offset,
                       std::int32_t value) {
        return {static_cast<__u8>(code), static_cast<__u8>(to & 15U), static_cast<__u8>(from & 15U),
                offset, value};
    }
    static bpf_insn set(std::uint8_t to, std::int32_t value) {
        return op(BPF_ALU64 | BPF_MOV | BPF_K, to, 0, 0, value);
    }
    static bpf_insn copy(std::uint8_t to, std::uint8_t from) {
        return op(BPF_ALU64 | BPF_MOV | BPF_X, to, from, 0, 0);
    }
    static bpf_insn call(int function) { return op(BPF_JMP | BPF_CALL, 0, 0, 0, function); }
    static void set_map(Code& code, std::uint8_t to, int map) {
        code.push_back(op(BPF_LD | BPF_DW | BPF_IMM, to, BPF_PSEUDO_MAP_FD, 0, map));
        code.push_back(op(0, 0, 0, 0, 0));
    }
    // r2 = &next[0]; r0 = bpf_ringbuf_output(ring, r2, bytes, BPF_RB_NO_WAKEUP)
    Code output(int ring, std::int32_t bytes) const {
        Code code{op(BPF_ST | BPF_MEM | BPF_W, r10, 0, -4, 0), copy(r2, r10),
                  op(BPF_ALU64 | BPF_ADD | BPF_K, r2, 0, 0, -4)};
        set_map(code, r1, next_.get());
        code.push_back(call(BPF_FUNC_map_lookup_elem));
        code.push_back(op(BPF_JMP | BPF_JNE | BPF_K, r0, 0, 1, 0));
        code.push_back(op(BPF_JMP | BPF_EXIT, 0, 0, 0, 0));
        code.push_back(copy(r2, r0));
        set_map(code, r1, ring);
        code.insert(code.end(),
                    {set(r3, bytes), set(r4, BPF_RB_NO_WAKEUP), call(BPF_FUNC_ringbuf_output),
                     op(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)});
        return code;
    }
    static Code discard(int ring) {
        Code code;
        set_map(code, r1, ring);
        code.insert(
            code.end(),
            {set(r2, sizeof(weir_record)), set(r3, 0), call(BPF_FUNC_ringbuf_reserve),
             op(BPF_JMP | BPF_JNE | BPF_K, r0, 0, 2, 0), set(r0, 1),
             op(BPF_JMP | BPF_EXIT, 0, 0, 0, 0), copy(r1, r0), set(r2, BPF_RB_NO_WAKEUP),
             call(BPF_FUNC_ringbuf_discard), set(r0, 0), op(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)});
        return code;
    }
    static UniqueFd load(const Code& code) {
        UniqueFd program(bpf_prog_load(BPF_PROG_TYPE_XDP, "write_record", "GPL", code.data(),
                                       code.size(), nullptr));
        EXPECT_TRUE(program.is_open()) << std::strerror(errno);
        return program;
    }

    UniqueFd next_;
    UniqueFd whole_;
    UniqueFd half_;
    UniqueFd discarded_;
};

}  // namespace weir::dataplane::tests
