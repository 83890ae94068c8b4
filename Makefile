# Everything that make creates stays under this folder: .venv, .local, .aws-sam, out.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

export SAM_CLI_TELEMETRY := 0
export PYTHONDONTWRITEBYTECODE := 1

VENV := .venv/bin
# The dataset, seed and faults of the sandbox, and the accounts or study to collect, for `make run` and `make sandbox`.
export WORLD ACCOUNTS STUDY SEED FAULTS
PORT ?= 8600

.PHONY: help
help: ## What can be made
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# A misspelt ACCOUNTS would otherwise collect something else without a word. What is in the environment is not looked at.
RUN_SETTINGS := ACCOUNTS STUDY WORLD SEED FAULTS START END INCLUDE RESEARCH_API_URL TIKTOK_CLIENT_KEY TIKTOK_CLIENT_SECRET PYTHON
unknown = $(filter-out $(RUN_SETTINGS),$(foreach each,$(.VARIABLES),$(if $(filter command,$(origin $(each))),$(each))))

.PHONY: run
run: known-settings venvs ## A day of collection on this machine (ACCOUNTS=a,b, STUDY=file, WORLD=file, SEED=1, FAULTS=...)
	@PYTHONPATH=layers/collector:layers/analytics $(VENV)/python -m local_cloud run

.PHONY: known-settings
known-settings:
	@for name in $(unknown); do echo "make run knows no $$name: it takes $(RUN_SETTINGS)." >&2; exit 1; done

.PHONY: stop
stop: ## Stop what `make run` started; state and results stay
	@if [ -x $(VENV)/python ]; then PYTHONPATH=layers/collector:layers/analytics $(VENV)/python -m local_cloud stop; else echo "Nothing was started here."; fi

.PHONY: logs
logs: dev-venv ## What the functions of the local cloud have logged
	@PYTHONPATH=layers/collector:layers/analytics $(VENV)/python -m local_cloud logs

.PHONY: env-file
env-file: venvs ## The variables of the local cloud's functions, in the file that `sam local` takes
	@PYTHONPATH=layers/collector:layers/analytics $(VENV)/python -m local_cloud env-file

.PHONY: sam-local
sam-local: venvs ## Built functions in a Lambda container (RUN="invoke TokenRefreshFunction --event events/token_refresh.json")
	@PYTHONPATH=layers/collector:layers/analytics $(VENV)/python -m local_cloud sam-local $(RUN)

.PHONY: clean
clean: stop ## Stop, and remove everything that make created
	@rm -rf .local .aws-sam out .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

.PHONY: build
build: sam-venv ## What `sam deploy` deploys to AWS: sam build, and bytecode for fast cold starts (ARCHITECTURE=x86_64)
	@python=$$(scripts/find-python) && export PATH="$$(dirname "$$python"):$$PATH" && \
		.local/sam/bin/sam build $(if $(ARCHITECTURE),--parameter-overrides Architecture=$(ARCHITECTURE)) && \
		"$$python" -m local_cloud.bytecode .aws-sam/build

.PHONY: sandbox
sandbox: dev-venv ## The local TikTok alone, in the foreground (PORT=8600)
	@$(VENV)/python -m sandbox --port $(PORT) $(if $(WORLD),--world "$(WORLD)") $(if $(SEED),--seed $(SEED)) \
		$(if $(FAULTS),--faults '$(FAULTS)')

.PHONY: test
test: dev-venv ## Everything that needs no Docker and no AWS
	@$(VENV)/python -m pytest -q -n auto $(TESTS)

.PHONY: test-e2e
test-e2e: venvs ## A day on the local cloud, twice, a crash between; the same by the command
	@$(VENV)/python -m pytest -q -m e2e -n 2 --dist loadfile tests/e2e

.PHONY: test-sam-local
test-sam-local: venvs ## Every function in a Lambda container, by sam local; skipped where no Docker engine answers
	@$(VENV)/python -m pytest -q -m sam_local tests/sam_local

.PHONY: ci
ci: venvs ## check (2 min), test (10), test-e2e (12) and test-sam-local (5), and how long each took
	@scripts/ci check:2 test:10 test-e2e:12 test-sam-local:5

.PHONY: check
check: dev-venv checkov-venv ## Lint, types, and the template as written, as translated and in each variant
	@$(VENV)/ruff check
	@$(VENV)/ruff format --check --quiet
	@$(VENV)/mypy
	@$(VENV)/cfn-lint template.yaml
	@mkdir -p .local
	@$(VENV)/python -m tests.template.translate template.yaml > .local/translated.json
	@$(VENV)/cfn-lint .local/translated.json
	@mkdir -p .local/variants
	@$(VENV)/python -m tests.template.variants template.yaml .local/variants
	@$(VENV)/cfn-lint --ignore-checks W2001 -- .local/variants/*.json  # in a variant choices are taken, so parameters lie idle
	@$(VENV)/python -m tests.template.findings template.yaml .local/checkov/bin/checkov
	@echo "template.yaml: no finding, as written, as translated and in each variant"

.PHONY: bench
bench: dev-venv ## Speed and memory, as ratios
	@PYTHONPATH=layers/collector:layers/analytics $(VENV)/python -m benchmarks

.PHONY: chaos
chaos: dev-venv ## The fault campaign in full, which renews the figures of docs/reliability.md
	@PYTHONPATH=layers/collector:layers/analytics $(VENV)/python -m benchmarks.chaos --write

.PHONY: schema
schema: dev-venv ## Renew the JSON Schemas in docs/ (study and mapping files, usage logs, their history) and the tables in the template and docs/tables.md
	@PYTHONPATH=layers/collector:layers/analytics $(VENV)/python -m tiktok_collector.study_file.schema > docs/study.schema.json
	@for name in usage_log usage_history; do \
		PYTHONPATH=layers/collector:layers/analytics $(VENV)/python -m tiktok_collector.accounting.schema $$name \
			> docs/$$name.schema.json || exit 1; \
	done
	@PYTHONPATH=layers/collector:layers/analytics $(VENV)/python -m tiktok_lake.imports.mapping_schema > docs/imports.schema.json
	@PYTHONPATH=layers/collector:layers/analytics $(VENV)/python -m tiktok_lake.deletion.certificate_schema > docs/deletion_certificate.schema.json
	@PYTHONPATH=layers/collector:layers/analytics $(VENV)/python -m tests.template.lake_tables template.yaml
	@PYTHONPATH=layers/collector:layers/analytics $(VENV)/python -m tiktok_lake.table_docs > docs/tables.md

.PHONY: pictures
pictures: venvs ## Renew the pictures of the README, from a local cloud without a past
	@$(MAKE) stop && rm -rf .local/sandbox
	@PYTHONPATH=layers/collector:layers/analytics $(VENV)/python -m local_cloud.picture docs/make-run.svg
	@PYTHONPATH=layers/collector:layers/analytics $(VENV)/python -m cli.pictures docs

.PHONY: bom
bom: dev-venv ## Renew the bill of materials and the licence list of what ships (docs/)
	@scripts/make-venv .local/bom requirements/bom.txt
	@scripts/make-venv .local/shipped layers/collector/requirements.txt layers/analytics/requirements.txt
	@.local/bom/bin/python -W ignore::UserWarning -m cyclonedx_py environment --output-reproducible --pyproject pyproject.toml \
		.local/shipped/bin/python | $(VENV)/python -m supply_chain

.PHONY: lock
lock: ## Renew the lock files (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv on the PATH."; exit 1; }
	@for name in requirements/dev requirements/sam requirements/ministack requirements/bom requirements/checkov requirements/bench layers/collector/requirements layers/analytics/requirements; do \
		uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.13 --no-header \
			$$name.in -o $$name.txt; \
	done

.PHONY: venvs dev-venv sam-venv ministack-venv checkov-venv
venvs:
	@$(MAKE) -j3 dev-venv sam-venv ministack-venv
dev-venv:
	@scripts/make-venv .venv requirements/dev.txt
sam-venv:
	@scripts/make-venv .local/sam requirements/sam.txt
ministack-venv:
	@scripts/make-venv .local/ministack requirements/ministack.txt
checkov-venv:
	@scripts/make-venv .local/checkov requirements/checkov.txt
