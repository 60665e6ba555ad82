// A request's body by its content type: JSON, a form, or neither.
#include "fuzz/input.h"
#include "gateway/request_body.h"
#include "proto/json_mapping.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace openvidu::token;  // NOLINT(google-build-using-namespace)
  FuzzInput input(data, size);
  httplib::Request request;
  request.headers.emplace("Content-Type", std::string(input.TakeLine()));
  request.body = std::string(input.rest());

  v1::SessionProperties session;
  const absl::Status read = ReadProperties(request, session);
  FUZZ_CHECK(read.ok() || absl::IsInvalidArgument(read) || absl::IsUnimplemented(read));
  if (read.ok()) PropertiesToJson(session).IgnoreError();
  v1::ConnectionProperties connection;
  const bool both = ReadProperties(request, connection).ok() == read.ok();
  FUZZ_CHECK(both);
  if (read.ok()) PropertiesToJson(connection).IgnoreError();

  v1::SessionProperties joined_session;
  v1::ConnectionProperties joined_connection;
  FUZZ_CHECK(ReadJoinProperties(request, joined_session, joined_connection).ok() == read.ok());
  // No property of one may reach OpenVidu by the other.
  for (const auto& [name, value] : joined_session.additional_properties()) {
    FUZZ_CHECK(v1::ConnectionProperties::descriptor()->FindFieldByCamelcaseName(name) == nullptr);
  }
  for (const auto& [name, value] : joined_connection.additional_properties()) {
    FUZZ_CHECK(v1::SessionProperties::descriptor()->FindFieldByCamelcaseName(name) == nullptr);
  }
  return 0;
}
