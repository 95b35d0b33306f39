#!/bin/sh
# shellcheck disable=SC2154 # the variables of Scripts/demo
# The steps of Scripts/demo: each shows a script, runs it somewhere, and expects how it ends.

bold='' dim='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR-}" ] && [ "${TERM-dumb}" != dumb ]; then
    bold=$(printf '\033[1m') dim=$(printf '\033[2m') plain=$(printf '\033[0m')
fi

# say TITLE: a new step; its explanation comes on stdin.
say() {
    step=$((${step-0} + 1))
    printf '\n%s%d. %s%s\n' "$bold" "$step" "$1" "$plain"
    sed 's/^/   /'
    echo
}

# job STATUS [SANDBOX-OPTION…]: shows the script on stdin, runs it as a step of a CI job, and expects STATUS.
job() {
    expected=$1 && shift
    run '' Scripts/sandbox "$@" --
}

# run_with FILE PROMPT STATUS: the same, in an environment that FILE has, a line for each variable.
run_with() {
    file=$1 prompt=$2 expected=$3 && set --
    while IFS= read -r line; do set -- "$@" "$line"; done <"$file"
    run "$prompt" env -i "$@"
}

# job_behind_wall STATUS, wall STATUS: the same, in the job behind the wall, and on the machine that is the wall.
job_behind_wall() {
    run_with "$wall/environment" 'job ' "$1"
    cat "$output" >>"$wall/printed"
}
wall() {
    expected=$1
    run 'wall ' env -i "PATH=$PATH" "$(grep ^HF_ENDPOINT= "$wall/environment")" \
        HFMINT_MANIFEST="$wall/machine/etc/hfmint/hfmint.json5"
}

# fleet STATUS, job_of_bob STATUS: the same, on the machine of who applies the fleet, and in a job that Bob has started.
fleet() { run_with "$fleet/environment" '' "$1"; }
job_of_bob() { run_with "$fleet/machine/job" 'job of bob ' "$1"; }

# run PROMPT COMMAND…: shows the script on stdin, lets COMMAND run it, and expects the status $expected.
run() {
    prompt=$1 && shift
    script=$(cat)
    # Where things lie on this machine is of no interest.
    hide='s#/[^ ]*/hfmint-(world|wall|fleet)-[A-Za-z0-9_]+/#/…/#g'
    printf '%s\n' "$script" | sed -E "$hide; s#^#   $dim$prompt\$$plain #"
    status=0
    "$@" sh -ec "$prelude$script" >"$output" 2>&1 || status=$?
    sed -E "$hide; s#^#     #" "$output"
    [ $status -eq 0 ] || echo "     ${dim}exit $status$plain"
    [ $status -eq "$expected" ] || { echo "   This should have ended with exit $expected." >&2 && exit 1; }
}

# open_sandbox OPTION: starts one that serves, in the new folder $opened, until close_sandbox or the end of this script.
open_sandbox() {
    opened=$(mktemp -d "${TMPDIR:-/tmp}/hfmint-${1#--}-XXXXXX")
    mkfifo "$opened/open"
    HFMINT_BINARY=$PWD/.build/release/hfmint Scripts/sandbox "$1" "$opened/machine" --serve \
        <"$opened/open" >"$opened/environment" &
    sandbox=$!
    exec 3>"$opened/open"
    until [ -s "$opened/environment" ]; do
        kill -0 "$sandbox" 2>/dev/null || { echo "   The sandbox does not stand." >&2 && exit 1; }
        sleep 0.1
    done
}
close_sandbox() {
    exec 3>&-
    wait "$sandbox" || { echo "   The sandbox did not stand to the end." >&2 && exit 1; }
    rm -rf "$opened" && opened=''
}
