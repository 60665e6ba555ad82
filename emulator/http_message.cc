#include "emulator/http_message.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace openvidu::emulator {
absl::string_view ReasonPhrase(int status) {
  switch (status) {
    case 400:
      return "Bad Request";
    case 404:
      return "Not Found";
    case 406:
      return "Not Acceptable";
    case 417:
      return "Expectation Failed";
    case 501:
      return "Not Implemented";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Internal Server Error";
  }
}

const std::string* HttpRequest::Find(absl::string_view name) const {
  for (const HttpHeader& header : headers) {
    if (absl::EqualsIgnoreCase(header.name, name)) return &header.value;
  }
  return nullptr;
}

int HttpRequest::Count(absl::string_view name) const {
  int count = 0;
  for (const HttpHeader& header : headers) {
    count += absl::EqualsIgnoreCase(header.name, name) ? 1 : 0;
  }
  return count;
}

bool HttpRequest::HasToken(absl::string_view name, absl::string_view token) const {
  for (const HttpHeader& header : headers) {
    if (!absl::EqualsIgnoreCase(header.name, name)) continue;
    for (const absl::string_view part : absl::StrSplit(header.value, ',')) {
      if (absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(part), token)) return true;
    }
  }
  return false;
}

void HttpResponse::Add(absl::string_view name, absl::string_view value) {
  headers.push_back({std::string(name), std::string(value)});
}

HttpResponse HtmlErrorPage(int status) {
  const std::string title = absl::StrCat("HTTP Status ", status, " \xE2\x80\x93 ", ReasonPhrase(status));
  HttpResponse response;
  response.status = status;
  response.content_type = "text/html;charset=utf-8";
  response.content_language = "en";
  response.body = absl::StrCat(
      "<!doctype html><html lang=\"en\"><head><title>", title,
      "</title><style type=\"text/css\">body {font-family:Tahoma,Arial,sans-serif;} h1, h2, h3, b "
      "{color:white;background-color:#525D76;} h1 {font-size:22px;} h2 {font-size:16px;} h3 "
      "{font-size:14px;} p "
      "{font-size:12px;} a {color:black;} .line "
      "{height:1px;background-color:#525D76;border:none;}</style></head>"
      "<body><h1>",
      title, "</h1></body></html>");
  response.close_unannounced = true;  // where the status itself announces it, that comes first
  return response;
}

}  // namespace openvidu::emulator
