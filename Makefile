# What a developer does with Redress. Each target ends in a plain command that can be run by
# hand too; CI (.ci/run) runs the same ones.

export PATH := $(CURDIR)/.tools/bin:$(PATH)
.DEFAULT_GOAL := help
.PHONY: help setup setup-test up test kill-test sim sim-awaits faults overload bench fmt lint deny proto proto-lint deploy-check compose-test clean

help: ## Show this table
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install what this machine lacks (Debian or Ubuntu), the broker as well
	@scripts/setup

setup-test: ## Install what the tests need besides: the test runner cargo-nextest
	@scripts/setup test

up: setup ## Build and run the whole platform on this machine, sample complaints going in
	cargo build --workspace --bins
	target/debug/redress up --samples samples/

test: setup-test ## Run every test, with real brokers, processes, mail and webhook receivers
	cargo build --workspace --all-targets
	cargo test --quiet --workspace --doc
	cargo nextest run --workspace

kill-test: setup-test ## Run the kill test alone: load, kill -9 of everything in turn, then the audit
	cargo build --workspace --all-targets
	cargo nextest run --workspace --no-capture -E 'package(redress-tests) & binary(kill)'

sim: SEEDS ?= 2000
sim: FROM ?= 1
sim: CONTROL ?= none
sim: ## Simulate the platform from SEEDS= seeds, the first of them FROM=; CONTROL= switches something off
	cargo run --quiet --package redress-sim --example sim -- \
	    --seeds $(SEEDS) --from $(FROM) --control $(CONTROL)

sim-awaits: ## Simulate the death of each service at each of its awaits; SERVICE= and POLL= for one
	cargo run --quiet --package redress-sim --example sim -- \
	    $(if $(SERVICE),--service $(SERVICE) --poll $(POLL),--awaits)

faults: DURATION ?= 300
faults: SEED ?= 7
faults: setup ## Put faults into a cluster under load, DURATION= seconds of SEED=, and judge what is left; WITHOUT=fence, lease, lease-and-fence or chain is a control that must be caught
	cargo build --workspace --bins
	target/debug/faults --duration $(DURATION) --seed $(SEED) $(if $(WITHOUT),--without $(WITHOUT))

overload: DURATION ?= 60
overload: setup ## Send five times more than the platform sustains, for DURATION= seconds, and judge
	cargo build --workspace --bins
	target/debug/overload --duration $(DURATION)

bench: setup ## Measure on this machine and write BENCH.md anew (release build)
	cargo build --workspace --bins --release
	target/release/redress bench --out BENCH.md

fmt: ## Format the code
	cargo fmt --all

lint: ## Check format and lints; warnings are errors
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --quiet -- -D warnings

deny: ## Check licences, sources and advisories of the dependencies
	@scripts/deny

proto: ## Make the generated code of crates/wire anew from proto/
	cargo run --quiet --package redress-proto-gen

proto-lint: setup ## Check the schemas: style, and no breaking change since the last release
	@scripts/proto-lint

deploy-check: setup ## Check what deploy/ and docker-compose.yml ship against the real broker
	@scripts/deploy-check

compose-test: setup ## Run docker-compose.yml on a real engine: scale it, kill containers, count (as root)
	cargo build --workspace --bins
	@scripts/compose-test

clean: ## Remove what builds and runs left here (the tools in .tools/ stay)
	cargo clean
	rm -rf .redress
