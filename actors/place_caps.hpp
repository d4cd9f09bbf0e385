#pragma once

#include "actors/place_ledger.hpp"

#include <algorithm>

// How many places there are for whom nobody has vouched yet, out of `limits` of stellwerk.yaml.
namespace stellwerk {

/// Of logins that may be parked; a holder is a login. `total` is `limits.parked`. Nobody has
/// proved a password yet, so no address takes more than half of all places and no login more
/// than a tenth. But a thousand from one address always fit (a hundred users behind one NAT,
/// webmail), and five hundred of one login (a mailbox that a whole office reads, with several
/// connections each).
[[nodiscard]] inline place_caps parked_caps(std::size_t total) {
  return {total, std::max<std::size_t>(1000, total / 2),
          std::max<std::size_t>(500, total / 10)};
}

/// Of connections on which nobody has logged in; a holder is a network. Half of
/// `limits.connections`, so that a flood never takes the places of all who log in. Of one
/// address half of `limits.connections_per_address`, but as many as two hundred if that allows
/// them: a hundred users behind one NAT come back with two connections each. Of one network a
/// quarter of the total, or what one of its addresses may.
[[nodiscard]] inline place_caps stranger_caps(std::size_t connections, std::size_t of_address) {
  const auto total = std::max<std::size_t>(connections / 2, 1);
  const auto per_address = std::max(of_address / 2, std::min<std::size_t>(of_address, 200));
  return {total, per_address, std::max(total / 4, per_address)};
}

} // namespace stellwerk
