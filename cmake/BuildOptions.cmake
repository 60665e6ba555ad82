# token::build_options: what every target of ours compiles with.
set(TOKEN_SANITIZER "" CACHE STRING "Value of -fsanitize=, empty for none")
option(TOKEN_FUZZ "Adds the fuzz targets, which need clang" OFF)

set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
include(CheckPIESupported)
check_pie_supported()  # CMake links executables as such only after this
# No program tells where it was built. A debugger that starts in this folder finds the sources.
add_compile_options(-ffile-prefix-map=${PROJECT_SOURCE_DIR}=.)

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()

add_library(token_build_options INTERFACE)
add_library(token::build_options ALIAS token_build_options)
target_include_directories(token_build_options INTERFACE ${PROJECT_SOURCE_DIR})
configure_file(${PROJECT_SOURCE_DIR}/common/version.h.in ${PROJECT_BINARY_DIR}/generated/common/version.h)
target_include_directories(token_build_options SYSTEM INTERFACE ${PROJECT_BINARY_DIR}/generated)
target_compile_options(token_build_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough
  -Wno-missing-field-initializers  # designated initialisers leave the rest to its defaults
  $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-restrict>  # g++ 12 sees overlaps in std::string that are none (GCC bug 105651)
  -Werror=return-type
  -fstack-protector-strong)
target_link_options(token_build_options INTERFACE -Wl,-z,relro,-z,now -Wl,--as-needed)

# token::hardening: what makes a flaw harder to use; generated code has it too. tests/hardening looks for it in the
# programs. Not with sanitizers, which see more and get in its way.
add_library(token_hardening INTERFACE)
add_library(token::hardening ALIAS token_hardening)
if(NOT TOKEN_SANITIZER)
  target_compile_options(token_hardening INTERFACE
    -fstack-protector-strong -fstack-clash-protection
    $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE> $<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=3>)  # needs optimisation
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    target_compile_options(token_hardening INTERFACE -fcf-protection=full)
  endif()
  target_link_options(token_hardening INTERFACE -Wl,-z,noexecstack)
endif()
target_link_libraries(token_build_options INTERFACE token_hardening)

if(TOKEN_SANITIZER)
  target_compile_options(token_build_options INTERFACE
    -fsanitize=${TOKEN_SANITIZER} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(token_build_options INTERFACE -fsanitize=${TOKEN_SANITIZER})
  target_compile_definitions(token_build_options INTERFACE TOKEN_SANITIZED)
  if(TOKEN_SANITIZER STREQUAL "thread")
    # Protobuf's headers lay their map fields out differently under this macro than the packaged library has them.
    add_compile_options(-U__SANITIZE_THREAD__)
  endif()
endif()
