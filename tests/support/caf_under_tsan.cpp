// Tells the thread sanitizer what libcaf does, in builds for it alone.
//
// Debian's libcaf is not instrumented: the sanitizer sees neither its lock-free mailboxes nor
// its reference counts, and reports the content of every message as a race (see tsan.supp). To
// suppress those reports would hide every race in a message handler. So the few functions of
// CAF 0.17.6 through which one thread hands something to another are taken the place of here:
// each does what it did, and says which thread has seen what another did before.
#include <caf/actor_control_block.hpp>
#include <caf/blocking_actor.hpp>
#include <caf/ref_counted.hpp>
#include <caf/scheduled_actor.hpp>

#include <cstdlib>
#include <dlfcn.h>
#include <sanitizer/tsan_interface.h>

namespace {

/// libcaf's own definition of the function with this (mangled) name.
template <class Function> Function* in_libcaf(const char* name) {
  auto* found = ::dlsym(RTLD_NEXT, name);
  if (found == nullptr)
    std::abort(); // Another CAF: look at what its functions are now.
  return reinterpret_cast<Function*>(found);
}

void release(const void* object) { __tsan_release(const_cast<void*>(object)); }

void acquire(const void* object) { __tsan_acquire(const_cast<void*>(object)); }

} // namespace

namespace caf {

// A message: who sent it happens before its handler, or its end if nobody took it.

void scheduled_actor::enqueue(mailbox_element_ptr message, execution_unit* runner) {
  static auto* const original
      = in_libcaf<void(scheduled_actor*, mailbox_element_ptr, execution_unit*)>(
          "_ZN3caf15scheduled_actor7enqueueESt10unique_ptrINS_15mailbox_elementE"
          "NS_6detail8disposerEEPNS_14execution_unitE");
  release(static_cast<memory_managed*>(message.get()));
  original(this, std::move(message), runner);
}

void memory_managed::request_deletion(bool) const noexcept {
  acquire(this);
  delete this;
}

// An actor that is run by one thread after another: what it did happens before what it does.
// Said before it can be taken for idle, which is in `resume`, behind these two.

bool scheduled_actor::activate(execution_unit* runner) {
  static auto* const original = in_libcaf<bool(scheduled_actor*, execution_unit*)>(
      "_ZN3caf15scheduled_actor8activateEPNS_14execution_unitE");
  acquire(this);
  const bool active = original(this, runner);
  release(this);
  return active;
}

scheduled_actor::activation_result scheduled_actor::reactivate(mailbox_element& message) {
  static auto* const original
      = in_libcaf<activation_result(scheduled_actor*, mailbox_element&)>(
          "_ZN3caf15scheduled_actor10reactivateERNS_15mailbox_elementE");
  acquire(static_cast<memory_managed*>(&message));
  const auto result = original(this, message);
  release(this);
  return result;
}

// A blocking actor, as tests are: who sent it anything happens before it looks at its mailbox,
// and what it did before it waited happens before a message comes.

void blocking_actor::enqueue(mailbox_element_ptr message, execution_unit* runner) {
  static auto* const original
      = in_libcaf<void(blocking_actor*, mailbox_element_ptr, execution_unit*)>(
          "_ZN3caf14blocking_actor7enqueueESt10unique_ptrINS_15mailbox_elementE"
          "NS_6detail8disposerEEPNS_14execution_unitE");
  acquire(this);
  release(this);
  original(this, std::move(message), runner);
}

void blocking_actor::await_data() {
  static auto* const original
      = in_libcaf<void(blocking_actor*)>("_ZN3caf14blocking_actor10await_dataEv");
  release(this);
  original(this);
  acquire(this);
}

bool blocking_actor::await_data(timeout_type until) {
  static auto* const original = in_libcaf<bool(blocking_actor*, timeout_type)>(
      "_ZN3caf14blocking_actor10await_dataENSt6chrono10time_pointINS1_3_V212system_clockE"
      "NS1_8durationIlSt5ratioILl1ELl1000000000EEEEEE");
  release(this);
  const bool came = original(this, until);
  acquire(this);
  return came;
}

// Reference counts: what anybody did with an object happens before its end. Compiled here, the
// sanitizer sees the atomics themselves.

void ref_counted::deref() const noexcept {
  const bool alone = unique(); // Saves an atomic write, as libcaf does.
  if (alone || rc_.fetch_sub(1, std::memory_order_acq_rel) == 1)
    request_deletion(!alone);
}

void intrusive_ptr_release_weak(actor_control_block* block) {
  if (block->weak_refs == 1 || block->weak_refs.fetch_sub(1, std::memory_order_acq_rel) == 1)
    block->block_dtor(block);
}

void intrusive_ptr_release(actor_control_block* block) {
  if (block->strong_refs.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    block->data_dtor(block->get());
    intrusive_ptr_release_weak(block);
  }
}

} // namespace caf
