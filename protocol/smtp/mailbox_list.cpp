#include "protocol/smtp/mailbox_list.hpp"

#include "protocol/base/ascii.hpp"
#include "protocol/base/base64.hpp"
#include "protocol/base/utf8.hpp"
#include "protocol/smtp/characters.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace stellwerk::smtp {
namespace {

/// A piece of a field that is no blank and no comment.
struct token {
  enum class kind { word, quoted, literal, sign }; ///< A word may have dots and @ in it.
  kind what;
  std::string_view text; ///< As written.
  bool is_apart = false; ///< A blank or a comment is before it.

  [[nodiscard]] bool is_sign(char c) const { return what == kind::sign && text.front() == c; }
};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// The octets up to and with `closing`, from the opening at the front; nothing if it is
/// missing.
std::optional<std::size_t> length_of_enclosed(std::string_view text, char closing) {
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] == '\\')
      ++at;
    else if (text[at] == closing)
      return at + 1;
  }
  return std::nullopt;
}

/// Comments may be nested (RFC 5322 section 3.2.2).
std::optional<std::size_t> length_of_comment(std::string_view text) {
  std::size_t depth = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\')
      ++at;
    else if (text[at] == '(')
      ++depth;
    else if (text[at] == ')' && --depth == 0)
      return at + 1;
  }
  return std::nullopt;
}

/// Cuts a field into tokens; false, with the reason, where that cannot be done.
class tokenizer {
public:
  explicit tokenizer(std::string_view body) : rest_{body} {}

  bool run(std::vector<token>& into, std::string& doubt) {
    while (skip_between(doubt) && !rest_.empty())
      if (!take(into, doubt))
        break;
    return doubt.empty();
  }

private:
  /// Blanks and comments.
  bool skip_between(std::string& doubt) {
    for (; !rest_.empty(); is_apart_ = true) {
      if (is_blank(rest_.front())) {
        rest_.remove_prefix(1);
      } else if (rest_.front() == '(') {
        const auto length = length_of_comment(rest_);
        if (!length) {
          doubt = "a comment has no end";
          return false;
        }
        rest_.remove_prefix(*length);
      } else {
        break;
      }
    }
    return true;
  }

  bool take(std::vector<token>& into, std::string& doubt) {
    const char first = rest_.front();
    std::size_t length = 1;
    auto what = token::kind::sign;
    if (first == '"' || first == '[') {
      const auto enclosed = length_of_enclosed(rest_, first == '"' ? '"' : ']');
      if (!enclosed) {
        doubt = first == '"' ? "a quoted string has no end" : "an address literal has no end";
        return false;
      }
      length = *enclosed;
      what = first == '"' ? token::kind::quoted : token::kind::literal;
    } else if (is_atext(first) || first == '.' || first == '@') {
      while (length < rest_.size()
             && (is_atext(rest_[length]) || rest_[length] == '.' || rest_[length] == '@'))
        ++length;
      what = token::kind::word;
    } else if (std::string_view{"<>,;:"}.find(first) == std::string_view::npos) {
      doubt = "an octet that belongs nowhere";
      return false;
    }
    into.push_back({what, rest_.substr(0, length), std::exchange(is_apart_, false)});
    rest_.remove_prefix(length);
    return true;
  }

  std::string_view rest_;
  bool is_apart_ = false;
};

using tokens = std::vector<token>;

/// Local part and domain in one piece: `word`, `"quoted"@word`, `word@[literal]`. Empty if it
/// is none of these.
std::string address_of(const token* begin, const token* end) {
  std::string text;
  for (const auto* one = begin; one != end; ++one) {
    if (one->what == token::kind::sign || (one != begin && one->is_apart))
      return {};
    text += one->text;
  }
  const auto quotes = std::count_if(
      begin, end, [](const token& one) { return one.what == token::kind::quoted; });
  const auto literals = std::count_if(
      begin, end, [](const token& one) { return one.what == token::kind::literal; });
  // A quoted string is a whole local part, a literal a whole domain.
  if ((quotes == 1 && begin->what != token::kind::quoted) || quotes > 1
      || (literals == 1 && (end - 1)->what != token::kind::literal) || literals > 1)
    return {};
  const auto at = text.rfind('@');
  if (quotes == 0 && text.find('@') != at)
    return {}; // Two of them: a route, or who knows.
  if (text.find("=?") != std::string::npos)
    return {}; // Some readers would decode it.
  const bool has_both = at != 0 && at + 1 != text.size();
  if (at == std::string::npos)
    return quotes == 0 && literals == 0 ? text : std::string{};
  if (quotes == 1 && begin->text.size() != at)
    return {}; // "x"y@z
  if (literals == 1 && (end - 1)->text.size() != text.size() - at - 1)
    return {}; // x@y[z]
  return has_both ? text : std::string{};
}

int hex_value(char c) {
  if (is_digit(c))
    return c - '0';
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// Takes what is before the next `?` off the front, and the `?`.
std::string_view take_part(std::string_view& word) {
  const auto end = word.find('?');
  const auto part = word.substr(0, end);
  word.remove_prefix(end == std::string_view::npos ? word.size() : end + 1);
  return part;
}

/// Does this encoded word (RFC 2047) decode to a line end? Readers that decode before they
/// parse would go on in the next line.
bool hides_a_line_end(std::string_view word) {
  if (!word.starts_with("=?"))
    return false;
  word.remove_prefix(2);
  static_cast<void>(take_part(word)); // The charset.
  const bool is_base64 = equals_ignoring_case(take_part(word), "b");
  const auto text = take_part(word);
  if (is_base64) {
    const auto decoded = decode_base64(text);
    return decoded && decoded->find_first_of("\r\n") != std::string::npos;
  }
  for (auto at = text.find('='); at != std::string_view::npos && at + 2 < text.size();
       at = text.find('=', at + 1)) {
    const int octet = hex_value(text[at + 1]) * 16 + hex_value(text[at + 2]);
    if (octet == '\r' || octet == '\n')
      return true;
  }
  return false;
}

class reader {
public:
  explicit reader(const tokens& all) : at_{all.data()}, end_{all.data() + all.size()} {}

  mailbox_list run() {
    bool in_group = false;
    while (at_ != end_ && found_.doubt.empty()) {
      if (at_->is_sign(',')) {
        ++at_;
      } else if (at_->is_sign(';')) {
        if (!std::exchange(in_group, false))
          doubt("a semicolon outside a group");
        ++at_;
        expect_separator();
      } else {
        take_element(in_group);
      }
    }
    if (in_group)
      doubt("a group has no end");
    return std::move(found_);
  }

private:
  void doubt(const char* why) {
    if (found_.doubt.empty())
      found_.doubt = why;
  }

  /// Behind a mailbox or a group.
  void expect_separator() {
    if (at_ != end_ && !at_->is_sign(',') && !at_->is_sign(';'))
      doubt("no comma between two addresses");
  }

  /// `phrase:`, `phrase <address>` or `address`.
  void take_element(bool& in_group) {
    const auto* begin = at_;
    while (at_ != end_ && at_->what != token::kind::sign)
      ++at_;
    if (at_ != end_ && at_->is_sign(':')) {
      if (in_group || begin == at_)
        return doubt("a colon that opens no group");
      in_group = true;
      note_addresses_in_phrase(begin, at_);
      ++at_;
      return;
    }
    if (at_ == end_ || !at_->is_sign('<')) {
      note(address_of(begin, at_));
      return expect_separator();
    }
    note_addresses_in_phrase(begin, at_);
    const auto* inside = ++at_;
    while (at_ != end_ && at_->what != token::kind::sign)
      ++at_;
    if (at_ == end_ || !at_->is_sign('>'))
      return doubt("an angle bracket without the other");
    if (inside != at_ && (inside->is_apart || at_->is_apart))
      return doubt("a blank inside an address");
    note(address_of(inside, at_));
    ++at_;
    expect_separator();
  }

  /// Programs write `anna@example.org <anna@example.org>`, and readers take the first for it.
  void note_addresses_in_phrase(const token* begin, const token* end) {
    for (const auto* one = begin; one != end; ++one) {
      if (one->what == token::kind::literal)
        doubt("an address literal in a name");
      else if (hides_a_line_end(one->text))
        doubt("a line end in an encoded word");
      else if (one->what == token::kind::word && one->text.find('@') != std::string_view::npos)
        note(address_of(one, one + 1));
    }
  }

  void note(std::string address) {
    if (address.empty())
      return doubt("an address that cannot be read safely");
    found_.addresses.push_back(std::move(address));
    if (found_.addresses.size() > max_mailboxes)
      doubt("too many addresses");
  }

  const token* at_;
  const token* end_;
  mailbox_list found_;
};

bool has_control(std::string_view body) {
  return std::any_of(body.begin(), body.end(), [](char c) {
    return c != '\t' && c != '\r' && c != '\n' && !is_printable(c);
  });
}

} // namespace

mailbox_list read_mailboxes(std::string_view body) {
  if (has_control(body))
    return {{}, "a control octet"};
  if (!is_utf8(body))
    return {{}, "not UTF-8"};
  tokens all;
  mailbox_list failed;
  if (!tokenizer{body}.run(all, failed.doubt))
    return failed;
  return reader{all}.run();
}

} // namespace stellwerk::smtp
