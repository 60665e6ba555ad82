#include "common/process_memory.h"

#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

namespace openvidu::token {
namespace {

/// Gives back the segments of one loaded object that nobody can write to.
int ReleaseSegments(dl_phdr_info* object, size_t, void*) {
  const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = object->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) continue;
    const uintptr_t begin = (object->dlpi_addr + segment.p_vaddr) & ~(page - 1);
    const uintptr_t end = object->dlpi_addr + segment.p_vaddr + segment.p_memsz;
    // Where it fails, as for the kernel's own vDSO, the memory just stays.
    madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
  }
  return 0;
}

}  // namespace

void UseOneHeap() { mallopt(M_ARENA_MAX, 1); }

void ReleaseStartupCode() { dl_iterate_phdr(ReleaseSegments, nullptr); }

}  // namespace openvidu::token
