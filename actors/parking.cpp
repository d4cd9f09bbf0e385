#include "actors/parking.hpp"

#include "actors/place_caps.hpp"
#include "protocol/imap/server_dialogue.hpp"

#include <algorithm>

namespace stellwerk {
namespace {

/// What a parked client may send ahead; the rest waits in the kernel's buffers.
constexpr std::size_t most_octets_ahead = 16 * 1024;

/// Their clients hear nothing while they wait, and many give up after 60 s.
constexpr std::chrono::seconds longest_silence{50};

std::string_view words_of(mail_protocol service) {
  static const auto imap
      = imap::server_dialogue::in_progress("This mailbox is being moved, please wait.");
  return service == mail_protocol::imap ? std::string_view{imap} : std::string_view{};
}

std::chrono::milliseconds patience(mail_protocol service, const budget_settings& budgets) {
  if (service == mail_protocol::imap)
    return budgets.park;
  return std::min<std::chrono::milliseconds>(budgets.park, longest_silence);
}

} // namespace

parking::parking(session& owner, mail_protocol service, std::string_view login)
    : owner_{owner}, words_{words_of(service)} {
  const auto& settings = owner.now_in_force().settings();
  place_ = owner.surroundings().parked.take(owner.client_end().address(), std::string{login},
                                            parked_caps(settings.limits.parked));
  every_ = settings.budgets.park_keepalive;
  until_ = owner.now() + patience(service, settings.budgets);
  next_words_ = words_.empty() ? io::clock::time_point::max() : owner.now() + every_;
}

// Whoever waits this long keeps no password where others read, and little memory.
io::task<parking::end> parking::wait() {
  std::ranges::fill(owner_.home().scratch(), '\0');
  owner_.client().inbox().forget_taken();
  for (;;) {
    owner_.throw_if_cut();
    hear_client();
    if (const auto over = look(owner_.now()))
      co_return *over;
    keep_patient();
    const auto sooner = std::min(until_, owner_.release_due());
    co_await owner_.event(std::min(sooner, next_words_));
  }
}

std::optional<parking::end> parking::look(io::clock::time_point now) const {
  if (owner_.is_draining())
    return end::draining;
  const auto due = owner_.release_due();
  const bool is_released = due != io::clock::time_point::max();
  if (now >= due || (is_released && now >= until_))
    return end::released;
  if (now >= until_)
    return end::too_long;
  return std::nullopt;
}

void parking::hear_client() {
  auto& stream = owner_.client().stream();
  auto& inbox = owner_.client().inbox();
  while (inbox.rest().size() < most_octets_ahead) {
    const auto room = owner_.home().scratch().first(most_octets_ahead - inbox.rest().size());
    std::size_t octets = 0;
    switch (stream.read(room, octets)) {
      case io::io_result::done:
        inbox.append({room.data(), octets});
        continue;
      case io::io_result::would_block:
        return;
      case io::io_result::end:
        throw session_over{"the client gave up waiting"};
      case io::io_result::failed:
        throw session_over{"the connection to the client was lost"};
    }
  }
  if (stream.transport().peer_has_finished())
    throw session_over{"the client gave up waiting"};
}

// A client that does not take the words gets no more of them.
void parking::keep_patient() {
  auto& stream = owner_.client().stream();
  if (stream.flush() && owner_.now() >= next_words_)
    stream.write(words_);
  while (next_words_ <= owner_.now())
    next_words_ += every_;
  if (stream.has_failed())
    throw session_over{"the connection to the client was lost"};
}

} // namespace stellwerk
