#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace stellwerk {

/// One of the two mail servers of a move.
enum class side : std::uint8_t { on_old, on_new };
[[nodiscard]] constexpr side opposite(side value) {
  return value == side::on_old ? side::on_new : side::on_old;
}

/// Where a domain stands. A domain is in exactly one phase.
enum class phase : std::uint8_t {
  on_old,    ///< Nothing has changed.
  moving,    ///< The old mailboxes are still: nobody reads, writes or delivers there.
  on_new,    ///< The old server sees nothing of this domain from us.
  returning, ///< The new mailboxes are still: the way back is being synchronised.
};

inline constexpr std::array all_phases{phase::on_old, phase::moving, phase::on_new,
                                       phase::returning};

/// `old`, `moving`, `new`, `returning`: the words of routes.yaml and of the CLI.
[[nodiscard]] std::string_view text_of(phase value);
/// `old`, `new`.
[[nodiscard]] std::string_view text_of(side value);
/// Exact spelling only.
[[nodiscard]] std::optional<phase> parse_phase(std::string_view text);
[[nodiscard]] std::optional<side> parse_side(std::string_view text);

/// Does an edge lead from `from` to `to`? Staying is no edge.
[[nodiscard]] bool may_follow(phase from, phase to);
/// Where edges lead from `from`, in the order to offer them to an operator.
[[nodiscard]] std::span<const phase> next_phases(phase from);

/// Who reads mailboxes where (IMAP, POP3, ManageSieve); nothing: logins are parked.
[[nodiscard]] std::optional<side> access_of(phase value);
/// Where the mail of logged-in clients is handed in.
[[nodiscard]] side submission_of(phase value);
/// Where mail for the domain is delivered, whatever listener it came through; nothing: it is
/// held (`delivery_while_moving`).
[[nodiscard]] std::optional<side> delivery_of(phase value);
/// The side the domain is on or on its way to.
[[nodiscard]] side destination_of(phase value);

} // namespace stellwerk
