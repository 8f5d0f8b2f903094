#!/bin/sh
# Prints a C++ file with every C function of the multimodal library that the given objects call.
# Questions are answered with "no", releases do nothing, the rest can never be reached without an
# image and ends the program if it is.
echo '#include <cstdlib>'
echo 'extern "C" {'
nm --undefined-only "$@" | awk '$1 == "U" && $2 ~ /^(mtmd|clip)_/ { print $2 }' | sort -u |
  while read -r name; do
    case $name in
      *_default) ;; # returns a struct: standins.cpp has it
      mtmd_support_* | mtmd_helper_support_*) echo "bool $name(...) { return false; }" ;;
      *_free | *_log_set) echo "void $name(...) {}" ;;
      *) echo "void $name(...) { abort(); }" ;;
    esac
  done
echo '}'
