#include "tests/actors/interleavings/imap_client.hpp"

namespace stellwerk::test {

void imap_client::act(chance& choices, bool leaving) {
  if (is_over())
    return;
  switch (at_) {
    case stage::arrived:
      if (leaving || tries_++ == 3)
        return leave();
      at_ = stage::logging_in;
      // Pipelined commands wait behind the login.
      return say("a LOGIN reader@" + home() + " secret\r\n"
                 + (choices.one_in(4) ? "x NOOP\r\n" : ""));
    case stage::inside:
      at_ = stage::asking;
      return say(leaving || choices.one_in(8) ? "c LOGOUT\r\n" : "b NOOP\r\n");
    case stage::logging_in:
    case stage::asking:
      return;
  }
}

void imap_client::on_line(const std::string& line) {
  if (line.starts_with("* BYE"))
    return leave(); // An answer to everything.
  if (line.starts_with("* OK"))
    return be_greeted();
  if (at_ == stage::logging_in && line.starts_with("a ")) {
    const bool accepted = line.starts_with("a OK");
    at_ = accepted ? stage::inside : stage::arrived;
    if (accepted)
      seen().on_promised(place(), errand::access, home(), "yes to a reader");
    else
      ++seen().counts["no to a reader"];
  } else if (line.starts_with("b ")) {
    at_ = stage::inside;
  } else if (line.starts_with("c ")) {
    leave();
  }
}

} // namespace stellwerk::test
