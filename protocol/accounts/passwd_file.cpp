#include "protocol/accounts/passwd_file.hpp"

#include "protocol/base/ascii.hpp"
#include "protocol/base/utf8.hpp"

#include <algorithm>

namespace stellwerk {
namespace {

constexpr std::string_view our_scheme = "{CRYPT}";
constexpr std::string_view fields_behind = "::::::\n";
/// The longest that libcrypt promises ever to make.
constexpr std::size_t max_hash_octets = 383;

/// Without its end, LF or CRLF.
std::string_view content_of(std::string_view line) {
  if (line.ends_with('\n'))
    line.remove_suffix(1);
  if (line.ends_with('\r'))
    line.remove_suffix(1);
  return line;
}

/// Empty: the line is nobody's.
std::string_view name_in(std::string_view line) {
  const auto content = content_of(line);
  return content.starts_with('#') ? std::string_view{} : content.substr(0, content.find(':'));
}

/// A view into the line; one that has no such field has an empty one at its end.
std::string_view password_in(std::string_view line) {
  const auto content = content_of(line);
  const auto colon = content.find(':');
  if (colon == std::string_view::npos)
    return content.substr(content.size());
  const auto rest = content.substr(colon + 1);
  return rest.substr(0, rest.find(':'));
}

/// `CRYPT`, or a name for one of libcrypt's methods: `SHA512-CRYPT`.
bool is_of_libcrypt(std::string_view scheme) {
  constexpr std::string_view ending = "CRYPT";
  if (scheme.size() < ending.size())
    return false;
  const auto cut = scheme.size() - ending.size();
  return equals_ignoring_case(scheme.substr(cut), ending)
         && (cut == 0 || scheme[cut - 1] == '-');
}

/// Empty if libcrypt did not make it.
std::string_view hash_in(std::string_view password) {
  if (password.starts_with('{')) {
    const auto end = password.find('}');
    if (end == std::string_view::npos || !is_of_libcrypt(password.substr(1, end - 1)))
      return {};
    password.remove_prefix(end + 1);
  } else if (!password.starts_with('$')) {
    return {};
  }
  return passwd_file::may_hold_hash(password) ? password : std::string_view{};
}

} // namespace

bool passwd_file::may_hold_name(std::string_view name) {
  return !name.empty() && name.size() <= max_name_octets && !name.starts_with('#')
         && is_utf8(name) && std::none_of(name.begin(), name.end(), [](char c) {
              const auto octet = static_cast<unsigned char>(c);
              return octet < 0x20 || octet == 0x7F || c == ':';
            });
}

bool passwd_file::may_hold_hash(std::string_view hash) {
  static constexpr std::string_view never
      = ":;*!\\["; // crypt(5); what follows `[` Dovecot cuts off.
  return !hash.empty() && hash.size() <= max_hash_octets
         && std::all_of(hash.begin(), hash.end(), [](char c) {
              return c > ' ' && c <= '~' && never.find(c) == std::string_view::npos;
            });
}

passwd_file::passwd_file(std::string_view text) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size() - 1) + 1;
    add(text.substr(0, end));
    text.remove_prefix(end);
  }
}

void passwd_file::add(std::string_view line) {
  octets_ += line.size();
  const auto name = name_in(line);
  if (!name.empty() && users_.emplace(name, lines_.size()).second && !password_in(line).empty())
    ++count_;
  lines_.emplace_back(line);
}

const std::string* passwd_file::line_of(std::string_view name) const {
  const auto found = users_.find(name);
  return found == users_.end() ? nullptr : &lines_[found->second];
}

bool passwd_file::has_password(std::string_view name) const {
  const auto* line = line_of(name);
  return line != nullptr && !password_in(*line).empty();
}

std::string_view passwd_file::hash_of(std::string_view name) const {
  const auto* line = line_of(name);
  return line != nullptr ? hash_in(password_in(*line)) : std::string_view{};
}

bool passwd_file::is_foreign(std::string_view name) const {
  return has_password(name) && hash_of(name).empty();
}

bool passwd_file::set(std::string_view name, std::string_view hash) {
  if (!may_hold_name(name) || !may_hold_hash(hash) || is_foreign(name)
      || octets_ + name.size() + our_scheme.size() + hash.size() + fields_behind.size() + 2
             > max_octets)
    return false;
  auto password = std::string{our_scheme}.append(hash);
  const auto found = users_.find(name);
  if (found == users_.end()) {
    if (!lines_.empty() && !lines_.back().ends_with('\n')) {
      lines_.back() += '\n';
      ++octets_;
    }
    add(std::string{name}.append(":").append(password).append(fields_behind));
    return true;
  }
  auto& line = lines_[found->second];
  const auto former = password_in(line);
  if (former.empty())
    ++count_;
  const auto at = static_cast<std::size_t>(former.data() - line.data());
  if (content_of(line).find(':') == std::string_view::npos)
    password.insert(0, 1, ':');
  octets_ = octets_ - former.size() + password.size();
  line.replace(at, former.size(), password);
  return true;
}

std::string passwd_file::text() const {
  std::string all;
  all.reserve(octets_);
  for (const auto& line : lines_)
    all += line;
  return all;
}

} // namespace stellwerk
