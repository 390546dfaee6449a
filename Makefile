# The front door. Run from any folder: make -C path/to/tidu run
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
ROOT := $(shell cd "$$(dirname '$(strip $(MAKEFILE_LIST))')" && pwd)
PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3; do \
	"$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$python"; break; }; done)
BACKEND ?= embedded
WORKERS ?= 2
TESTS ?= tests
INPUT ?=
export BACKEND

# $(call environment,local …): .venv holds what those requirement files pin; nothing happens when it already does.
environment = cd "$(ROOT)"; \
	[ -n "$(PYTHON)" ] || { echo "需要 Python 3.11 或更新版本, 并带 venv 模块 (Debian/Ubuntu: apt install python3.11 python3.11-venv)。" \
	"若已装在别处: make PYTHON=/路径/python3.11 $@" >&2; exit 1; }; \
	"$(PYTHON)" -I deploy/local/setup_environment.py $(1);
input = $(if $(INPUT),"$$(cd "$(CURDIR)" && realpath -- "$(INPUT)")")

.PHONY: help
help: ## 列出所有命令
	@grep -hE '^[a-z-]+:.*## ' "$(ROOT)/Makefile" | sed -E 's/^([a-z-]+):[^#]*## (.*)/  make \1\t\2/' | expand -t 18

.PHONY: run
run: ## 启动整个系统 (只需 Python 3.11); Ctrl-C 全部停止
	@$(call environment,local assets) exec .venv/bin/python -m deploy.local run

.PHONY: up
up: ## 在后台启动整个系统, 就绪后返回
	@$(call environment,local assets) exec .venv/bin/python -m deploy.local up

.PHONY: down
down: ## 停止后台 (或另一个终端里) 运行的系统
	@$(call environment,local assets) exec .venv/bin/python -m deploy.local down

.PHONY: status
status: ## 看各进程的状态、重启次数与内存
	@$(call environment,local assets) exec .venv/bin/python -m deploy.local status

.PHONY: demo
demo: ## 在运行中的系统上演示主线工作; INPUT=名单.csv 用自己的名单
	@$(call environment,local assets) exec .venv/bin/python -m deploy.demo $(input)

.PHONY: tidu
tidu: ## 命令行客户端; ARGS="list --region 530900", 不给就列出各命令
	@$(call environment,local) cd "$(CURDIR)"; \
	PYTHONPATH="$(ROOT)" exec "$(ROOT)/.venv/bin/python" -P -m deploy.tidu $(or $(ARGS),--help)

.PHONY: test
test: ## 运行全部测试; BACKEND=embedded|docker|external, TESTS=路径, WORKERS=并行数
	@$(call environment,dev assets) exec .venv/bin/python -m pytest -n $(WORKERS) --dist loadfile $(TESTS)

.PHONY: check
check: ## 静态检查: 格式、类型、依赖方向、规模预算、事件模式
	@$(call environment,dev) \
	.venv/bin/ruff check .; \
	.venv/bin/ruff format --check .; \
	.venv/bin/mypy --strict shared services deploy; \
	.venv/bin/lint-imports; \
	.venv/bin/python -m pytest -p no:cacheprovider tests/architecture tests/shared/events

.PHONY: bench
bench: ## 测量性能, 每项与同一次运行中的裸上限并列; BENCH="reads writes --quick" 选项目和规模
	@$(call environment,dev assets) exec .venv/bin/python -m deploy.bench $(BENCH)

.PHONY: kafka
kafka: ## 用 Maven 取得 Apache Kafka 并在本机回环地址上运行 (需要 Java 17 与 Maven)
	@$(call environment,local) exec .venv/bin/python -m deploy.local kafka

.PHONY: docs
docs: ## 重新生成由代码导出的文档 (事件模式)
	@$(call environment,dev) exec .venv/bin/python -m shared.events.schemas

.PHONY: format
format: ## 自动整理代码格式
	@$(call environment,dev) .venv/bin/ruff check --fix .; exec .venv/bin/ruff format .

.PHONY: clean
clean: ## 删除缓存与生成物 (保留 .venv 与 .data)
	@cd "$(ROOT)"; rm -rf build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage; \
	find . -path ./.venv -prune -o -path ./.data -prune -o -name __pycache__ -type d -print0 | xargs -0 rm -rf
