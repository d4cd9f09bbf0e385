#include "actors/cli/run.hpp"
#include "actors/serve.hpp"

#include <iostream>

int main(int argc, char** argv) {
  return static_cast<int>(
      stellwerk::cli::run(argc, argv, stellwerk::serve, std::cout, std::cerr));
}
