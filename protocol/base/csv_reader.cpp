#include "protocol/base/csv_reader.hpp"

namespace stellwerk {

std::string_view text_of(csv_status status) {
  switch (status) {
    case csv_status::record:
    case csv_status::need_more:
      return "";
    case csv_status::quote_inside:
      return "a quote inside a field that does not begin with one";
    case csv_status::text_after_quote:
      return "behind a closing quote only a comma or the line's end may stand";
    case csv_status::unfinished_quote:
      return "the quote is not closed on its line";
    case csv_status::bare_cr:
      return "a CR without LF";
    case csv_status::too_long:
      return "the line is too long";
  }
  return "";
}

void csv_reader::start_over() {
  fields_.clear();
  octets_ = 0;
  delivered_ = false;
}

void csv_reader::begin_field() { fields_.push_back({{}, line_, column_}); }

csv_event csv_reader::fail(csv_status status, int column) {
  start_over();
  state_ = within::fault;
  return {status, line_, column};
}

csv_event csv_reader::end_line() {
  const auto before = state_;
  state_ = within::line_start;
  const auto line = line_++;
  column_ = 1;
  if (before == within::quotes) {
    const auto column = fields_.back().column;
    start_over();
    return {csv_status::unfinished_quote, line, column};
  }
  if (before == within::fault || fields_.empty()) {
    start_over();
    return {};
  }
  delivered_ = true;
  return {csv_status::record, line, 1};
}

csv_event csv_reader::take_octet(char c) {
  if (c == '\n')
    return end_line();
  if (state_ == within::fault)
    return {};
  if (state_ == within::cr)
    return fail(csv_status::bare_cr, column_ - 1);
  if (++octets_ > max_octets_)
    return fail(csv_status::too_long, 1);
  if (state_ == within::line_start) {
    if (c == '\r') { // An empty line, if it goes on as it should.
      state_ = within::cr;
      return {};
    }
    begin_field();
    state_ = within::field_start;
  }
  if (state_ == within::quotes) {
    if (c == '"')
      state_ = within::closing_quote;
    else if (c == '\r')
      return fail(csv_status::unfinished_quote, fields_.back().column);
    else
      fields_.back().text += c;
    return {};
  }
  if (c == ',') {
    ++column_;
    begin_field();
    --column_;
    state_ = within::field_start;
  } else if (c == '\r') {
    state_ = within::cr;
  } else if (c == '"' && state_ == within::field_start) {
    state_ = within::quotes;
  } else if (c == '"' && state_ == within::closing_quote) {
    fields_.back().text += c;
    state_ = within::quotes;
  } else if (c == '"') {
    return fail(csv_status::quote_inside, column_);
  } else if (state_ == within::closing_quote) {
    return fail(csv_status::text_after_quote, column_);
  } else {
    fields_.back().text += c;
    state_ = within::plain;
  }
  return {};
}

csv_event csv_reader::take(std::string_view& input) {
  if (delivered_)
    start_over();
  while (!input.empty()) {
    const char c = input.front();
    input.remove_prefix(1);
    const auto line = line_;
    const auto event = take_octet(c);
    const bool continues_character = (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
    if (line == line_ && !continues_character)
      ++column_;
    if (event.status != csv_status::need_more)
      return event;
  }
  return {};
}

csv_event csv_reader::finish() {
  if (delivered_)
    start_over();
  if (state_ == within::cr)
    return fail(csv_status::bare_cr, column_ - 1);
  if (state_ == within::line_start)
    return {};
  return end_line();
}

} // namespace stellwerk
