// SPDX-License-Identifier: Apache-2.0
// Questions to the kernel's generic netlink family "netdev".
#include "dataplane/route/device_features.hpp"

#include <cerrno>
#include <cstring>
#include <optional>
#include <string>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>

namespace weir::dataplane {
namespace {

// Of the kernel's include/uapi/linux/netdev.h, which came with 6.3: Debian 12 has that of 6.1.
constexpr const char* kNetdevFamily = "netdev";  // NETDEV_FAMILY_NAME
constexpr std::uint8_t kNetdevVersion = 1;       // NETDEV_FAMILY_VERSION
constexpr std::uint8_t kDevGet = 1;              // NETDEV_CMD_DEV_GET
constexpr std::uint16_t kDevIfindex = 1;         // NETDEV_A_DEV_IFINDEX, u32
constexpr std::uint16_t kDevXdpFeatures = 3;     // NETDEV_A_DEV_XDP_FEATURES, u64
constexpr std::uint64_t kBasic = 1U << 0U;       // NETDEV_XDP_ACT_BASIC
constexpr std::uint64_t kNdoXmit = 1U << 2U;     // NETDEV_XDP_ACT_NDO_XMIT

struct Question {
    NetlinkRequest request;
    std::uint32_t sequence = 0;
    std::uint16_t wanted = 0;  // the attribute that is the answer
};

struct Answer {
    int error_number = 0;                // the kernel's refusal
    std::optional<std::uint64_t> value;  // nothing: the answer lacks the attribute
};

// `put` adds the attributes.
template <typename Put>
Question make_question(NetlinkSocket& socket, std::uint16_t family, genlmsghdr command,
                       std::uint16_t wanted, Put put) {
    Question question;
    question.sequence = socket.next_sequence();
    question.wanted = wanted;
    nlmsghdr* header = mnl_nlmsg_put_header(question.request.buffer().data());
    header->nlmsg_type = family;
    header->nlmsg_flags = NLM_F_REQUEST;
    header->nlmsg_seq = question.sequence;
    auto* body = static_cast<genlmsghdr*>(mnl_nlmsg_put_extra_header(header, sizeof(genlmsghdr)));
    *body = command;
    put(header);
    question.request.set_size(header->nlmsg_len);
    return question;
}

// The number of an attribute of 2 or 8 bytes, which may be unaligned.
std::optional<std::uint64_t> number_of(const nlattr* attribute) {
    const auto read = [&](auto value) -> std::optional<std::uint64_t> {
        if (mnl_attr_get_payload_len(attribute) < sizeof value) return std::nullopt;
        std::memcpy(&value, mnl_attr_get_payload(attribute), sizeof value);
        return value;
    };
    return mnl_attr_get_payload_len(attribute) < sizeof(std::uint64_t) ? read(std::uint16_t{})
                                                                       : read(std::uint64_t{});
}

struct Search {
    std::uint16_t wanted = 0;
    std::optional<std::uint64_t> value;
};

int look_at(const nlattr* attribute, void* data) {
    auto& search = *static_cast<Search*>(data);
    if (mnl_attr_get_type(attribute) == search.wanted) search.value = number_of(attribute);
    return MNL_CB_OK;
}

// libmnl looks at no byte behind the message's end, which mnl_nlmsg_ok has checked.
Answer read_answer(const nlmsghdr* message, std::uint16_t wanted) {
    if (message->nlmsg_type == NLMSG_ERROR) {
        nlmsgerr refusal{};
        if (mnl_nlmsg_get_payload_len(message) < sizeof refusal) return {EBADMSG, {}};
        std::memcpy(&refusal, mnl_nlmsg_get_payload(message), sizeof refusal);
        return {-refusal.error, {}};
    }
    if (mnl_nlmsg_get_payload_len(message) < sizeof(genlmsghdr)) return {EBADMSG, {}};
    Search search{wanted, {}};
    (void)mnl_attr_parse(message, sizeof(genlmsghdr), look_at, &search);
    return {0, search.value};
}

// Generic netlink answers before the sending returns, so the answer is there or never comes.
// Errors: io.
Result<Answer> ask(NetlinkSocket& socket, const Question& question, const std::string& what) {
    const auto sent = socket.send(question.request);
    if (!sent) return fail(ErrorCode::io, what + ": " + sent.error().context);
    for (auto received = socket.receive(); received.kind == NetlinkSocket::Received::Kind::bytes;
         received = socket.receive()) {
        int left = static_cast<int>(received.bytes.size());
        const auto* message =
            static_cast<const nlmsghdr*>(static_cast<const void*>(received.bytes.data()));
        for (; mnl_nlmsg_ok(message, left); message = mnl_nlmsg_next(message, &left))
            if (message->nlmsg_seq == question.sequence)
                return read_answer(message, question.wanted);
    }
    return fail(ErrorCode::io, what + ": the kernel did not answer");
}

}  // namespace

Result<DeviceFeatures> DeviceFeatures::open() {
    const std::string what = "asking the kernel for its netlink family netdev";
    auto socket = NetlinkSocket::open_generic();
    if (!socket) return fail(std::move(socket).error().within(what));
    const auto question = make_question(
        *socket, GENL_ID_CTRL, {CTRL_CMD_GETFAMILY, 1, 0}, CTRL_ATTR_FAMILY_ID,
        [](nlmsghdr* header) { mnl_attr_put_strz(header, CTRL_ATTR_FAMILY_NAME, kNetdevFamily); });
    const auto answer = ask(*socket, question, what);
    if (!answer) return fail(answer.error());
    if (answer->error_number == ENOENT)
        return fail(ErrorCode::not_found,
                    "the kernel does not tell what its devices can do for XDP: it takes a kernel "
                    "of 6.3 or newer");
    if (answer->error_number != 0) return fail_errno(what, answer->error_number);
    if (!answer->value) return fail(ErrorCode::io, what + ": the answer has no number");
    return DeviceFeatures(std::move(*socket), static_cast<std::uint16_t>(*answer->value));
}

Result<bool> DeviceFeatures::sends_xdp_frames(DeviceIndex device) {
    const auto features = features_of(device);
    if (!features) return fail(features.error());
    return (*features & kNdoXmit) != 0;
}

Result<bool> DeviceFeatures::runs_xdp_programs(DeviceIndex device) {
    const auto features = features_of(device);
    if (!features) return fail(features.error());
    return (*features & kBasic) != 0;
}

Result<std::uint64_t> DeviceFeatures::features_of(DeviceIndex device) {
    const std::string what =
        "asking the kernel what device " + std::to_string(device) + " can do for XDP";
    // The kernel calls this a number out of range, and we no device.
    if (device == kAnyDevice) return fail(ErrorCode::not_found, what + ": there is no such device");
    const auto question = make_question(
        socket_, family_, {kDevGet, kNetdevVersion, 0}, kDevXdpFeatures,
        [device](nlmsghdr* header) { mnl_attr_put_u32(header, kDevIfindex, device); });
    const auto answer = ask(socket_, question, what);
    if (!answer) return fail(answer.error());
    if (answer->error_number == ENODEV)
        return fail(ErrorCode::not_found, what + ": there is no such device");
    if (answer->error_number != 0) return fail_errno(what, answer->error_number);
    if (!answer->value) return fail(ErrorCode::io, what + ": the answer lacks the features");
    return *answer->value;
}

}  // namespace weir::dataplane
