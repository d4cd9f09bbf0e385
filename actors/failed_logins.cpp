#include "actors/failed_logins.hpp"

#include "protocol/base/ascii.hpp"
#include "protocol/base/secret.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdexcept>
#include <string>

namespace stellwerk {
namespace {

using std::chrono::milliseconds;

constexpr double free_of_login = 4;
constexpr double free_of_address = 8;
constexpr double free_of_network = 32;
constexpr double longest_s = 27;

/// How far a count is beyond what is free; each whole one doubles the delay.
double excess(double count, double free) { return std::max(count - free, 0.0); }

milliseconds delay_of(double beyond) {
  const auto seconds = std::min(std::exp2(std::min(beyond, 16.0)) - 1, longest_s);
  return milliseconds{std::llround(seconds * 1000)};
}

} // namespace

failed_logins::failed_logins() {
  if (RAND_bytes(key_.data(), static_cast<int>(key_.size())) != 1)
    throw std::runtime_error{"no random numbers for the digests of failed logins"};
}

/// Every part has its length before it, so that none can pass for two.
std::uint64_t failed_logins::digest(char kind, std::string_view first, std::string_view second,
                                    std::string_view third) const {
  std::string text;
  text.reserve(64 + first.size() + second.size() + third.size()); // Moves no password about.
  text += kind;
  for (const auto part : {first, second, third}) {
    text += std::to_string(part.size());
    text += ':';
    text += part;
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> whole{};
  unsigned size = 0;
  const auto* const made = HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
                                reinterpret_cast<const unsigned char*>(text.data()),
                                text.size(), whole.data(), &size);
  wipe(text);
  if (made == nullptr)
    throw std::runtime_error{"no memory for the digest of a failed login"};
  std::uint64_t cut = 0;
  std::memcpy(&cut, whole.data(), sizeof cut);
  return cut;
}

milliseconds failed_logins::note(const attempt& failed, io::clock::time_point now) {
  const auto folded = to_lower(failed.login);
  const auto address = digest('a', failed.address);
  const auto network = digest('n', failed.network);
  const auto login = digest('l', folded);
  const auto password = digest('p', failed.network, folded, failed.password);

  const std::lock_guard guard{mutex_};
  const bool is_known = shown_.knows(password);
  shown_.add(password, now);
  const auto count = [&](decaying_counts& counts, std::uint64_t key) {
    return is_known ? counts.at(key, now) : counts.add(key, now);
  };
  return delay_of(std::max({excess(count(addresses_, address), free_of_address),
                            excess(count(networks_, network), free_of_network),
                            excess(count(logins_, login), free_of_login)}));
}

} // namespace stellwerk
