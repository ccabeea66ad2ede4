# A thin face over meson and npm. `make run` and `make test` do everything that a fresh Debian 12 needs.
BUILD := build
PACKAGES := meson ninja-build gcc pkg-config libc6-dev libjansson-dev libzip-dev libexpat1-dev zlib1g-dev libsqlite3-dev \
	libsodium-dev libssl-dev libcmocka-dev libarchive-dev libxlsxwriter-dev libmicrohttpd-dev libcurl4-openssl-dev python3 \
	$(if $(shell command -v node),,nodejs) $(if $(shell command -v npm),,npm)
TEST_PACKAGES := postgresql kannel kannel-extras clang libclang-rt-14-dev chromium fonts-noto-cjk
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

.PHONY: run build test sanitized bench fuzz soak clean packages test-packages

# Ends with the portal's address; Ctrl-C ends the portal.
run: build
	@test -e sample-data/keys/keys.json || $(BUILD)/mingbai --data sample-data init --sample
	@python3 scripts/sample_signins.py $(BUILD)/mingbai sample-data
	@exec $(BUILD)/mingbai --data sample-data serve

build: packages node_modules/.made
	@test -d $(BUILD)/meson-private || meson setup $(BUILD) --buildtype=debugoptimized -Db_ndebug=false >/dev/null
	@ninja -C $(BUILD) -k 0 --quiet

# Everything, with the address and undefined-behaviour sanitizers; ends with one line `N passed, N failed`.
test: sanitized
	@python3 tests/run.py --build build-test --program $(BUILD)/mingbai

# The same with 200 kill -9 and 300 random provinces.
soak: sanitized
	@python3 tests/run.py --build build-test --program $(BUILD)/mingbai --soak

sanitized: build test-packages
	@test -d build-test/meson-private || meson setup build-test --buildtype=debugoptimized -Db_sanitize=address,undefined -Db_lundef=false >/dev/null
	@ninja -C build-test -k 0 --quiet

bench: build
	@python3 bench/run.py --build $(BUILD)

fuzz: test-packages build
	@sh fuzz/run.sh

node_modules/.made: package-lock.json
	@npm ci --silent --no-audit --no-fund
	@touch $@

packages:
	@dpkg -s $(PACKAGES) >/dev/null 2>&1 || { $(SUDO) apt-get update -qq && \
		$(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(PACKAGES) >/dev/null; }

test-packages:
	@dpkg -s $(TEST_PACKAGES) >/dev/null 2>&1 || { $(SUDO) apt-get update -qq && \
		$(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(TEST_PACKAGES) >/dev/null; }

clean:
	rm -rf build build-test build-fuzz node_modules sample-data sample-data.signins sample-data.spool.jsonl
