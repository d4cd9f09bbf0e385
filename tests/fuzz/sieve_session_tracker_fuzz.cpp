#include "protocol/sieve/session_tracker.hpp"
#include "tests/fuzz/dialogue_players.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  stellwerk::fuzz::track_whole_and_cut<stellwerk::sieve::session_tracker>(data, size);
  return 0;
}
