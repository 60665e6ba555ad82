#include "telemetry/otlp_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "common/version.h"

namespace openvidu::token {
namespace {

TEST(OtlpJsonTest, IsTheRequestThatCollectorsTake) {
  Span span{.context = {.trace_high = 0x0af7651916cd43dd,
                        .trace_low = 0x8448eb211c80319c,
                        .span = 0xb7ad6b7169203331,
                        .parent = 1,
                        .sampled = true,
                        .state = "a=b"},
            .kind = Span::Kind::kClient,
            .name = "POST /openvidu/api/sessions",
            .begin = absl::FromUnixNanos(1'767'225'600'000'000'001),
            .end = absl::FromUnixNanos(1'767'225'600'004'000'002),
            .failed = true};
  span.Tell("server.address", "openvidu.example.com");
  span.Tell("server.port", 4443);
  span.Tell("nothing", "");
  EXPECT_EQ(nlohmann::json::parse(OtlpJson({{"service.name", "token-server"}}, {span})),
            nlohmann::json::parse(R"({"resourceSpans":[{
      "resource":{"attributes":[{"key":"service.name","value":{"stringValue":"token-server"}}]},
      "scopeSpans":[{
        "scope":{"name":"openvidu-token-service","version":")" TOKEN_VERSION R"("},
        "spans":[{
          "traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331",
          "parentSpanId":"0000000000000001","traceState":"a=b","flags":1,
          "name":"POST /openvidu/api/sessions","kind":3,
          "startTimeUnixNano":"1767225600000000001","endTimeUnixNano":"1767225600004000002",
          "attributes":[{"key":"server.address","value":{"stringValue":"openvidu.example.com"}},
                        {"key":"server.port","value":{"intValue":"4443"}}],
          "status":{"code":2}}]}]}]})"));
}

TEST(OtlpJsonTest, TheFirstSpanOfATraceHasNoParentAndSuccessNoStatus) {
  const Span span{.context = {.trace_low = 2, .span = 3, .sampled = true},
                  .kind = Span::Kind::kServer,
                  .name = "a"};
  const auto json = nlohmann::json::parse(OtlpJson({}, {span, span}));
  const auto& spans = json["resourceSpans"][0]["scopeSpans"][0]["spans"];
  ASSERT_EQ(spans.size(), 2);
  EXPECT_FALSE(spans[0].contains("parentSpanId") || spans[0].contains("status") ||
               spans[0].contains("traceState"));
  EXPECT_EQ(spans[0]["kind"], 2);
}

TEST(OtlpJsonTest, WhatIsNoTextIsReplaced) {
  Span span{.kind = Span::Kind::kServer, .name = "a"};
  span.Tell("user_agent.original", "\xff\n\"x");
  const auto json = nlohmann::json::parse(OtlpJson({}, {span}));
  EXPECT_EQ(json["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["attributes"][0]["value"]
                ["stringValue"],
            "\xef\xbf\xbd\n\"x");
}

TEST(OtlpJsonTest, ReadsHowManyWereRefused) {
  EXPECT_EQ(RejectedSpans(R"({"partialSuccess":{"rejectedSpans":"3","errorMessage":"x"}})"), 3u);
  EXPECT_EQ(RejectedSpans(R"({"partialSuccess":{"rejectedSpans":4}})"), 4u);
  for (const char* const none :
       {"", "{}", "[]", "{", R"({"partialSuccess":{}})", R"({"partialSuccess":[1]})",
        R"({"partialSuccess":{"rejectedSpans":-1}})", R"({"partialSuccess":{"rejectedSpans":"x"}})",
        R"({"partialSuccess":{"rejectedSpans":[1]}})"}) {
    EXPECT_EQ(RejectedSpans(none), 0u) << none;
  }
}

}  // namespace
}  // namespace openvidu::token
