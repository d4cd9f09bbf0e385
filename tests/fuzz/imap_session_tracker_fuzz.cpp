// Pieces between NULs are sent in turn by the client and by the backend. However each is cut,
// the tracker knows the same behind it; and what it must never do, it never does.
#include "protocol/imap/session_tracker.hpp"
#include "tests/fuzz/sliced.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>

using namespace stellwerk;

namespace {

void check(bool holds) {
  if (!holds)
    std::abort();
}

void check_same(const imap::session_tracker& a, const imap::session_tracker& b) {
  check(a.at_safe_point() == b.at_safe_point());
  check(a.opaque() == b.opaque());
  check(a.lost() == b.lost());
  check(a.logged_out() == b.logged_out());
  check(a.forbidden() == b.forbidden());
  check(a.outstanding() == b.outstanding());
}

/// `client` and `backend` are all that each has sent.
void check_safe_point(const imap::session_tracker& tracker, std::string_view client,
                      std::string_view backend) {
  if (!tracker.at_safe_point())
    return;
  check(!tracker.opaque() && !tracker.lost() && !tracker.logged_out() && !tracker.forbidden());
  check(tracker.outstanding() <= 1);
  for (const auto sent : {client, backend})
    check(sent.empty() || sent.ends_with("\r\n"));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string octets(data, data + size);
  std::string_view input = octets;
  imap::session_tracker whole;
  imap::session_tracker cut;
  std::string client;
  std::string backend;
  bool from_client = true;
  for (std::uint32_t turn = 0; !input.empty(); ++turn, from_client = !from_client) {
    const auto piece = input.substr(0, input.find('\0'));
    input.remove_prefix(std::min(input.size(), piece.size() + 1));
    from_client ? whole.on_client(piece) : whole.on_backend(piece);
    fuzz::feed_sliced(piece, static_cast<std::uint32_t>(size) + turn, [&](auto slice) {
      from_client ? cut.on_client(slice) : cut.on_backend(slice);
    });
    check_same(whole, cut);
    (from_client ? client : backend) += piece;
    check_safe_point(whole, client, backend);
  }
  return 0;
}
