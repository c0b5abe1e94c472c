#!/bin/sh
# Installs what the PyTorch peer of "normscope bench" runs on: torch, torchvision, scikit-learn and
# Pillow. On Debian and Ubuntu from the distribution, as root or through sudo; elsewhere from the Python
# registry into a separate folder.
#
#   sh src-main/bench/python/install-peer.sh [FOLDER]
set -eu

modules='import torch, torchvision, sklearn, PIL'
folder=${1:-"$HOME/.cache/normscope/bench-python"}

for python in /usr/bin/python3 python3; do
  if "$python" -c "$modules" 2>/dev/null; then
    echo "$python has everything already."
    exit 0
  fi
done

if command -v apt-get >/dev/null && [ -z "${1:-}" ]; then
  sudo=
  [ "$(id -u)" = 0 ] || sudo=sudo
  $sudo apt-get update
  $sudo apt-get install --yes --no-install-recommends \
    python3-torch python3-torchvision python3-sklearn python3-pil
  /usr/bin/python3 -c "$modules"
  echo 'Done: /usr/bin/python3 has everything.'
  exit 0
fi

if ! command -v python3 >/dev/null; then
  echo 'There is no python3. Install Python 3.9 or later first.' >&2
  exit 1
fi
python3 -m venv "$folder"
"$folder/bin/pip" install torch torchvision scikit-learn pillow numpy
"$folder/bin/python" -c "$modules"
echo "Done. Benchmarks find it with: export NORMSCOPE_PYTHON=$folder/bin/python"
