#include "protocol/http/request_reader.hpp"

#include "protocol/base/ascii.hpp"

#include <algorithm>

namespace stellwerk::http {
namespace {

bool is_visible(char c) { return c > ' ' && c < '\x7F'; }

/// Up to the next blank, which is taken too.
std::string_view take_word(std::string_view& line) {
  const auto word = line.substr(0, line.find(' '));
  line.remove_prefix(std::min(line.size(), word.size() + 1));
  return word;
}

} // namespace

// request-line = method SP request-target SP HTTP-version
bool request_reader::read_request_line(std::string_view line) {
  const auto method = take_word(line);
  const auto target = take_word(line);
  request_.method = method;
  request_.path = target.substr(0, target.find('?'));
  return !method.empty() && std::all_of(method.begin(), method.end(), is_visible)
         && target.starts_with('/') && std::all_of(target.begin(), target.end(), is_visible)
         && (line == "HTTP/1.1" || line == "HTTP/1.0");
}

request_status request_reader::take(std::string_view& input) {
  while (status_ == request_status::need_more && !input.empty()) {
    if (octets_left_ == 0)
      return status_ = request_status::too_long;
    auto allowed = input.substr(0, octets_left_);
    const auto before = allowed.size();
    const auto event = lines_.take(allowed);
    const auto taken = before - allowed.size();
    octets_left_ -= taken;
    input.remove_prefix(taken);
    if (event.status == line_status::need_more)
      continue;
    if (event.status == line_status::too_long)
      status_ = request_status::too_long;
    else if (event.status != line_status::line)
      status_ = request_status::malformed;
    else if (request_.method.empty())
      status_ = read_request_line(event.text) ? request_status::need_more
                                              : request_status::malformed;
    else if (event.text.empty())
      status_ = request_status::complete;
  }
  return status_;
}

} // namespace stellwerk::http
