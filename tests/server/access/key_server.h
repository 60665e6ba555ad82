#ifndef TESTS_SERVER_ACCESS_KEY_SERVER_H_
#define TESTS_SERVER_ACCESS_KEY_SERVER_H_

#include <httplib.h>

#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/access/key_source.h"

namespace openvidu::token {

/// An identity provider's web server, as far as keys go: answers GET /jwks?tenant=1 as it is told.
class KeyServer {
 public:
  using Answer = std::function<void(httplib::Response&)>;

  explicit KeyServer(const std::string& set,
                     std::unique_ptr<httplib::Server> server = std::make_unique<httplib::Server>())
      : server_(std::move(server)) {
    Serve(set);
    server_->Get("/jwks", [this](const httplib::Request& request, httplib::Response& response) {
      Answer answer;
      {
        const std::lock_guard<std::mutex> lock(mutex_);
        ++requests_;
        answer = answer_;
      }
      if (request.get_param_value("tenant") == "1") answer(response);
    });
    port_ = server_->bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_->listen_after_bind(); });
    while (!server_->is_running()) std::this_thread::yield();
  }
  ~KeyServer() {
    server_->stop();
    thread_.join();
  }

  void Serve(const std::string& set) {
    SetAnswer(
        [set](httplib::Response& response) { response.set_content(set, "application/json"); });
  }
  void SetAnswer(Answer answer) {
    const std::lock_guard<std::mutex> lock(mutex_);
    answer_ = std::move(answer);
  }
  int requests() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return requests_;
  }
  std::string url(const std::string& scheme_and_host = "http://127.0.0.1") const {
    return absl::StrCat(scheme_and_host, ":", port_, "/jwks?tenant=1");
  }

 private:
  const std::unique_ptr<httplib::Server> server_;
  mutable std::mutex mutex_;
  Answer answer_;     // guarded by mutex_
  int requests_ = 0;  // guarded by mutex_
  int port_ = 0;
  std::thread thread_;
};

/// What the source has after a renewal.
inline KeySource::Keys Renewed(KeySource& source) {
  std::promise<KeySource::Keys> renewed;
  source.Renew(source.keys(),
               [&renewed](KeySource::Keys keys) { renewed.set_value(std::move(keys)); });
  return renewed.get_future().get();
}

}  // namespace openvidu::token

#endif  // TESTS_SERVER_ACCESS_KEY_SERVER_H_
