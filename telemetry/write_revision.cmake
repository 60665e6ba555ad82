# Writes OUTPUT, a header, unless it says the same already.
cmake_minimum_required(VERSION 3.25)
if(NOT REVISION)
  execute_process(COMMAND git -C ${SOURCE} rev-parse --short=12 HEAD OUTPUT_VARIABLE REVISION
                  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
if(NOT REVISION)
  set(REVISION unknown)
endif()
file(CONFIGURE OUTPUT ${OUTPUT} CONTENT "#define TOKEN_REVISION \"@REVISION@\"\n" @ONLY)
