// The way of one connection through EventLoop, from phase to phase.
#include <sys/epoll.h>

#include <exception>
#include <typeinfo>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/log.h"
#include "http/event_loop.h"

namespace openvidu::token {
namespace {

constexpr int kReadsPerTurn = 16;  // of one connection, before the others have their turn
constexpr size_t kMaxLingerBytes = size_t{8} << 20;
// When memory for requests is short, those that hold less than this are still served.
constexpr size_t kSmallRequestBytes = size_t{4} << 10;
// The same of answers: all of the API's are smaller.
constexpr size_t kSmallAnswerBytes = size_t{64} << 10;

constexpr char kStopping[] = "The server is stopping.";
constexpr absl::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

httplib::Request ToHttplib(HttpRequest read, const HttpPeer& peer) {
  httplib::Request request;
  request.method = std::move(read.method);
  request.target = std::move(read.target);
  request.version = std::move(read.version);
  request.headers = std::move(read.headers);
  request.body = std::move(read.body);
  request.remote_addr = peer.address;
  request.remote_port = peer.port;
  return request;
}

}  // namespace

HttpReply::~HttpReply() {
  if (pending_ == nullptr) return;
  reactor_->Run([pending = std::move(pending_)] {
    if (pending->connection != nullptr) pending->loop->AnswerNothing(pending->connection);
  });
}

void HttpReply::Send(httplib::Response response) {
  reactor_->Run([pending = std::move(pending_), response = std::move(response)]() mutable {
    if (pending->connection != nullptr) {
      pending->loop->Answer(pending->connection, std::move(response));
    }
  });
}

void Connection::OnEvents(uint32_t events) { loop->OnEvent(this, events); }
void Connection::OnTurnEnd() { loop->WriteAnswer(this); }

void EventLoop::OnEvent(Connection* connection, uint32_t events) {
  const uint32_t hang_up = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
  // TLS may have had to write before it could read on.
  const bool input = (events & (EPOLLIN | hang_up)) != 0 || connection->tls != nullptr;
  if (input) connection->readable = true;
  if ((events & hang_up) != 0) connection->hung_up = true;
  // EPOLLRDHUP alone is a client that sends no more and waits for its answer.
  if ((events & (EPOLLHUP | EPOLLERR)) != 0) connection->gone = true;
  if (connection->phase == Phase::kWrite) {
    Flush(connection);
    if (IsReading(connection->phase)) Pump(connection);
  } else if (!input) {
    return;
  } else if (IsReading(connection->phase)) {
    Pump(connection);
  } else if (connection->phase == Phase::kBusy) {
    if (connection->gone) Close(connection);
  } else if (connection->phase == Phase::kHandshake) {
    if (connection->rejected) return TurnAway(connection);
    if (Handshake(connection)) Pump(connection);
  } else if (connection->phase == Phase::kLinger) {
    DropInput(connection);
  }
}

// Reads and serves until nothing more is there or the connection waits for something else than
// input.
void EventLoop::Pump(Connection* connection) {
  if (!connection->recognised && !Recognise(connection)) return;
  for (int turn = 0; turn < kReadsPerTurn; ++turn) {
    if (connection->reader.has_leftover()) {
      PumpInput(connection, connection->reader.Feed({}));
      if (!IsReading(connection->phase)) return;
    }
    if (!connection->readable) return Settle(connection);
    const Transport::Result read = connection->transport->Read(scratch_.data(), scratch_.size());
    switch (read.status) {
      case Transport::Status::kOk:
        if (read.drained && !connection->hung_up) connection->readable = false;
        if (connection->reader.idle()) connection->began = reactor_.now();
        PumpInput(connection,
                  connection->reader.Feed(absl::string_view(scratch_.data(), read.bytes)));
        break;
      case Transport::Status::kWouldBlock:
        connection->readable = false;
        break;
      case Transport::Status::kEnd:
        if (connection->reader.idle()) return Close(connection);
        return Fail(connection, 400, "The request ended early.");
      case Transport::Status::kBroken:
        return Close(connection);
    }
    if (!IsReading(connection->phase)) return;
  }
  RunAgainLater(connection);
}

void EventLoop::PumpInput(Connection* connection, RequestReader::Result result) {
  const RequestReader& reader = connection->reader;
  Count(connection, reader.buffered_bytes());
  if (result == RequestReader::Result::kError) {
    Fail(connection, reader.error_status(), reader.error_detail());
  } else if (buffered_bytes_ > options_.max_buffered_bytes &&
             connection->buffered > kSmallRequestBytes) {
    Fail(connection, 503, "The server holds too many requests.");
  } else if (result == RequestReader::Result::kRequest) {
    Begin(connection);
  } else {
    Settle(connection);
  }
}

// Starts the clock of what the connection waits for now, and lets a waiting client send its body.
void EventLoop::Settle(Connection* connection) {
  if (connection->reader.TakeContinue()) Send(connection, {std::string(kContinue)});
  if (!IsReading(connection->phase)) return;  // the client has yet to take that
  const Phase phase = connection->reader.in_body()
                          ? Phase::kBody
                          : (connection->reader.idle() ? Phase::kIdle : Phase::kHead);
  if (phase != connection->phase) MoveTo(connection, phase);
}

void EventLoop::Begin(Connection* connection) {
  if (connection->gone) return Close(connection);
  connection->fresh = false;
  HttpRequest read = connection->reader.TakeRequest();
  connection->form = {.http_1_0 = read.version == "HTTP/1.0",
                      .head = read.method == "HEAD",
                      .keep_alive = read.keep_alive,
                      .tls = connection->tls != nullptr};
  httplib::Request request = ToHttplib(std::move(read), connection->peer);
  Observe(connection, request);
  const char* const refusal = abandoning_ ? kStopping
                              : InPhase(Phase::kBusy).size() >= options_.max_pending_requests
                                  ? "The server is busy."
                                  : nullptr;
  if (refusal != nullptr) return Refuse(connection, request, 503, refusal);
  MoveTo(connection, Phase::kBusy);
  connection->pending = std::make_shared<HttpReply::Pending>();
  connection->pending->loop = this;
  connection->pending->connection = connection;
  connection->pending->certificate_names = connection->peer.certificate_names;
  connection->pending->observed = connection->observed;
  HttpReply reply(reactor_, connection->pending);
  if (callbacks_.runs_inline && callbacks_.runs_inline(request)) {
    return Handle(request, std::move(reply));
  }
  // Shared, for the pool's tasks are std::functions and can be copied.
  auto shared = std::make_shared<std::pair<httplib::Request, HttpReply>>(std::move(request),
                                                                         std::move(reply));
  const bool taken = workers_->Submit([this, shared] {
    if (!abandoning_) Handle(shared->first, std::move(shared->second));
  });
  if (taken) return;
  connection->pending->connection = nullptr;
  connection->pending = nullptr;
  Refuse(connection, shared->first, 503, "The server is busy.");
}

// On a worker's thread, maybe.
void EventLoop::Handle(const httplib::Request& request, HttpReply reply) {
  try {
    callbacks_.handler(request, std::move(reply));
    return;
  } catch (const std::exception& e) {
    // Its text may quote a body or a secret: neither the client nor the log gets it.
    LogError(absl::StrCat("an HTTP handler threw ", typeid(e).name()));
  } catch (...) {
    LogError("an HTTP handler threw");
  }
}

void EventLoop::Answer(Connection* connection, httplib::Response response) {
  if (response.body.size() > kSmallAnswerBytes &&
      unsent_bytes_ + response.body.size() > options_.max_unsent_bytes) {
    return Refuse(connection, {}, 503, "The server holds too many answers.");
  }
  Respond(connection, response);
}

void EventLoop::AnswerNothing(Connection* connection) {
  if (abandoning_) return Refuse(connection, {}, 503, kStopping);
  Refuse(connection, {}, 500, "The request could not be handled.");
}

void EventLoop::Refuse(Connection* connection, const httplib::Request& request, int status,
                       absl::string_view detail) {
  Respond(connection, responder_->Error(request, status, detail));
}

void EventLoop::Respond(Connection* connection, const httplib::Response& response) {
  TellObservers(connection, &response);
  Send(connection, responder_->Format(connection->form, response));
}

void EventLoop::Observe(Connection* connection, const httplib::Request& request) {
  if (callbacks_.observers.empty()) return;
  auto observed = std::make_shared<ObservedRequest>(ObservedRequest{
      .route = callbacks_.route_of ? callbacks_.route_of(request) : absl::string_view(),
      .method = request.method,
      .peer_address = connection->peer.address,
      .peer_port = connection->peer.port,
      .tls = connection->tls != nullptr,
      .body_bytes = request.body.size(),
      .began = connection->began});
  for (HttpObserver* const observer : callbacks_.observers) observer->OnRequest(request, *observed);
  connection->observed = std::move(observed);
}

// `response` is null where the client has gone.
void EventLoop::TellObservers(Connection* connection, const httplib::Response* response) {
  const std::shared_ptr<const ObservedRequest> observed = std::move(connection->observed);
  if (observed == nullptr) return;
  ObservedAnswer answer{.took = Clock::now() - observed->began};
  if (response != nullptr) {
    const bool has_body = !connection->form.head && !HasNoBody(response->status);
    answer.status = response->status < 0 ? 200 : response->status;  // cpp-httplib's own default
    answer.body_bytes = has_body ? response->body.size() : 0;
    answer.headers = &response->headers;
  }
  for (HttpObserver* const observer : callbacks_.observers) observer->OnAnswer(*observed, answer);
}

void EventLoop::Send(Connection* connection, HttpAnswer answer) {
  connection->pending = nullptr;
  SetAnswer(connection, std::move(answer));
  MoveTo(connection, Phase::kWrite);
  reactor_.RunAtTurnEnd(connection);
}

void EventLoop::SetAnswer(Connection* connection, HttpAnswer answer) {
  unsent_bytes_ = unsent_bytes_ - connection->answer.bytes.size() + answer.bytes.size();
  connection->answer = std::move(answer);
  connection->sent = 0;
}

void EventLoop::WriteAnswer(Connection* connection) {
  if (connection->phase == Phase::kWrite) Flush(connection);
  // A next request may be here already, or what was sent lets a body come.
  if (connection->phase == Phase::kIdle &&
      (connection->readable || connection->reader.has_leftover() || connection->reader.in_body())) {
    RunAgainLater(connection);
  }
}

void EventLoop::Flush(Connection* connection) {
  while (connection->sent < connection->answer.bytes.size()) {
    const Transport::Result written = connection->transport->Write(
        absl::string_view(connection->answer.bytes).substr(connection->sent));
    if (written.status == Transport::Status::kWouldBlock) {
      return;
    }
    if (written.status != Transport::Status::kOk) return Close(connection);
    connection->sent += written.bytes;
  }
  SetAnswer(connection, {.close = connection->answer.close});
  Count(connection, connection->reader.buffered_bytes());
  if (connection->answer.close) {
    Linger(connection);
  } else {
    connection->began = reactor_.now();  // where the next one's is here already
    MoveTo(connection, Phase::kIdle);
  }
}

// Refuses what the connection sends and ends it: where the next request would begin is not known.
void EventLoop::Fail(Connection* connection, int status, absl::string_view detail) {
  HttpRequest read = connection->reader.TakeRequest();
  connection->form = {.http_1_0 = read.version == "HTTP/1.0",
                      .head = read.method == "HEAD",
                      .tls = connection->tls != nullptr};
  const httplib::Request request = ToHttplib(std::move(read), connection->peer);
  Observe(connection, request);
  Refuse(connection, request, status, detail);
}

// RFC 9112 9.6: closing while input is unread resets the connection, and the client may lose the
// answer.
void EventLoop::Linger(Connection* connection) {
  connection->transport->ShutdownWrite();
  connection->readable = true;
  MoveTo(connection, Phase::kLinger);
  DropInput(connection);
}

void EventLoop::DropInput(Connection* connection) {
  for (int turn = 0; turn < kReadsPerTurn; ++turn) {
    const Transport::Result read = connection->transport->Read(scratch_.data(), scratch_.size());
    if (read.status == Transport::Status::kWouldBlock) return;
    connection->lingered += read.bytes;
    if (read.status != Transport::Status::kOk || connection->lingered > kMaxLingerBytes) {
      return Close(connection);
    }
    if (read.drained && !connection->hung_up) return;
  }
  RunAgainLater(connection);
}

void EventLoop::Close(Connection* connection) {
  if (connection->runs_again) std::erase(unfinished_, connection);
  const std::shared_ptr<HttpReply::Pending> pending = std::move(connection->pending);
  if (pending != nullptr) pending->connection = nullptr;
  TellObservers(connection, nullptr);
  Count(connection, 0);
  SetAnswer(connection, {});
  rejected_ -= connection->rejected ? 1 : 0;
  reactor_.Forget(connection);
  connection->transport.reset();
  connection->tls = nullptr;
  MoveTo(connection, Phase::kClosed);
  // Those who called this may still look at it.
  if (!std::exchange(deletes_closed_, true)) reactor_.Post([this] { DeleteClosed(); });
  if (pending != nullptr) pending->cancellation.Cancel();
}

void EventLoop::MoveTo(Connection* connection, Phase phase) {
  std::list<Connection>& to = InPhase(phase);
  to.splice(to.end(), InPhase(connection->phase), connection->self);
  connection->phase = phase;
  if (phase == Phase::kBusy || phase == Phase::kClosed) return;
  connection->deadline = reactor_.now() + timeouts_[static_cast<size_t>(phase)];
  ExpireAt(connection->deadline);
}

void EventLoop::RunAgainLater(Connection* connection) {
  if (std::exchange(connection->runs_again, true)) return;
  unfinished_.push_back(connection);
  if (!std::exchange(runs_unfinished_, true)) reactor_.Post([this] { RunUnfinished(); });
}

void EventLoop::Count(Connection* connection, size_t buffered) {
  buffered_bytes_ = buffered_bytes_ - connection->buffered + buffered;
  connection->buffered = buffered;
}

}  // namespace openvidu::token
