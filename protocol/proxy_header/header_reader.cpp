#include "protocol/proxy_header/header_reader.hpp"

#include "protocol/proxy_header/signature.hpp"
#include "protocol/proxy_header/v1_line.hpp"
#include "protocol/proxy_header/v2_block.hpp"

#include <algorithm>

namespace stellwerk::proxy_header {
namespace {

constexpr std::size_t max_v1_octets = 107; // CRLF included.

bool agree(std::string_view held, std::string_view signature) {
  const auto common = std::min(held.size(), signature.size());
  return held.substr(0, common) == signature.substr(0, common);
}

} // namespace

std::string_view name(header_fault fault) {
  switch (fault) {
    case header_fault::none:
      return "none";
    case header_fault::no_signature:
      return "no_signature";
    case header_fault::malformed:
      return "malformed";
    case header_fault::too_long:
      return "too_long";
    case header_fault::unsupported_version:
      return "unsupported_version";
    case header_fault::bad_checksum:
      return "bad_checksum";
  }
  return {};
}

header_status header_reader::fail(header_fault fault) {
  fault_ = fault;
  return header_status::fault;
}

// How many octets may be taken before looking again. Of version 2 the length is known; version
// 1 ends anywhere.
std::size_t header_reader::wanted() const {
  if (held_.size() < v2_fixed_octets || !agree(held_, v2_signature))
    return 1;
  const auto length = static_cast<std::size_t>(static_cast<unsigned char>(held_[14])) << 8U
                      | static_cast<unsigned char>(held_[15]);
  return v2_fixed_octets + length - held_.size();
}

header_status header_reader::take(std::string_view& input) {
  while (fault_ == header_fault::none && !input.empty()) {
    const auto piece = input.substr(0, wanted());
    held_.append(piece);
    input.remove_prefix(piece.size());
    const auto status = look();
    if (status != header_status::need_more)
      return status;
  }
  return fault_ == header_fault::none ? header_status::need_more : header_status::fault;
}

header_status header_reader::look() {
  if (agree(held_, v2_signature))
    return look_at_v2();
  if (agree(held_, v1_signature))
    return look_at_v1();
  return fail(header_fault::no_signature);
}

header_status header_reader::look_at_v1() {
  if (held_.size() <= v1_signature.size())
    return header_status::need_more;
  const std::string_view last_two = std::string_view{held_}.substr(held_.size() - 2);
  if (last_two == "\r\n") {
    const std::string_view whole = held_;
    auto content = parse_v1_line(
        whole.substr(v1_signature.size(), whole.size() - v1_signature.size() - 2));
    if (!content.is_good)
      return fail(header_fault::malformed);
    ends_ = content.ends;
    return header_status::complete;
  }
  if (last_two[0] == '\r' || last_two[1] == '\n')
    return fail(header_fault::malformed); // One of them alone.
  return held_.size() < max_v1_octets ? header_status::need_more : fail(header_fault::too_long);
}

header_status header_reader::look_at_v2() {
  if (held_.size() < v2_fixed_octets)
    return header_status::need_more;
  if (static_cast<unsigned char>(held_[v2_signature.size()]) >> 4U != 2)
    return fail(header_fault::unsupported_version);
  const auto more = wanted();
  if (held_.size() + more > max_v2_octets)
    return fail(header_fault::too_long);
  if (more > 0)
    return header_status::need_more;
  auto content = parse_v2_block(held_);
  if (content.fault != header_fault::none)
    return fail(content.fault);
  ends_ = content.ends;
  return header_status::complete;
}

} // namespace stellwerk::proxy_header
