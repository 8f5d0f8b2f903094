// Stand-ins for what the server links but a text-only server without a web page never uses.
#include <map>

#include "mtmd-helper.h"
#include "mtmd.h"
#include "ui.h"

mtmd_helper_init_opt mtmd_helper_init_opt_default() { return {}; }
mtmd_context_params mtmd_context_params_default() { return {}; }
std::map<ggml_backend_dev_t, size_t> mtmd_get_memory_usage(const char*, mtmd_context_params) { return {}; }

const llama_ui_asset* llama_ui_find_asset(const std::string&) { return nullptr; }
const std::array<llama_ui_asset, 0>& llama_ui_get_assets() {
  static const std::array<llama_ui_asset, 0> none{};
  return none;
}
bool llama_ui_use_gzip() { return false; }
