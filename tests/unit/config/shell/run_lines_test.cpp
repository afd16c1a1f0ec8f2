// SPDX-License-Identifier: Apache-2.0
// Lines from a pipe: answers, refusals with their line, the exit status.
#include <cstdio>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/shell/shell.hpp"
#include "config/shell/shell_limits.hpp"

namespace weir::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

File file_with(const std::string& text) {
    File file(std::tmpfile());
    std::fwrite(text.data(), 1, text.size(), file.get());
    std::rewind(file.get());
    return file;
}

std::string contents(std::FILE* file) {
    std::rewind(file);
    std::string text;
    for (int c = 0; (c = std::fgetc(file)) != EOF;)
        text.push_back(static_cast<char>(c));
    return text;
}

// A node that refuses "bad", says good-bye to "exit" and is gone after "crash".
class ScriptedLink final : public ShellLink {
public:
    Result<ShellReply> ask(const std::string& line) override {
        if (gone_) return fail(ErrorCode::unavailable, "the node has gone");
        asked.push_back(line);
        gone_ = line == "crash";
        if (gone_) return fail(ErrorCode::unavailable, "the node has gone");
        if (line == "bad") return ShellReply{ShellReply::Kind::refused, "% No\n"};
        if (line == "exit") return ShellReply{ShellReply::Kind::bye, ""};
        return ShellReply{ShellReply::Kind::ok, "<" + line + ">\n"};
    }
    int fd() const override { return -1; }
    Result<std::vector<std::string>> events() override { return std::vector<std::string>{}; }

    std::vector<std::string> asked;

private:
    bool gone_ = false;
};

class RunLines : public testing::Test {
protected:
    int run(const std::string& input) {
        const File in = file_with(input);
        const int status = run_lines(link_, in.get(), out_.get(), err_.get());
        return status;
    }
    ScriptedLink link_;
    File out_ = file_with("");
    File err_ = file_with("");
};

TEST_F(RunLines, PrintsTheAnswers) {
    EXPECT_EQ(run("a\r\nb"), 0);
    EXPECT_EQ(contents(out_.get()), "<a>\n<b>\n");
}

TEST_F(RunLines, GoesOnBehindARefusedLineAndSaysWhichItWas) {
    EXPECT_EQ(run("a\nbad\nb\n"), 1);
    EXPECT_EQ(contents(out_.get()), "<a>\n<b>\n");
    EXPECT_THAT(contents(err_.get()), HasSubstr("line 2:\n% No"));
}

TEST_F(RunLines, EndsWithTheSession) {
    EXPECT_EQ(run("exit\nnever\n"), 0);
    EXPECT_THAT(link_.asked, ElementsAre("exit"));
}

TEST_F(RunLines, SaysThatTheNodeHasGone) {
    EXPECT_EQ(run("a\ncrash\nb\n"), 1);
    EXPECT_THAT(contents(err_.get()), HasSubstr("line 2: the node has gone"));
}

TEST_F(RunLines, ALineThatIsTooLongIsNotSent) {
    EXPECT_EQ(run(std::string(3 * kShellMaxLine, 'x') + "\nb\n"), 1);
    EXPECT_THAT(link_.asked, ElementsAre("b"));
}

}  // namespace
}  // namespace weir::config
