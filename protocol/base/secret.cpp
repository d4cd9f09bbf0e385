#include "protocol/base/secret.hpp"

namespace stellwerk {

void wipe(std::string& text) {
  text.resize(text.capacity());
  volatile char* octets = text.data();
  for (std::size_t i = 0; i < text.size(); ++i)
    octets[i] = 0;
  text.clear();
}

} // namespace stellwerk
