#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

namespace stellwerk::io {

template <class T> class task;

/// What the promises of `task<T>` and `task<void>` share: lazy start, and at the end the
/// awaiting coroutine goes on at once.
class task_promise_base {
public:
  std::suspend_always initial_suspend() noexcept { return {}; }

  struct final_awaiter {
    bool await_ready() noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> ended) noexcept {
      auto next = ended.promise().awaiting_;
      return next ? next : std::noop_coroutine();
    }
    void await_resume() noexcept {}
  };
  final_awaiter final_suspend() noexcept { return {}; }
  void unhandled_exception() noexcept { thrown_ = std::current_exception(); }

  void set_awaiting(std::coroutine_handle<> awaiting) { awaiting_ = awaiting; }
  void rethrow() const {
    if (thrown_)
      std::rethrow_exception(thrown_);
  }

private:
  std::coroutine_handle<> awaiting_;
  std::exception_ptr thrown_;
};

template <class T> class task_promise : public task_promise_base {
public:
  task<T> get_return_object();
  template <class U> void return_value(U&& value) { value_.emplace(std::forward<U>(value)); }
  T take() {
    rethrow();
    return std::move(*value_);
  }

private:
  std::optional<T> value_;
};

template <> class task_promise<void> : public task_promise_base {
public:
  task<void> get_return_object();
  void return_void() noexcept {}
  void take() const { rethrow(); }
};

/// A piece of a session's life that may wait: starts when awaited, owns its frame, hands on its
/// value or exception. Destroying it destroys the frame and all that it owns.
template <class T> class [[nodiscard]] task {
public:
  using promise_type = task_promise<T>;
  using handle = std::coroutine_handle<promise_type>;

  task() = default;
  explicit task(handle frame) : frame_{frame} {}
  task(task&& other) noexcept : frame_{std::exchange(other.frame_, nullptr)} {}
  task& operator=(task&& other) noexcept {
    std::swap(frame_, other.frame_);
    return *this;
  }
  ~task() { reset(); }

  void reset() {
    if (frame_)
      std::exchange(frame_, nullptr).destroy();
  }

  /// For the root of a session, which nobody awaits.
  void start() { frame_.resume(); }
  [[nodiscard]] bool done() const { return frame_ && frame_.done(); }
  T result() { return frame_.promise().take(); }

  auto operator co_await() && noexcept {
    struct awaiter {
      handle frame;
      bool await_ready() const noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) noexcept {
        frame.promise().set_awaiting(awaiting);
        return frame;
      }
      T await_resume() { return frame.promise().take(); }
    };
    return awaiter{frame_};
  }

private:
  handle frame_;
};

template <class T> task<T> task_promise<T>::get_return_object() {
  return task<T>{std::coroutine_handle<task_promise<T>>::from_promise(*this)};
}

inline task<void> task_promise<void>::get_return_object() {
  return task<void>{std::coroutine_handle<task_promise<void>>::from_promise(*this)};
}

} // namespace stellwerk::io
