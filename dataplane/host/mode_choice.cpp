// SPDX-License-Identifier: Apache-2.0
// The order in which I/O modes are tried, and what is said of those that were not taken.
#include "dataplane/host/mode_choice.hpp"

#include <array>
#include <string_view>

#include <fmt/format.h>

namespace weir::dataplane {
namespace {

// Keys of the log line, by mode.
constexpr std::array<std::string_view, kIoModes.size()> kNotTaken{"", "not_dpdk", "not_af_xdp",
                                                                  "not_af_packet", "not_socket"};

std::vector<IoMode> order_of(const IoWish& wish) {
    if (wish.mode == IoMode::socket) return {IoMode::socket};
    std::vector<IoMode> order;
    for (const IoMode mode : kIoModes) {
        if (mode == IoMode::automatic) continue;
        if (wish.mode == IoMode::automatic || mode >= wish.mode) order.push_back(mode);
    }
    return order;
}

}  // namespace

ModeChoice ModeChoice::of(const IoWish& wish, const MachineFacts& machine) {
    std::vector<Judgement> in_order;
    for (const IoMode mode : order_of(wish))
        in_order.push_back(judge(mode, wish, machine));
    return ModeChoice(wish.mode, in_order);
}

ModeChoice::ModeChoice(IoMode wanted, const std::vector<Judgement>& in_order) : wanted_(wanted) {
    for (const Judgement& judgement : in_order)
        candidates_.push_back({judgement.mode, judgement.reason()});
    skip_impossible();
}

void ModeChoice::skip_impossible() {
    while (position_ < candidates_.size() && !candidates_[position_].obstacle.empty())
        ++position_;
}

std::optional<IoMode> ModeChoice::current() const {
    if (position_ == candidates_.size()) return std::nullopt;
    return candidates_[position_].mode;
}

void ModeChoice::reject(const std::string& why) {
    if (position_ == candidates_.size()) return;
    candidates_[position_].obstacle = why.empty() ? "it did not open" : why;
    skip_impossible();
}

bool ModeChoice::has_fallen_back() const {
    return wanted_ != IoMode::automatic && current() && *current() != wanted_;
}

std::string ModeChoice::passed_over() const {
    std::string text;
    for (std::size_t i = 0; i < position_; ++i)
        text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", to_string(candidates_[i].mode),
                            candidates_[i].obstacle);
    return text;
}

std::string ModeChoice::failure() const {
    return fmt::format("no I/O mode works (media.io: {}): {}", to_string(wanted_), passed_over());
}

void ModeChoice::log(Logger& logger) const {
    const auto taken = current();
    const bool is_trouble = !taken || has_fallen_back();
    const LogLevel level = is_trouble ? LogLevel::error : LogLevel::info;
    const LogField mode("mode", taken ? to_string(*taken) : "none");
    const LogField wanted("wanted", to_string(wanted_));
    const LogField advice("advice", "weir doctor shows what each mode needs");
    // A field for each that was passed over: one value may not become longer than kLogValueBytes.
    const auto passed = [this](std::size_t i) {
        return LogField(kNotTaken[static_cast<std::size_t>(candidates_[i].mode)],
                        candidates_[i].obstacle);
    };
    switch (position_) {
        case 0:
            return logger.write(level, "media.io", {mode, wanted});
        case 1:
            return logger.write(level, "media.io", {mode, wanted, passed(0), advice});
        case 2:
            return logger.write(level, "media.io", {mode, wanted, passed(0), passed(1), advice});
        case 3:
            return logger.write(level, "media.io",
                                {mode, wanted, passed(0), passed(1), passed(2), advice});
        default:
            return logger.write(level, "media.io",
                                {mode, wanted, passed(0), passed(1), passed(2), passed(3), advice});
    }
}

}  // namespace weir::dataplane
