#!/usr/bin/env bash
# ./haat format
set -euo pipefail
shopt -s inherit_errexit
source deploy/local/install.sh

require_swift
sources=(Package.swift Sources Tests Benchmarks)
swift format --in-place --parallel --recursive "${sources[@]}"
bash deploy/local/lint.sh
swift format lint --strict --parallel --recursive "${sources[@]}"
