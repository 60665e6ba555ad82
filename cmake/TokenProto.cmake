# token_proto_library(<target> <file.proto>...): messages and gRPC stubs of the files, which are named by
# their path below proto/. Generated headers are included by that path.
function(token_proto_library target)
  set(out ${PROJECT_BINARY_DIR}/generated)
  file(MAKE_DIRECTORY ${out})
  foreach(proto IN LISTS ARGN)
    string(REGEX REPLACE "\\.proto$" "" base ${proto})
    set(outputs ${out}/${base}.pb.cc ${out}/${base}.pb.h ${out}/${base}.grpc.pb.cc
        ${out}/${base}.grpc.pb.h)
    add_custom_command(
      OUTPUT ${outputs} ${out}/${base}_mock.grpc.pb.h
      COMMAND protobuf::protoc --proto_path=${PROJECT_SOURCE_DIR}/proto --cpp_out=${out}
              --grpc_out=generate_mock_code=true:${out}
              --plugin=protoc-gen-grpc=${GRPC_CPP_PLUGIN} ${PROJECT_SOURCE_DIR}/proto/${proto}
      DEPENDS ${PROJECT_SOURCE_DIR}/proto/${proto}
      VERBATIM)
    list(APPEND sources ${out}/${base}.pb.cc ${out}/${base}.grpc.pb.cc)
  endforeach()
  add_library(${target} ${sources})
  target_include_directories(${target} SYSTEM PUBLIC ${out})
  target_link_libraries(${target} PUBLIC gRPC::grpc++ protobuf::libprotobuf PRIVATE token::hardening)
  # Generated code is not ours to warn about; the sanitizers still have to see it.
  if(TOKEN_SANITIZER)
    target_compile_options(${target} PRIVATE -fsanitize=${TOKEN_SANITIZER})
  endif()
endfunction()
