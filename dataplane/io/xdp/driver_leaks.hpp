// SPDX-License-Identifier: Apache-2.0
// DriverLeaks: tells AddressSanitizer that what DPDK's af_xdp driver allocates while it opens a
// device is never freed (some kilobytes each time), so that leaks of our own stay visible. Nothing
// in other builds.
//
// Thread: begin and end on the same one.
#pragma once

#ifdef __SANITIZE_ADDRESS__
extern "C" void __lsan_disable();  // of the compiler's own run-time library
extern "C" void __lsan_enable();
#endif

namespace weir::dataplane {

class DriverLeaks {
public:
    DriverLeaks() = default;
    ~DriverLeaks() { end(); }
    DriverLeaks(const DriverLeaks&) = delete;
    DriverLeaks& operator=(const DriverLeaks&) = delete;

    void begin() {
#ifdef __SANITIZE_ADDRESS__
        if (!is_on_) __lsan_disable();
#endif
        is_on_ = true;
    }
    void end() {
#ifdef __SANITIZE_ADDRESS__
        if (is_on_) __lsan_enable();
#endif
        is_on_ = false;
    }

private:
    bool is_on_ = false;
};

}  // namespace weir::dataplane
