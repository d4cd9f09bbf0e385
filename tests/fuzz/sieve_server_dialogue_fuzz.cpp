#include "protocol/sieve/server_dialogue.hpp"
#include "tests/fuzz/dialogue_players.hpp"

namespace {

stellwerk::sieve::server_settings settings_of(unsigned octet) {
  stellwerk::sieve::server_settings settings;
  settings.tls_active = (octet & 1U) != 0;
  settings.offers_starttls = (octet & 2U) != 0;
  if ((octet & 4U) != 0) {
    settings.max_line_octets = 64;
    settings.max_literal_octets = 16;
  }
  return settings;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using player = stellwerk::fuzz::server_player<stellwerk::sieve::server_dialogue>;
  stellwerk::fuzz::play_whole_and_cut<player>(data, size, settings_of);
  return 0;
}
