#ifndef BENCH_MICRO_RECORDED_ANSWER_H_
#define BENCH_MICRO_RECORDED_ANSWER_H_

#include "absl/strings/string_view.h"

namespace openvidu::token {

/// What OpenVidu 2.32.2 answers to the connection body `{}` (tests/contract/transcripts).
inline constexpr absl::string_view kRecordedConnection =
    R"({"id":"con_PZ3Q0dX4SA","object":"connection","status":"pending",)"
    R"("connectionId":"con_PZ3Q0dX4SA","sessionId":"ConnpCIDaeDRqg","createdAt":1795547274950,)"
    R"("type":"WEBRTC","record":true,"role":"PUBLISHER","kurentoOptions":null,)"
    R"("customIceServers":[],"rtspUri":null,"adaptativeBitrate":null,)"
    R"("onlyPlayWithSubscribers":null,"networkCache":null,"serverData":"",)"
    R"("token":"wss://localhost:4443?sessionId=ConnpCIDaeDRqg&token=tok_BP4qDBvQV92oT19U",)"
    R"("activeAt":null,"location":null,"ip":null,"platform":null,"clientData":null,)"
    R"("publishers":null,"subscribers":null})";

/// The head before it, without framing and the empty line.
inline constexpr absl::string_view kRecordedHead =
    "HTTP/1.1 200 \r\n"
    "Vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "X-XSS-Protection: 0\r\n"
    "Cache-Control: no-cache, no-store, max-age=0, must-revalidate\r\n"
    "Pragma: no-cache\r\n"
    "Expires: 0\r\n"
    "X-Frame-Options: DENY\r\n"
    "Content-Type: application/json\r\n";

}  // namespace openvidu::token

#endif  // BENCH_MICRO_RECORDED_ANSWER_H_
