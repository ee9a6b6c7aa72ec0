#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace qantara {

void check_failed(std::string_view expression, std::source_location where) {
  std::fprintf(stderr, "CHECK failed: %.*s at %s:%u in %s\n", static_cast<int>(expression.size()), expression.data(),
               where.file_name(), static_cast<unsigned>(where.line()), where.function_name());
  std::abort();
}

}  // namespace qantara
