#include "server/openvidu/http_openvidu_client.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/status_details.h"
#include "tests/support/blocking_openvidu_client.h"
#include "tests/support/scripted_upstream.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace openvidu::token {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;
using Code = absl::StatusCode;

constexpr char kSession[] =
    R"({"id":"room-1","object":"session","sessionId":"room-1","createdAt":1795540918302,
  "mediaMode":"ROUTED","connections":{"numberOfElements":0,"content":[]}})";
constexpr char kConnection[] =
    R"({"id":"con_A","connectionId":"con_A","sessionId":"room-1","status":"pending",
  "type":"WEBRTC","role":"PUBLISHER","createdAt":1795540918302,"kurentoOptions":null,"customIceServers":[],
  "token":"wss://localhost:4443?sessionId=room-1&token=tok_A"})";

std::unique_ptr<BlockingOpenViduClient> ClientOf(const std::string& url) {
  OpenViduOptions options;
  options.url = url;
  options.secret = "MY_SECRET";
  auto client = BlockingOpenViduClient::Create(options);
  EXPECT_THAT(client, IsOk());
  return *std::move(client);
}

// Long enough that only a hang reaches it.
CallContext InTime() { return {absl::Now() + absl::Seconds(60), nullptr}; }
CallContext Soon() { return {absl::Now() + absl::Milliseconds(200), nullptr}; }

v1::SessionProperties WithCustomId(const std::string& id) {
  v1::SessionProperties properties;
  properties.set_custom_session_id(id);
  return properties;
}

/// Answers every request with the same bytes, and keeps the connection.
ScriptedUpstream::Script AnswerAll(const std::string& bytes) {
  return [bytes](ScriptedUpstream::Peer& peer) {
    while (peer.ReadRequest()) peer.Send(bytes);
  };
}

TEST(HttpOpenViduClientTest, ANewSecretIsTakenFromItsFileAndABadOneIsNot) {
  ScriptedUpstream upstream(AnswerAll(HttpAnswerText(200, kSession)));
  const TempFolder folder;
  OpenViduOptions options;
  options.url = upstream.url();
  options.secret = "first";
  options.secret_file = folder.Write("secret", "first\n");
  options.secret_file_interval = absl::Milliseconds(2);
  const auto client = BlockingOpenViduClient::Create(options);
  ASSERT_THAT(client, IsOk());
  const auto sends = [&](absl::string_view secret) {
    EXPECT_THAT((*client)->CreateSession(InTime(), {}), IsOk());
    return absl::StrContains(
        upstream.requests().back(),
        absl::StrCat("Basic ", absl::Base64Escape(absl::StrCat("OPENVIDUAPP:", secret)), "\r\n"));
  };
  EXPECT_TRUE(sends("first"));
  folder.Write("secret", "second\n");
  while (!sends("second")) std::this_thread::yield();
  folder.Write("secret", "two\nlines\n");
  EXPECT_TRUE(sends("second"));
  folder.Write("secret", "third");
  while (!sends("third")) std::this_thread::yield();
}

TEST(HttpOpenViduClientTest, SendsWhatOpenViduExpects) {
  ScriptedUpstream upstream(AnswerAll(HttpAnswerText(200, kSession)));
  const auto client = ClientOf(upstream.url());
  const auto session = client->CreateSession(InTime(), WithCustomId("room-1"));
  ASSERT_THAT(session, IsOk());
  EXPECT_EQ(session->session_id(), "room-1");
  EXPECT_EQ(session->media_mode(), v1::MEDIA_MODE_ROUTED);
  ASSERT_THAT(upstream.requests(), SizeIs(1));
  EXPECT_THAT(upstream.requests()[0],
              AllOf(StartsWith("POST /openvidu/api/sessions HTTP/1.1\r\n"),
                    HasSubstr("Authorization: Basic T1BFTlZJRFVBUFA6TVlfU0VDUkVU\r\n"),
                    HasSubstr("Content-Type: application/json\r\n"),
                    HasSubstr(absl::StrCat("Host: 127.0.0.1:", upstream.port(), "\r\n")),
                    testing::EndsWith("\r\n\r\n{\"customSessionId\":\"room-1\"}"),
                    Not(HasSubstr("Connection: close")), Not(HasSubstr("Accept-Encoding"))));
}

TEST(HttpOpenViduClientTest, TellsOpenViduOfTheTraceWhereThereIsOne) {
  ScriptedUpstream upstream(AnswerAll(HttpAnswerText(200, kSession)));
  const auto client = ClientOf(upstream.url());
  CallContext context = InTime();
  ASSERT_THAT(client->CreateSession(context, {}), IsOk());
  context.trace = {.trace_high = 1, .trace_low = 2, .span = 3, .parent = 4, .sampled = true};
  ASSERT_THAT(client->CreateSession(context, {}), IsOk());
  context.trace.state = "a=b,c=d";
  ASSERT_THAT(client->CreateSession(context, {}), IsOk());
  const std::vector<std::string> requests = upstream.requests();
  ASSERT_THAT(requests, SizeIs(3));
  const std::string parent =
      "\r\ntraceparent: 00-00000000000000010000000000000002-0000000000000003-01\r\n";
  EXPECT_THAT(requests[0], Not(HasSubstr("trace")));
  EXPECT_THAT(requests[1], AllOf(HasSubstr(parent), Not(HasSubstr("tracestate"))));
  EXPECT_THAT(requests[2], HasSubstr(parent + "tracestate: a=b,c=d\r\n"));
}

TEST(HttpOpenViduClientTest, AnErrorKeepsOpenVidusStatus) {
  ScriptedUpstream upstream(AnswerAll(HttpAnswerText(409, "")));
  const auto session = ClientOf(upstream.url())->CreateSession(InTime(), WithCustomId("room-1"));
  EXPECT_EQ(HttpStatusOf(session.status()), 409);
  EXPECT_EQ(HttpStatusOf(absl::UnavailableError("")), 0);
}

TEST(HttpOpenViduClientTest, ASubPathStandsBeforeTheApi) {
  ScriptedUpstream upstream(AnswerAll(HttpAnswerText(200, kConnection)));
  const auto client = ClientOf(upstream.url() + "/video/");
  const auto connection = client->CreateConnection(InTime(), "room-1", {});
  ASSERT_THAT(connection, IsOk());
  EXPECT_EQ(connection->token(), "wss://localhost:4443?sessionId=room-1&token=tok_A");
  EXPECT_EQ(connection->status(), v1::CONNECTION_STATUS_PENDING);
  EXPECT_THAT(
      upstream.requests(),
      ElementsAre(StartsWith("POST /video/openvidu/api/sessions/room-1/connection HTTP/1.1\r\n")));
}

TEST(HttpOpenViduClientTest, ReusesAConnectionUpToItsHundredthRequest) {
  ScriptedUpstream upstream(AnswerAll(HttpAnswerText(200, kSession)));
  const auto client = ClientOf(upstream.url());
  for (int i = 0; i < 201; ++i) ASSERT_THAT(client->CreateSession(InTime(), {}), IsOk());
  EXPECT_THAT(upstream.requests(), SizeIs(201));
  EXPECT_EQ(upstream.connections(), 3);
}

TEST(HttpOpenViduClientTest, LeavesAConnectionThatOpenViduCloses) {
  ScriptedUpstream upstream([](ScriptedUpstream::Peer& peer) {
    peer.ReadRequest();
    peer.Send(absl::StrReplaceAll(HttpAnswerText(200, kSession),
                                  {{"\r\n\r\n", "\r\nConnection: close\r\n\r\n"}}));
  });
  const auto client = ClientOf(upstream.url());
  for (int i = 0; i < 5; ++i) ASSERT_THAT(client->CreateSession(InTime(), {}), IsOk());
  EXPECT_EQ(upstream.connections(), 5);
}

TEST(HttpOpenViduClientTest, AnIdThatChangesThePathIsNotSent) {
  ScriptedUpstream upstream(AnswerAll(HttpAnswerText(200, kConnection)));
  const auto client = ClientOf(upstream.url());
  for (const char* id :
       {"", "../config", "a/b", "a?b", "a#b", "a b", "a%2Fb", "a\r\nX: y", "\xc3\xa9"}) {
    const auto connection = client->CreateConnection(InTime(), id, {});
    EXPECT_THAT(connection, StatusIs(Code::kInvalidArgument)) << id;
    EXPECT_EQ(FieldOf(connection.status()), "sessionId") << id;
  }
  EXPECT_THAT(upstream.requests(), IsEmpty());
}

TEST(HttpOpenViduClientTest, A400NamesThePropertyAndGivesOpenVidusWords) {
  ScriptedUpstream upstream(AnswerAll(HttpAnswerText(
      400,
      R"({"timestamp":1,"status":400,"error":"Bad Request","message":"Parameter role KING is not defined","path":"x"})")));
  v1::ConnectionProperties properties;
  (*properties.mutable_additional_properties())["role"] = "\"KING\"";
  const auto connection =
      ClientOf(upstream.url())->CreateConnection(InTime(), "room-1", properties);
  EXPECT_THAT(connection,
              StatusIs(Code::kInvalidArgument, HasSubstr("Parameter role KING is not defined")));
  EXPECT_EQ(FieldOf(connection.status()), "role");
  EXPECT_EQ(ReasonOf(connection.status()), "OPENVIDU_REJECTED");
}

TEST(HttpOpenViduClientTest, ARefusedSecretIsNamedAndNotShown) {
  ScriptedUpstream upstream(AnswerAll(HttpAnswerText(401, "")));
  EXPECT_THAT(ClientOf(upstream.url())->CreateSession(InTime(), {}),
              StatusIs(Code::kInternal, AllOf(HasSubstr("secret"), Not(HasSubstr("MY_SECRET")))));
}

struct BadAnswerRow {
  const char* name;
  std::string bytes;
  Code code;
  const char* reason;
};

class AnswerTest : public testing::TestWithParam<BadAnswerRow> {};

// What stands on the wire, then a FIN, for one request: the code and whether the caller may think
// that it happened.
TEST_P(AnswerTest, IsClassified) {
  ScriptedUpstream upstream([](ScriptedUpstream::Peer& peer) {
    peer.ReadRequest();
    peer.Send(GetParam().bytes);
  });
  const auto session = ClientOf(upstream.url())->CreateSession(InTime(), {});
  EXPECT_THAT(session, StatusIs(GetParam().code));
  EXPECT_EQ(ReasonOf(session.status()), GetParam().reason);
  EXPECT_THAT(upstream.requests(), SizeIs(1));
}

INSTANTIATE_TEST_SUITE_P(
    , AnswerTest,
    testing::ValuesIn(std::vector<BadAnswerRow>{
        {"Nothing", "", Code::kUnavailable, "UPSTREAM_ANSWER_LOST"},
        {"HalfAStatusLine", "HTTP/1.1 20", Code::kUnavailable, "UPSTREAM_ANSWER_LOST"},
        {"HalfAHead", "HTTP/1.1 200 \r\nContent-Le", Code::kUnavailable, "UPSTREAM_ANSWER_LOST"},
        {"HalfABody", "HTTP/1.1 200 \r\nContent-Length: 100\r\n\r\n{\"id\":", Code::kUnavailable,
         "UPSTREAM_ANSWER_LOST"},
        {"HalfAChunk", "HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n50\r\n{\"id\":",
         Code::kUnavailable, "UPSTREAM_ANSWER_LOST"},
        {"NotHttp", "SSH-2.0-OpenSSH_9.2\r\n", Code::kInternal, "UPSTREAM_BAD_ANSWER"},
        {"NotHttpEither", "\x15\x03\x03\x00\x02", Code::kInternal, "UPSTREAM_BAD_ANSWER"},
        {"LongStatusLine", absl::StrCat("HTTP/1.1 200 ", std::string(200'000, 'a'), "\r\n\r\n"),
         Code::kInternal, "UPSTREAM_BAD_ANSWER"},
        {"StatusOfFourDigits", "HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\n{}", Code::kInternal,
         "UPSTREAM_BAD_ANSWER"},
        {"EndlessHead", absl::StrCat("HTTP/1.1 200 \r\nX: ", std::string(200'000, 'a')),
         Code::kInternal, "UPSTREAM_BAD_ANSWER"},
        {"HugeBody", HttpAnswerText(200, std::string(33 << 20, ' ')), Code::kInternal,
         "UPSTREAM_BAD_ANSWER"},
        {"NotJson", HttpAnswerText(200, "<html>", "text/html"), Code::kInternal,
         "UPSTREAM_BAD_ANSWER"},
        {"EmptyBody", HttpAnswerText(200, ""), Code::kInternal, "UPSTREAM_BAD_ANSWER"},
        {"TruncatedJson", HttpAnswerText(200, "{\"id\":\"room"), Code::kInternal,
         "UPSTREAM_BAD_ANSWER"},
        {"JsonWithoutId", HttpAnswerText(200, "{}"), Code::kInternal, "UPSTREAM_BAD_ANSWER"},
        {"JsonOfOtherTypes", HttpAnswerText(200, "{\"sessionId\":5}"), Code::kInternal,
         "UPSTREAM_BAD_ANSWER"},
        {"Masked403", HttpAnswerText(403, ""), Code::kInternal, "OPENVIDU_MASKED_ERROR"},
        {"NotFound", HttpAnswerText(404, ""), Code::kInternal, "UPSTREAM_UNEXPECTED_STATUS"},
        {"Html400", HttpAnswerText(400, "<!doctype html>", "text/html"), Code::kInvalidArgument,
         "OPENVIDU_REJECTED"},
        {"BadGateway", HttpAnswerText(502, "<html>", "text/html"), Code::kUnavailable,
         "UPSTREAM_ERROR"}}),
    [](const auto& row) { return row.param.name; });

// Only OpenVidu itself says that a session is not there; a wrong address does not.
TEST(HttpOpenViduClientTest, ANotFoundWithAPageIsNotOpenVidus) {
  for (const auto& [body, code] : {std::pair("", Code::kNotFound), {"<html>", Code::kInternal}}) {
    ScriptedUpstream upstream(AnswerAll(HttpAnswerText(404, body)));
    EXPECT_THAT(ClientOf(upstream.url())->CreateConnection(InTime(), "room-1", {}), StatusIs(code));
  }
}

TEST(HttpOpenViduClientTest, AnAnswerWithoutALengthEndsWithTheConnection) {
  ScriptedUpstream upstream([](ScriptedUpstream::Peer& peer) {
    peer.ReadRequest();
    peer.Send(absl::StrCat("HTTP/1.1 200 \r\n\r\n", kSession));
  });
  EXPECT_THAT(ClientOf(upstream.url())->CreateSession(InTime(), {}), IsOk());
}

TEST(HttpOpenViduClientTest, ChunksAndInterimAnswersAreRead) {
  ScriptedUpstream upstream(
      AnswerAll(absl::StrCat("HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n",
                             absl::Hex(sizeof(kSession) - 1), "\r\n", kSession, "\r\n0\r\n\r\n")));
  const auto client = ClientOf(upstream.url());
  EXPECT_THAT(client->CreateSession(InTime(), {}), IsOk());
  EXPECT_THAT(client->CreateSession(InTime(), {}), IsOk());
  EXPECT_EQ(upstream.connections(), 1);
}

TEST(HttpOpenViduClientTest, AResetIsALostAnswer) {
  ScriptedUpstream upstream([](ScriptedUpstream::Peer& peer) {
    peer.ReadRequest();
    peer.Reset();
  });
  const auto session = ClientOf(upstream.url())->CreateSession(InTime(), {});
  EXPECT_THAT(session, StatusIs(Code::kUnavailable));
  EXPECT_EQ(ReasonOf(session.status()), "UPSTREAM_ANSWER_LOST");
}

TEST(HttpOpenViduClientTest, ARefusedConnectionIsUnreachable) {
  std::string url;
  {
    ScriptedUpstream gone(AnswerAll(""));
    url = gone.url();
  }
  const auto session = ClientOf(url)->CreateSession(InTime(), {});
  EXPECT_THAT(session, StatusIs(Code::kUnavailable, HasSubstr("Connection refused")));
  EXPECT_EQ(ReasonOf(session.status()), "UPSTREAM_UNREACHABLE");
}

TEST(HttpOpenViduClientTest, AnUnknownHostIsUnreachable) {
  const auto session = ClientOf("http://no-such-host.invalid:4443")->CreateSession(InTime(), {});
  EXPECT_THAT(session, StatusIs(Code::kUnavailable, HasSubstr("no-such-host.invalid")));
  EXPECT_EQ(ReasonOf(session.status()), "UPSTREAM_UNREACHABLE");
}

TEST(HttpOpenViduClientTest, TheDeadlineEndsASilentUpstream) {
  ScriptedUpstream upstream([](ScriptedUpstream::Peer& peer) {
    while (peer.ReadRequest()) {
    }
  });
  const auto session = ClientOf(upstream.url())->CreateSession(Soon(), {});
  EXPECT_THAT(session, StatusIs(Code::kDeadlineExceeded));
  EXPECT_EQ(ReasonOf(session.status()), "UPSTREAM_ANSWER_LOST");
}

// httplib's own timeouts begin anew with each byte; this upstream would keep it for hours.
class DripTest : public testing::TestWithParam<const char*> {};

TEST_P(DripTest, TheDeadlineEndsIt) {
  ScriptedUpstream upstream([](ScriptedUpstream::Peer& peer) {
    peer.ReadRequest();
    peer.Send(GetParam());
    while (!peer.Stopping()) {
      peer.Send("a");
      absl::SleepFor(absl::Milliseconds(5));
    }
  });
  const auto session = ClientOf(upstream.url())->CreateSession(Soon(), {});
  EXPECT_THAT(session, StatusIs(Code::kDeadlineExceeded));
}

INSTANTIATE_TEST_SUITE_P(
    HeadAndBody, DripTest,
    testing::Values("HTTP/1.1 200 \r\nX: ", "HTTP/1.1 200 \r\nContent-Length: 1000000\r\n\r\n",
                    "HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n",
                    "HTTP/1.1 200 \r\n\r\n"));

TEST(HttpOpenViduClientTest, APropertyThatIsNoJsonIsNotSent) {
  ScriptedUpstream upstream(AnswerAll(HttpAnswerText(200, kSession)));
  v1::SessionProperties properties;
  (*properties.mutable_additional_properties())["future"] = "{";
  const auto session = ClientOf(upstream.url())->CreateSession(InTime(), properties);
  EXPECT_THAT(session, StatusIs(Code::kInvalidArgument, HasSubstr("'future'")));
  EXPECT_EQ(FieldOf(session.status()), "future");
  EXPECT_THAT(upstream.requests(), IsEmpty());
}

TEST(HttpOpenViduClientTest, AnIpcamHasNoToken) {
  ScriptedUpstream upstream(AnswerAll(HttpAnswerText(
      200,
      R"({"id":"ipc_A","connectionId":"ipc_A","sessionId":"room-1","status":"active","type":"IPCAM","token":null,
               "role":null,"activeAt":1795540918302,"networkCache":2000})")));
  const auto camera = ClientOf(upstream.url())->CreateConnection(InTime(), "room-1", {});
  ASSERT_THAT(camera, IsOk());
  EXPECT_EQ(camera->token(), "");
  EXPECT_EQ(camera->connection_id(), "ipc_A");
  EXPECT_EQ(camera->network_cache(), 2000);
}

TEST(OpenViduOptionsTest, NamesEveryMistake) {
  OpenViduOptions options;
  options.url = "localhost";
  options.ca_file = "/nonexistent.pem";
  options.max_connections = 0;
  EXPECT_THAT(CheckOpenViduOptions(options),
              StatusIs(Code::kInvalidArgument,
                       AllOf(HasSubstr("http://"), HasSubstr("secret"),
                             HasSubstr("at least one connection"), HasSubstr("/nonexistent.pem"))));
}

}  // namespace
}  // namespace openvidu::token
