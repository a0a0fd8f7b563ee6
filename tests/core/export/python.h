#pragma once
#include <cstdlib>
#include <string>

// The Python of the distribution, which has NumPy where tests/run set the system up.
namespace qkv::exports {

inline constexpr const char* kPython = "/usr/bin/python3";

inline bool python_has(const std::string& module) {
  return std::system((std::string(kPython) + " -c 'import " + module + "' >/dev/null 2>&1").c_str()) == 0;
}

}  // namespace qkv::exports
