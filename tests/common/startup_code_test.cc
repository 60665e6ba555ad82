#include "common/startup_code.h"

#include <gtest/gtest.h>
#include <link.h>

#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace openvidu::token {
namespace {

/// KiB that are mapped in of all code of files (Rss of r-xp mappings, proc(5)).
int MappedCode() {
  int total = 0;
  bool code = false;
  std::ifstream smaps("/proc/self/smaps");
  for (std::string line; std::getline(smaps, line);) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ', absl::SkipEmpty());
    if (words.size() >= 5 && absl::StrContains(words[0], "-")) {
      code = words[1] == "r-xp" && words.size() == 6;
    } else if (code && words.size() == 3 && words[0] == "Rss:") {
      int kib = 0;
      EXPECT_TRUE(absl::SimpleAtoi(words[1], &kib));
      total += kib;
    }
  }
  return total;
}

/// Reads a byte of every page of this program's and its libraries' code.
int TouchAllCode(dl_phdr_info* object, size_t, void* sum) {
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = object->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || segment.p_flags != (PF_R | PF_X)) continue;
    const auto* bytes = reinterpret_cast<const unsigned char*>(object->dlpi_addr + segment.p_vaddr);
    for (size_t at = 0; at < segment.p_filesz; at += 4096) {
      *static_cast<uint64_t*>(sum) += bytes[at];
    }
  }
  return 0;
}

TEST(StartupCodeTest, IsGivenBackAndComesAgainAsItWas) {
  uint64_t before = 0;
  dl_iterate_phdr(TouchAllCode, &before);
  const int mapped = MappedCode();

  ReleaseStartupCode();

  EXPECT_LT(MappedCode(), mapped / 2);
  uint64_t after = 0;
  dl_iterate_phdr(TouchAllCode, &after);
  EXPECT_EQ(after, before);
}

}  // namespace
}  // namespace openvidu::token
