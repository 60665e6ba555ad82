// The way of one connection through EventLoop, from phase to phase.
#include <mutex>
#include <utility>

#include "http/event_loop.h"

namespace openvidu::token {
namespace {

constexpr int kReadsPerTurn = 16;  // of one connection, before the others have their turn
constexpr size_t kMaxLingerBytes = size_t{8} << 20;
// When memory for requests is short, those that hold less than this are still served.
constexpr size_t kSmallRequestBytes = size_t{4} << 10;

constexpr absl::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

void EventLoop::OnEvent(Connection* connection, uint32_t events) {
  const uint32_t hang_up = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
  const bool input = (events & (EPOLLIN | hang_up)) != 0;
  if (input) connection->readable = true;
  if ((events & hang_up) != 0) connection->hung_up = true;
  if (connection->phase == Phase::kWrite) {
    Flush(connection);
    if (IsReading(connection->phase)) Pump(connection);
  } else if (!input) {
    return;
  } else if (IsReading(connection->phase)) {
    Pump(connection);
  } else if (connection->phase == Phase::kLinger) {
    DropInput(connection);
  } else if (connection->phase == Phase::kBusy) {
    const std::lock_guard<std::mutex> lock(mutex_);
    connection->wakes_loop = true;
    served_unseen_ = !served_.empty();  // it may have been served since this turn began
  }
}

// Reads and serves until nothing more is there or the connection waits for something else than
// input.
void EventLoop::Pump(Connection* connection) {
  for (int turn = 0; turn < kReadsPerTurn; ++turn) {
    if (connection->reader.has_leftover()) {
      PumpInput(connection, connection->reader.Feed({}));
      if (!IsReading(connection->phase)) return;
      if (connection->phase == Phase::kIdle) continue;  // answered; another one may be behind it
    }
    if (!connection->readable) return Settle(connection);
    const Transport::Result read = connection->transport->Read(scratch_.data(), scratch_.size());
    switch (read.status) {
      case Transport::Status::kOk:
        if (read.drained && !connection->hung_up) connection->readable = false;
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
  const Phase phase = connection->reader.in_body()
                          ? Phase::kBody
                          : (connection->reader.idle() ? Phase::kIdle : Phase::kHead);
  if (phase != connection->phase) MoveTo(connection, phase);
  if (!connection->reader.TakeContinue()) return;
  const Transport::Result written = connection->transport->Write(kContinue);
  // All earlier answers have been taken, so these few bytes go out whole. A client that does not
  // get them sends its body a little later all the same (RFC 9110 10.1.1).
  const bool whole = written.status == Transport::Status::kOk && written.bytes == kContinue.size();
  if (!whole && written.status != Transport::Status::kWouldBlock) Close(connection);
}

void EventLoop::Begin(Connection* connection) {
  connection->request = connection->reader.TakeRequest();
  const HttpRequest& request = connection->request;
  const absl::string_view target = request.target;
  if (callbacks_.runs_inline &&
      callbacks_.runs_inline(request.method, target.substr(0, target.find('?')))) {
    Send(connection, responder_->Respond(std::move(connection->request), connection->peer));
    return;
  }
  connection->sent = 0;
  connection->broken = false;
  // Without these nothing is left to do when the answer is sent, and the loop may sleep on.
  connection->wakes_loop = connection->readable || connection->reader.has_leftover();
  MoveTo(connection, Phase::kBusy);
  if (!workers_->Submit([this, connection] { Serve(connection); })) {
    Send(connection, responder_->RespondError(std::move(connection->request), connection->peer, 503,
                                              "The server is busy."));
  }
}

void EventLoop::Serve(Connection* connection) {
  connection->broken = abandoning_;
  if (!connection->broken) {
    connection->answer = responder_->Respond(std::move(connection->request), connection->peer);
    const Transport::Result written = connection->transport->Write(connection->answer.bytes);
    connection->sent = written.bytes;
    connection->broken = written.status != Transport::Status::kOk &&
                         written.status != Transport::Status::kWouldBlock;
  }
  const bool done = !connection->broken && !connection->answer.close &&
                    connection->sent == connection->answer.bytes.size();
  if (done) std::string().swap(connection->answer.bytes);
  bool wake = false;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    served_.push_back(connection);
    wake = (!done || connection->wakes_loop || stopping_) && !woken_;
    woken_ = woken_ || wake;
  }  // from here the connection is the loop's again
  if (wake) Wake();
}

void EventLoop::Send(Connection* connection, HttpAnswer answer) {
  connection->answer = std::move(answer);
  connection->sent = 0;
  Flush(connection);
}

void EventLoop::Flush(Connection* connection) {
  while (connection->sent < connection->answer.bytes.size()) {
    const Transport::Result written = connection->transport->Write(
        absl::string_view(connection->answer.bytes).substr(connection->sent));
    if (written.status == Transport::Status::kWouldBlock) {
      if (connection->phase != Phase::kWrite) MoveTo(connection, Phase::kWrite);
      return;
    }
    if (written.status != Transport::Status::kOk) return Close(connection);
    connection->sent += written.bytes;
  }
  std::string().swap(connection->answer.bytes);
  Count(connection, connection->reader.buffered_bytes());
  if (connection->answer.close) {
    Linger(connection);
  } else {
    MoveTo(connection, Phase::kIdle);
  }
}

// Refuses what the connection sends and ends it: where the next request would begin is not known.
void EventLoop::Fail(Connection* connection, int status, absl::string_view detail) {
  HttpRequest request = connection->reader.TakeRequest();
  request.keep_alive = false;
  Send(connection, responder_->RespondError(std::move(request), connection->peer, status, detail));
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
  Count(connection, 0);
  rejected_ -= connection->rejected ? 1 : 0;
  connection->transport.reset();
  MoveTo(connection, Phase::kClosed);
}

void EventLoop::MoveTo(Connection* connection, Phase phase) {
  std::list<Connection>& to = InPhase(phase);
  to.splice(to.end(), InPhase(connection->phase), connection->self);
  connection->phase = phase;
  connection->deadline = now_ + timeouts_[static_cast<size_t>(phase)];
}

void EventLoop::RunAgainLater(Connection* connection) {
  if (!std::exchange(connection->runs_again, true)) unfinished_.push_back(connection);
}

void EventLoop::Count(Connection* connection, size_t buffered) {
  buffered_bytes_ = buffered_bytes_ - connection->buffered + buffered;
  connection->buffered = buffered;
}

}  // namespace openvidu::token
