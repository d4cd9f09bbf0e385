#include "actors/metrics/exposition.hpp"

namespace stellwerk::metrics {
namespace {

std::string_view text_of(exposition::kind what) {
  switch (what) {
    case exposition::kind::counter:
      return "counter";
    case exposition::kind::gauge:
      return "gauge";
    case exposition::kind::histogram:
      break;
  }
  return "histogram";
}

void put_escaped(std::string_view text, std::string& out) {
  for (const char c : text) {
    if (c == '\\' || c == '"')
      out += '\\';
    if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
}

} // namespace

void exposition::family(std::string_view name, kind what, std::string_view help) {
  name_ = name;
  page_.append("# HELP ").append(name).append(" ").append(help);
  page_.append("\n# TYPE ").append(name).append(" ").append(text_of(what)).append("\n");
}

void exposition::put(std::string_view suffix, labels where, std::string_view value) {
  page_.append(name_).append(suffix);
  char before = '{';
  for (const auto& [name, text] : where) {
    page_ += before;
    page_.append(name).append("=\"");
    put_escaped(text, page_);
    page_ += '"';
    before = ',';
  }
  if (where.size() > 0)
    page_ += '}';
  page_.append(" ").append(value).append("\n");
}

std::string thousandths(std::uint64_t value) {
  auto text = std::to_string(value / 1000);
  auto rest = std::to_string(1000 + value % 1000).substr(1);
  rest.erase(rest.find_last_not_of('0') + 1);
  return rest.empty() ? text : text + '.' + rest;
}

} // namespace stellwerk::metrics
