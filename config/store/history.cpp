// SPDX-License-Identifier: Apache-2.0
// The index as JSON, the configurations as files beside it.
#include "config/store/history.hpp"

#include <algorithm>
#include <filesystem>

#include <boost/json.hpp>
#include <unistd.h>

#include "config/base/limits.hpp"
#include "config/store/store_limits.hpp"

namespace weir::config {
namespace {

namespace json = boost::json;

json::object to_object(const Commit& commit) {
    return {{"id", commit.id},          {"first", commit.first}, {"at_ns", commit.at.ns},
            {"at", iso8601(commit.at)}, {"who", commit.who},     {"how", commit.how},
            {"comment", commit.comment}};
}

std::uint64_t number_of(const json::object& object, const char* key) {
    const json::value* value = object.if_contains(key);
    boost::system::error_code failure;
    const auto number = value == nullptr ? 0 : value->to_number<std::uint64_t>(failure);
    return failure ? 0 : number;
}

std::string text_in(const json::object& object, const char* key) {
    const json::value* value = object.if_contains(key);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

Commit from_object(const json::object& object) {
    Commit commit;
    commit.id = number_of(object, "id");
    commit.first = number_of(object, "first");
    commit.at.ns = static_cast<std::int64_t>(number_of(object, "at_ns"));
    commit.who = text_in(object, "who");
    commit.how = text_in(object, "how");
    commit.comment = text_in(object, "comment");
    return commit;
}

}  // namespace

std::string History::file_of(CommitId id) const {
    return directory_ + "/" + std::to_string(id) + ".cfg";
}

Result<void> History::open() {
    if (directory_.empty()) return {};
    const std::string directory = std::exchange(directory_, "");
    std::error_code failure;
    std::filesystem::create_directories(directory, failure);
    if (failure || ::access(directory.c_str(), W_OK | X_OK) != 0)
        return fail(ErrorCode::denied,
                    "cannot write to the directory " + directory +
                        ": commits are remembered until the node ends, and not longer");
    directory_ = directory;
    const std::string index = directory + "/history.json";
    if (!std::filesystem::exists(index, failure)) return {};
    const auto text = read_bounded(index, kStoreHistoryBytes);
    if (!text) return fail(text.error());
    const json::value value = json::parse(*text, failure);
    if (failure || !value.is_array())
        return fail(ErrorCode::invalid, index + " is no list of commits: a new one is begun");
    for (const json::value& each : value.get_array()) {
        if (!each.is_object() || commits_.size() == kStoreHistory) continue;
        Commit commit = from_object(each.get_object());
        const bool ascends = commit.id > last_id();
        if (ascends && std::filesystem::exists(file_of(commit.id), failure))
            commits_.push_back(std::move(commit));
    }
    return {};
}

Result<void> History::add(Commit commit, const std::string& text) {
    std::vector<CommitId> obsolete;
    if (!commits_.empty() && !commit.session.empty() && commits_.back().session == commit.session) {
        commit.first = commits_.back().first;
        obsolete.push_back(commits_.back().id);
        commits_.pop_back();
        if (!texts_.empty()) texts_.pop_back();
    }
    const CommitId id = commit.id;
    commits_.push_back(std::move(commit));
    if (commits_.size() > kStoreHistory) {
        obsolete.push_back(commits_.front().id);
        commits_.erase(commits_.begin());
        if (!texts_.empty()) texts_.erase(texts_.begin());
    }
    if (directory_.empty()) {
        texts_.push_back(text);
        return {};
    }
    // The configuration before the index that names it, and what no index names any more last.
    WEIR_TRY(replace_file(file_of(id), text, steps_));
    WEIR_TRY(write_index());
    for (const CommitId old : obsolete)
        ::unlink(file_of(old).c_str());
    return {};
}

Result<void> History::write_index() const {
    json::array array;
    for (const Commit& commit : commits_)
        array.push_back(to_object(commit));
    return replace_file(directory_ + "/history.json", json::serialize(array) + "\n", steps_);
}

Result<std::string> History::text_of(CommitId id) const {
    const auto found = std::find_if(commits_.begin(), commits_.end(),
                                    [id](const Commit& commit) { return commit.id == id; });
    if (found == commits_.end())
        return fail(ErrorCode::not_found,
                    "commit " + std::to_string(id) + " is not in the history any more");
    if (!directory_.empty()) return read_bounded(file_of(id), kConfigMaxBytes);
    const auto place = static_cast<std::size_t>(found - commits_.begin());
    if (place < texts_.size()) return texts_[place];
    return fail(ErrorCode::not_found, "commit " + std::to_string(id) + " was not kept");
}

}  // namespace weir::config
