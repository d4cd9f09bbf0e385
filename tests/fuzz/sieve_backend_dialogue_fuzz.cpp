#include "protocol/sieve/backend_dialogue.hpp"
#include "tests/fuzz/dialogue_players.hpp"

namespace {

stellwerk::sieve::backend_settings settings_of(unsigned octet) {
  using stellwerk::dialogue::backend_tls;
  stellwerk::sieve::backend_settings settings;
  settings.tls = (octet & 1U) != 0 ? backend_tls::starttls : backend_tls::implicit;
  if ((octet & 2U) != 0)
    settings.xclient = "ADDR=2001:db8::1 PORT=4321";
  if ((octet & 4U) != 0) {
    settings.max_line_octets = 100;
    settings.max_heard_octets = 200;
  }
  return settings;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using player = stellwerk::fuzz::backend_player<stellwerk::sieve::backend_dialogue>;
  stellwerk::fuzz::play_whole_and_cut<player>(data, size, settings_of);
  return 0;
}
