#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace stellwerk {

/// One field of a record and where it begins (from 1, columns in characters of UTF-8).
struct csv_field {
  std::string text;
  int line = 1;
  int column = 1;
  bool operator==(const csv_field&) const = default;
};

enum class csv_status {
  record,           ///< `fields` is a record.
  need_more,        ///< The input is used up.
  quote_inside,     ///< A quote in a field that does not begin with one.
  text_after_quote, ///< Something else than a comma or the line's end behind a closing quote.
  unfinished_quote, ///< The line ends within quotes.
  bare_cr,          ///< A CR that no LF follows.
  too_long,         ///< The record passes the limit.
};
[[nodiscard]] std::string_view text_of(csv_status status);

struct csv_event {
  csv_status status = csv_status::need_more;
  /// Of a fault: where. The rest of its line is skipped, the next record is read.
  int line = 0;
  int column = 0;
};

/// Cuts octets into records (RFC 4180), with three differences: a line may end in LF alone, a
/// quoted field ends on its line (so that one missing quote spoils one line), and lines without
/// any octet are skipped. Any slicing of the input gives the same events.
class csv_reader {
public:
  /// A record holds at most `max_octets`; quotes, commas and a CR count.
  explicit csv_reader(std::size_t max_octets) : max_octets_{max_octets} {}

  /// Takes octets off the front of `input` up to one record, one fault or its end.
  [[nodiscard]] csv_event take(std::string_view& input);
  /// At the end of all input: the last record, if its line does not end; then `need_more`.
  [[nodiscard]] csv_event finish();

  /// Of the latest `record`; lives until the next call.
  [[nodiscard]] const std::vector<csv_field>& fields() const { return fields_; }

private:
  enum class within {
    line_start,
    field_start,
    plain,
    quotes,
    closing_quote, ///< A quote inside quotes: the end of the field, or the first of two.
    cr,
    fault, ///< Skips to the end of the line.
  };

  [[nodiscard]] csv_event fail(csv_status status, int column);
  [[nodiscard]] csv_event end_line();
  csv_event take_octet(char c);
  void begin_field();
  void start_over();

  std::size_t max_octets_;
  within state_ = within::line_start;
  std::vector<csv_field> fields_;
  std::size_t octets_ = 0;
  int line_ = 1;
  int column_ = 1;
  bool delivered_ = false;
};

} // namespace stellwerk
