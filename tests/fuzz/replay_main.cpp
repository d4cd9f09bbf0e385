// Plays every file of the corpus folders named on the command line through the fuzz target, so
// that the ordinary run guards what fuzzing once found. An empty or missing corpus is a
// failure.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int main(int argc, char** argv) {
  std::size_t played = 0;
  for (int i = 1; i < argc; ++i)
    for (const auto& entry : std::filesystem::recursive_directory_iterator{argv[i]}) {
      if (!entry.is_regular_file())
        continue;
      std::ifstream file{entry.path(), std::ios::binary};
      const std::vector<char> octets{std::istreambuf_iterator<char>{file}, {}};
      const std::vector<std::uint8_t> input(octets.begin(), octets.end());
      LLVMFuzzerTestOneInput(input.data(), input.size());
      ++played;
    }
  std::printf("%zu inputs played\n", played);
  return played > 0 ? 0 : 1;
}
