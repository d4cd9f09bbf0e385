#include "actors/io/socket_bio.hpp"

#include "actors/io/socket.hpp"

#include <new>

namespace stellwerk::io {
namespace {

bio_link& link_of(BIO* bio) { return *static_cast<bio_link*>(BIO_get_data(bio)); }

int bio_write(BIO* bio, const char* data, std::size_t size, std::size_t* written) {
  BIO_clear_retry_flags(bio);
  auto& link = link_of(bio);
  const auto result = link.transport->send({data, size}, link.more_follows, *written);
  if (result == io_result::would_block)
    BIO_set_retry_write(bio);
  return result == io_result::done ? 1 : 0;
}

int bio_read(BIO* bio, char* data, std::size_t size, std::size_t* octets) {
  BIO_clear_retry_flags(bio);
  const auto result = link_of(bio).transport->receive({data, size}, *octets);
  if (result == io_result::would_block)
    BIO_set_retry_read(bio);
  return result == io_result::done ? 1 : 0;
}

long bio_control(BIO* bio, int command, long, void*) {
  switch (command) {
    case BIO_CTRL_FLUSH:
    case BIO_CTRL_DUP:
      return 1;
    case BIO_CTRL_EOF:
      return link_of(bio).transport->is_open() ? 0 : 1;
    default:
      return 0;
  }
}

BIO_METHOD* socket_method() {
  static BIO_METHOD* const method = [] {
    auto* made = BIO_meth_new(BIO_TYPE_SOURCE_SINK | BIO_get_new_index(), "stellwerk socket");
    if (made == nullptr)
      throw std::bad_alloc{};
    BIO_meth_set_write_ex(made, bio_write);
    BIO_meth_set_read_ex(made, bio_read);
    BIO_meth_set_ctrl(made, bio_control);
    return made;
  }();
  return method;
}

} // namespace

BIO* make_socket_bio(bio_link& link) {
  auto* bio = BIO_new(socket_method());
  if (bio == nullptr)
    throw std::bad_alloc{};
  BIO_set_data(bio, &link);
  BIO_set_init(bio, 1);
  return bio;
}

} // namespace stellwerk::io
