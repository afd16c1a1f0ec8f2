// SPDX-License-Identifier: Apache-2.0
// JsonText: JSON written straight into a text, for what each call writes: a tree of values costs
// five times what the text does.
#pragma once

#include <concepts>
#include <string>
#include <string_view>

#include "config/base/digits.hpp"

namespace weir::signaling {

// Compact, as boost::json::serialize() writes it. The caller keeps the order: in an object a key
// before each value, and each begin with its end. Thread: any.
class JsonText {
public:
    explicit JsonText(std::string& out) : out_(out) {}

    void begin_object() { begin('{'); }
    void end_object() { end('}'); }
    void begin_array() { begin('['); }
    void end_array() { end(']'); }

    // `name` is ours and needs no escapes.
    void key(std::string_view name) {
        out_.append(is_first_ ? "\"" : ",\"").append(name).append("\":");
        is_first_ = false;
        has_key_ = true;
    }
    void null() { raw("null"); }
    void value(bool flag) { raw(flag ? "true" : "false"); }
    void value(std::string_view text);  // any bytes
    void value(const char* text) { value(std::string_view(text)); }
    template <std::integral Number>
    void value(Number number) {
        separate();
        text::append_number(out_, number);
    }
    // Behind a key of its own.
    template <typename Value>
    void member(std::string_view name, const Value& held) {
        key(name);
        value(held);
    }
    // What is JSON already.
    void raw(std::string_view json) {
        separate();
        out_.append(json);
    }

private:
    void begin(char mark) {
        separate();
        out_.push_back(mark);
        is_first_ = true;
    }
    void end(char mark) {
        out_.push_back(mark);
        is_first_ = false;
    }
    // A comma between two values of an array, or two members of an object.
    void separate() {
        if (!is_first_ && !has_key_) out_.push_back(',');
        is_first_ = false;
        has_key_ = false;
    }

    std::string& out_;
    bool is_first_ = true;  // nothing stands before it in what was begun last
    bool has_key_ = false;
};

}  // namespace weir::signaling
