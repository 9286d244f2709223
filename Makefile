# Makefile: builds, measures and tests on a Debian or Ubuntu with a Swift toolchain (6.2 or newer).
# Each target installs by itself what is missing, as root or with sudo.
#
#   make run ARGS="--quick"

SWIFT ?= swift
ARGS ?=

# Recorded with every measurement; a change outside the commit is said to be there.
export SUANLI_COMMIT := $(shell c=$$(git rev-parse HEAD 2>/dev/null) || { echo unknown; exit; }; git diff --quiet HEAD && echo $$c || echo $$c-dirty)

.DEFAULT_GOAL := help
.PHONY: help run build test bench bench-kernels lint format clean

help: ## Say what there is to make.
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | awk -F '\t' '{ printf "make %-13s %s\n", $$1, $$2 }'

run: build ## Measure this node; ARGS are passed on to `suanli run`.
	.build/release/suanli run $(ARGS)

build: ## Build the suanli command.
	@scripts/install-dependencies run
	$(SWIFT) build -c release --product suanli

test: ## Run all checks: style, imports, schemas, Swift tests, arm64 kernels.
	@scripts/install-dependencies test
	@scripts/run-tests

bench: ## Benchmark Suanli's own hot paths and check their counts; the first build takes minutes.
	@scripts/install-dependencies run
	cd Benchmarks && $(SWIFT) package benchmark thresholds check --no-progress && $(SWIFT) package benchmark --no-progress

bench-kernels: build ## Measure against likwid-bench, STREAM, BLAS libraries and HPL; ARGS are passed on.
	@scripts/install-dependencies benchmarks
	scripts/benchmark-kernels $(ARGS)

lint: ## Check style and imports only.
	@scripts/install-dependencies test
	$(SWIFT) format lint --strict --recursive --parallel Sources Tests Benchmarks/HotPaths Benchmarks/Index Benchmarks/Statistics Benchmarks/Support Package.swift
	scripts/check-imports

format: ## Format all Swift sources.
	$(SWIFT) format --in-place --recursive --parallel Sources Tests Benchmarks/HotPaths Benchmarks/Index Benchmarks/Statistics Benchmarks/Support Package.swift

clean: ## Remove everything built.
	rm -rf .build Benchmarks/.build
