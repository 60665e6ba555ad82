# token::build_options: what every target of ours compiles with.
set(TOKEN_SANITIZER "" CACHE STRING "Value of -fsanitize=, empty for none")
option(TOKEN_FUZZ "Adds the fuzz targets, which need clang" OFF)

set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()

add_library(token_build_options INTERFACE)
add_library(token::build_options ALIAS token_build_options)
target_include_directories(token_build_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_definitions(token_build_options INTERFACE TOKEN_VERSION="${PROJECT_VERSION}")
target_compile_options(token_build_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough
  -Wno-missing-field-initializers  # designated initialisers leave the rest to its defaults
  $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-restrict>  # g++ 12 sees overlaps in std::string that are none (GCC bug 105651)
  -Werror=return-type
  -fstack-protector-strong)
target_compile_options(token_build_options INTERFACE
  $<$<CONFIG:RelWithDebInfo>:-D_FORTIFY_SOURCE=2>)
target_link_options(token_build_options INTERFACE -Wl,-z,relro,-z,now -Wl,--as-needed)
if(TOKEN_SANITIZER)
  target_compile_options(token_build_options INTERFACE
    -fsanitize=${TOKEN_SANITIZER} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(token_build_options INTERFACE -fsanitize=${TOKEN_SANITIZER})
  if(TOKEN_SANITIZER STREQUAL "thread")
    # Protobuf's headers lay their map fields out differently under this macro than the packaged library has them.
    add_compile_options(-U__SANITIZE_THREAD__)
  endif()
endif()
