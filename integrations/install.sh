#!/bin/sh
# Puts a released hfmint into a folder, and prints that folder. No download is used whose SHA-256 sum is not
# HFMINT_INSTALL_CHECKSUM, else the one that stands below, else the one in the release's SHA256SUMS; in that last
# case `gh`, where it is there and has a token, must find that the release workflow made the file. What comes from
# the cache is checked anew. A file that is handed in is held to a sum where one of the first two is known.
#
# HFMINT_INSTALL_VERSION     instead of the version below
# HFMINT_INSTALL_CHECKSUM    the SHA-256 sum of the release's tarball, or of HFMINT_INSTALL_FILE
# HFMINT_INSTALL_FILE        the program, or a release's tarball, on this machine: nothing is downloaded
# HFMINT_INSTALL_BASE_URL    a mirror: it has the files of version 1.2.3 in its folder v1.2.3
# HFMINT_INSTALL_REPOSITORY  OWNER/NAME on GitHub, instead of the repository below
# HFMINT_INSTALL_CACHE       where downloads are kept (RUNNER_TOOL_CACHE, else XDG_CACHE_HOME, else ~/.cache)
# HFMINT_INSTALL_FOLDER      where the program goes (a new folder in RUNNER_TEMP, else in TMPDIR)
#
# curl downloads, and takes HTTPS_PROXY and NO_PROXY as always. The exit statuses are hfmint's: 2 usage, 3 refused,
# 4 try again later, 5 this machine.
set -eu

# The release that is installed if nothing else is said: written by Scripts/integrations.
version=0.1.0
repository=''
sum_x86_64=''
sum_aarch64=''

say() { echo "hfmint-install: $1" >&2; }

fail() {
    say "$2"
    exit "$1"
}

# sum FILE: its SHA-256.
sum() { sha256sum "$1" | cut -d ' ' -f 1; }

# download URL FILE
download() {
    command -v curl >/dev/null || fail 5 "curl is not installed"
    curl --fail --silent --show-error --location --proto '=https' --tlsv1.2 --connect-timeout 20 \
        --max-time 300 --retry 3 --output "$2" "$1" ||
        fail 4 "no $1: behind a proxy set HTTPS_PROXY; without the internet hand in the file"
}

# expect: sets `expected`, the sum that the tarball must have, and `vouched`, who says so.
expect() {
    expected=${HFMINT_INSTALL_CHECKSUM:-} vouched=checksum
    if [ -z "$expected" ] && [ "$version" = "$pinned" ]; then
        case $machine in x86_64) expected=$sum_x86_64 ;; aarch64) expected=$sum_aarch64 ;; esac
        vouched=release
    fi
    [ -z "$expected" ] || return 0
    [ -z "${HFMINT_INSTALL_FILE:-}" ] || return 0
    download "$base/v$version/SHA256SUMS" "$work/SHA256SUMS"
    expected=$(awk -v name="$name.tar.gz" '$2 == name || $2 == "*" name { print $1 }' "$work/SHA256SUMS")
    [ -n "$expected" ] || fail 3 "$base/v$version/SHA256SUMS does not name $name.tar.gz"
    vouched=server
}

# matches FILE: whether it has the expected sum.
matches() { [ "$(sum "$1")" = "$expected" ]; }

# check FILE NAME: refuses a file that has not.
check() { matches "$1" || fail 3 "$2 is not used: its SHA-256 sum is $(sum "$1"), not $expected"; }

# attest FILE: where the sum came from the same server as the file, `gh` is asked as well.
attest() {
    [ "$vouched" = server ] || return 0
    if [ -z "$repository" ]; then
        why="no repository is named"
    elif ! command -v gh >/dev/null; then
        why="there is no gh"
    elif ! gh attestation verify --help 2>/dev/null | grep -q -e --source-ref; then
        why="this gh is too old"
    elif ! gh auth token --hostname github.com >/dev/null 2>&1; then
        why="gh has no token for github.com"
    else
        # https://cli.github.com/manual/gh_attestation_verify
        gh attestation verify "$1" --hostname github.com --repo "$repository" \
            --signer-workflow "$repository/.github/workflows/release.yml" \
            --source-ref "refs/tags/v$version" >&2 ||
            fail 3 "gh does not find that $repository released $name.tar.gz: it is not used"
        return 0
    fi
    say "its sum is the server's own word ($why); give its checksum to be sure"
}

# fetch: the release's tarball, from the cache or from the server, as $work/archive.
fetch() {
    base=${HFMINT_INSTALL_BASE_URL:-${repository:+https://github.com/$repository/releases/download}}
    base=${base%/}
    case $base in
    https://*) ;;
    '') fail 2 "where are the releases? Name the repository (OWNER/NAME), or the base URL of a mirror" ;;
    *) fail 2 "the base URL must begin with https://" ;;
    esac
    name=hfmint-$version-linux-$machine
    expect
    cache=${HFMINT_INSTALL_CACHE:-${RUNNER_TOOL_CACHE:-${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}}}
    kept=${cache:+$cache/hfmint/$version/$machine/$name.tar.gz}
    # It is copied first, so that what is checked is what is unpacked.
    if [ -n "$kept" ] && [ -f "$kept" ] && cp "$kept" "$work/archive" && matches "$work/archive"; then
        attest "$work/archive"
        say "hfmint $version from the cache"
        return 0
    fi
    [ ! -e "${kept:-/nowhere}" ] || say "what the cache holds is not that release: it is downloaded again"
    download "$base/v$version/$name.tar.gz" "$work/archive"
    check "$work/archive" "$name.tar.gz"
    attest "$work/archive"
    say "hfmint $version from $base"
    [ -n "$kept" ] || return 0
    { mkdir -p "${kept%/*}" && draft=$(mktemp "$kept.XXXXXX") &&
        cp "$work/archive" "$draft" && mv -f "$draft" "$kept"; } ||
        say "$kept could not be written: the next job downloads again"
}

# unpack: the program out of $work/archive, and nothing else.
unpack() {
    tar -xzOf "$work/archive" "$name/bin/hfmint" >"$work/hfmint" ||
        fail 3 "$name.tar.gz is no release of hfmint"
}

# take: HFMINT_INSTALL_FILE, as $work/hfmint.
take() {
    file=$HFMINT_INSTALL_FILE
    [ -f "$file" ] || fail 2 "there is no file $file"
    case $file in
    *.tar.gz)
        name=$(basename "$file" .tar.gz)
        cp "$file" "$work/archive"
        expect
        # The sum below is that of one tarball.
        [ "$vouched" = checksum ] || [ "$name" = "hfmint-$version-linux-$machine" ] || expected=''
        ;;
    *) cp "$file" "$work/archive" && expected=${HFMINT_INSTALL_CHECKSUM:-} name='' ;;
    esac
    [ -z "$expected" ] || check "$work/archive" "$file"
    if [ -n "$name" ]; then unpack; else mv "$work/archive" "$work/hfmint"; fi
    say "hfmint from $file${expected:+, whose sum is right}"
}

install_hfmint() {
    pinned=$version
    version=${HFMINT_INSTALL_VERSION:-$version}
    version=${version#v}
    repository=${HFMINT_INSTALL_REPOSITORY:-$repository}
    case $version in *[!0-9A-Za-z.+-]* | [!0-9]* | '') fail 2 "no version: $version" ;; esac
    [ "$(uname -s)" = Linux ] || fail 5 "hfmint runs on Linux only"
    machine=$(uname -m)
    case $machine in x86_64 | aarch64) ;; *) fail 5 "there is no release for $machine" ;; esac

    umask 077
    temporary=${RUNNER_TEMP:-${TMPDIR:-/tmp}}
    work=$(mktemp -d "$temporary/hfmint-install.XXXXXX") || fail 5 "no folder can be made in $temporary"
    trap 'rm -rf "$work"' EXIT
    trap 'exit 130' INT TERM
    if [ -n "${HFMINT_INSTALL_FILE:-}" ]; then take; else fetch; unpack; fi
    chmod 755 "$work/hfmint"
    shown=$("$work/hfmint" --version) ||
        fail 5 "hfmint does not start here: it needs glibc 2.25 or newer, which Alpine has not"
    [ -n "${HFMINT_INSTALL_FILE:-}" ] || [ "$shown" = "hfmint $version" ] ||
        fail 3 "$name.tar.gz holds $shown: it is not used"

    folder=${HFMINT_INSTALL_FOLDER:-$(mktemp -d "$temporary/hfmint.XXXXXX")}
    mkdir -p "$folder" || fail 5 "$folder cannot be written"
    # Who made it beforehand, as anyone can in /tmp, could put another program in.
    # shellcheck disable=SC3067 # every sh that a job has knows -O
    { [ ! -h "$folder" ] && [ -O "$folder" ]; } || fail 5 "$folder is not this user's"
    mv -f "$work/hfmint" "$folder/hfmint" || fail 5 "$folder cannot be written"
    echo "$folder"
}

install_hfmint
