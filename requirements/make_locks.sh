#!/bin/sh
# Pins everything we build on, with hashes and without naming any index. Run by `make locks`.
set -eu
uv=$(cd "$(dirname "$1")" && pwd)/uv
cd ..
compile() {
    "$uv" pip compile --quiet pyproject.toml --generate-hashes --universal --python-version 3.11 \
        --no-emit-index-url --no-emit-find-links --no-header --no-strip-extras "$@"
}
compile --output-file requirements/run.lock
compile --extra scale --output-file requirements/scale.lock
compile --extra scale --group dev --output-file requirements/test.lock
compile --extra push --constraint requirements/test.lock --output-file requirements/push.lock
compile --extra scorer --constraint requirements/test.lock --output-file requirements/scorer.lock
compile --group train --constraint requirements/test.lock --output-file requirements/train.lock
