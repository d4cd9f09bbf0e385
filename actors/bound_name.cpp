#include "actors/bound_name.hpp"

#include "actors/io/worker.hpp"

#include <utility>

namespace stellwerk {
namespace {

constexpr std::chrono::seconds between_looks{1};

} // namespace

bound_name::bound_name(io::worker& home, std::string name, told changed, clock now)
    : home_{home}, name_{std::move(name)}, changed_{std::move(changed)}, now_{std::move(now)} {}

void bound_name::follow(std::shared_ptr<const tls::server_certificates> table) {
  if (name_.empty())
    return;
  table_ = std::move(table);
  look();
}

void bound_name::stop() {
  home_.disarm(*this);
  table_.reset();
}

void bound_name::on_timer() { look(); }

void bound_name::look() {
  home_.arm(*this, home_.now() + between_looks);
  const bool is_retired = table_->is_retired(name_, now_());
  if (std::exchange(was_retired_, is_retired) != is_retired)
    changed_(is_retired);
}

} // namespace stellwerk
