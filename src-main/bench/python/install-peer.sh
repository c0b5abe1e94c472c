#!/bin/sh
# Installs what the Python peers of "normscope bench" run on: torch, torchvision, scikit-learn and Pillow, and
# onnxruntime for the frozen one. On Debian and Ubuntu from the distribution, as root or through sudo, with
# onnxruntime from the Python registry; elsewhere all from the Python registry. What comes from the registry
# goes into a separate folder.
#
#   sh src-main/bench/python/install-peer.sh [FOLDER]
set -eu

modules='import torch, torchvision, sklearn, PIL, onnxruntime'
folder=${1:-"$HOME/.cache/normscope/bench-python"}

for python in /usr/bin/python3 "$folder/bin/python" python3; do
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
    python3-torch python3-torchvision python3-sklearn python3-pil python3-venv
  /usr/bin/python3 -m venv --system-site-packages "$folder"
  # The version that runs with the distribution's numpy.
  "$folder/bin/pip" install 'onnxruntime<1.19' 'numpy<2'
elif command -v python3 >/dev/null; then
  python3 -m venv "$folder"
  "$folder/bin/pip" install torch torchvision scikit-learn pillow numpy onnxruntime
else
  echo 'There is no python3. Install Python 3.9 or later first.' >&2
  exit 1
fi
"$folder/bin/python" -c "$modules"
echo "Done: $folder/bin/python has everything."
