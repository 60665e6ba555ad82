#include "common/process_memory.h"

#include <gtest/gtest.h>
#include <link.h>
#include <malloc.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

// Of the sanitizers' common interface; there where one is linked.
extern "C" __attribute__((weak)) size_t __sanitizer_get_heap_size();

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

/// Exits with the number of heaps once a second thread has allocated (malloc_info(3)).
void ExitByHeaps(bool use_one_heap) {
  if (use_one_heap) UseOneHeap();
  std::thread([] { delete[] new volatile char[10'000]; }).join();
  char* text = nullptr;
  size_t size = 0;
  std::FILE* const stream = open_memstream(&text, &size);
  malloc_info(0, stream);
  std::fclose(stream);
  int heaps = 0;
  for (const char* at = text; (at = std::strstr(at, "<heap nr=")) != nullptr; ++at) ++heaps;
  std::_Exit(heaps);
}

// In processes of their own: the heaps of this one are there already.
TEST(ProcessMemoryTest, ThreadsShareOneHeap) {
  if (__sanitizer_get_heap_size != nullptr) GTEST_SKIP() << "a sanitizer's heap, not glibc's";
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(ExitByHeaps(false), testing::ExitedWithCode(2), "");
  EXPECT_EXIT(ExitByHeaps(true), testing::ExitedWithCode(1), "");
}

TEST(ProcessMemoryTest, StartupCodeIsGivenBackAndComesAgainAsItWas) {
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
