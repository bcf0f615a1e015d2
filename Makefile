# The two commands that matter: `make demo` and `make test`. Both install a browser if there is none.
GO ?= go
BIN := bin/trackaudit

.PHONY: demo test build browser browsers bench bench-peers soak sites corpus peers-filter clean

## demo: audit the embedded company site and show what its notice does not declare
demo: build browser
	@rm -rf bin/demo-run; \
	$(BIN) demo --out bin/demo-run; code=$$?; \
	if [ $$code -eq 1 ]; then \
		echo; \
		echo "The audit exited 1: undeclared tracking was found. A release gate would stop here, as it should."; \
		echo "The report for people: bin/demo-run/report.html"; \
	else \
		echo "make demo: expected the audit to exit 1, got $$code" >&2; exit 1; \
	fi

## test: every test, with real browsers; one package at a time, for each keeps the cores busy by itself
test: browsers
	$(GO) test -p 1 -timeout 14m ./...

build:
	@$(GO) build -o $(BIN) ./cmd/trackaudit

## browser: make sure that one browser is there
browser: build
	@$(BIN) doctor >/dev/null 2>&1 || $(MAKE) --no-print-directory install PACKAGES=chromium-headless-shell

## browsers: make sure that both kinds are there (the tests compare them)
browsers:
	@{ command -v chromium-headless-shell && command -v chromium; } >/dev/null 2>&1 \
		|| $(MAKE) --no-print-directory install PACKAGES="chromium-headless-shell chromium"

.PHONY: install
install:
	@if ! command -v apt-get >/dev/null 2>&1; then \
		echo "No browser found, and this is not Debian: $(BIN) doctor says how to get one." >&2; \
		$(MAKE) --no-print-directory build && $(BIN) doctor; exit 1; \
	fi; \
	if [ "$$(id -u)" = 0 ]; then sudo=; else sudo=sudo; fi; \
	echo "installing $(PACKAGES)"; \
	$$sudo apt-get update -qq && \
	DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends $(PACKAGES) >/dev/null

## bench: what a visit and each part of it cost beside the bare browser, a whole audit of one page, and the benchmarks
## beside the code
bench: browsers
	TRACKAUDIT_BENCH=1 $(GO) test -count=1 -v -run 'TestCost|TestParts|TestOnePage' -timeout 20m -p 1 ./crawler/browser ./cmd/trackaudit
	$(GO) test -run '^$$' -bench . -benchmem ./...

## bench-peers: the same site by us and by Blacklight's collector, which npm installs into a temporary folder
bench-peers: browsers
	TRACKAUDIT_PEERS=1 $(GO) test -count=1 -v -run TestPeers -timeout 30m ./cmd/trackaudit

## soak: 2,000 visits with the browser killed meanwhile, and the slowest of the hostile pages
soak: browsers
	TRACKAUDIT_SOAK=1 $(GO) test -count=1 -v -run 'TestSoak|TestHostilePages' -timeout 40m ./crawler

## sites: time and memory on generated sites of 10, 100 and 1,000 pages; SITES="10000" for others
SITES ?= 1
sites: browsers
	TRACKAUDIT_SITES="$(SITES)" $(GO) test -count=1 -v -run TestGrowth -timeout 120m ./cmd/trackaudit

## corpus: how well notices are read, on the development corpus beside the repository (skips without it)
corpus:
	$(GO) test -count=1 -v -run 'Corpus|Seed' ./classify/notice

## peers-filter: the list matcher against @ghostery/adblocker on EasyList and EasyPrivacy (needs npm and apt-get)
peers-filter:
	TRACKAUDIT_PEERS=1 $(GO) test -count=1 -v -timeout 20m -run Peer ./classify/filter

clean:
	rm -rf bin trackaudit-run
