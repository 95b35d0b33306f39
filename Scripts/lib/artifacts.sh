#!/bin/sh
# shellcheck disable=SC2154 # the variables of Scripts/package
# What a release is made of besides the binary; read by Scripts/package, whose variables it uses. Everything is
# made from the binary and the commit alone, so that the same binary gives the same bytes.

# In the environment of nobody.
hfmint() { env -i "$binary" "$@"; }

# files FOLDER PATH…: these files of the commit, whatever lies in the work tree.
files() {
    folder=$1 && shift
    for path; do git show "$commit:$path" >"$folder/$(basename "$path")"; done
}

# first_words: what the manual has a page for.
first_words() { hfmint help --json | jq -r '.commands[].name | split(" ")[0] // empty' | sort -u; }

# tree FOLDER: the installed files, below usr.
tree() {
    bin=$1/usr/bin share=$1/usr/share man=$1/usr/share/man/man1 units=$1/lib/systemd/system
    mkdir -p "$bin" "$man" "$units" "$share/bash-completion/completions" "$share/zsh/vendor-completions" \
        "$share/fish/vendor_completions.d"
    install -m 755 "$binary" "$bin/hfmint"
    ln -s hfmint "$bin/git-credential-hfmint"
    hfmint help --man >"$man/hfmint.1"
    for word in $(first_words); do hfmint help "$word" --man >"$man/hfmint-$word.1"; done
    gzip -9n "$man"/*.1
    ln -s hfmint-git-credential.1.gz "$man/git-credential-hfmint.1.gz"
    hfmint completions bash >"$share/bash-completion/completions/hfmint"
    hfmint completions zsh >"$share/zsh/vendor-completions/_hfmint"
    hfmint completions fish >"$share/fish/vendor_completions.d/hfmint.fish"
    units "$units"
    chmod -R u=rwX,go=rX "$1"
}

# units FOLDER: what `rotate schedule` prints, cut where a comment names the next file.
units() {
    hfmint rotate schedule --for systemd --manifest /etc/hfmint/hfmint.json5 |
        sed "s|=$(realpath "$binary") |=/usr/bin/hfmint |" |
        awk -v folder="$1" '/^# \/etc\/systemd\/system\// { n = split($2, path, "/"); file = folder "/" path[n]; next }
            file { print >file }'
    grep -q '^ExecStart=/usr/bin/hfmint ' "$1/hfmint-rotate.service" && grep -q '^OnCalendar=' "$1/hfmint-rotate.timer"
}

# tarball FILE: one folder, to be unpacked anywhere.
tarball() {
    folder=$place/tarball/$(basename "$1" .tar.gz)
    mkdir -p "$folder"
    tree "$folder"
    mv "$folder/usr/bin" "$folder/usr/share" "$folder/" && mv "$folder/lib/systemd" "$folder/share/"
    rm -r "${folder:?}/usr" "${folder:?}/lib"
    files "$folder" LICENSE README.md SECURITY.md CHANGELOG.md
    chmod -R u=rwX,go=rX "$folder"
    tar -C "$place/tarball" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" \
        --format=gnu -c "$(basename "$folder")" | gzip -9n >"$1"
    rm -rf "$place/tarball"
}

# deb FILE
deb() {
    root=$place/deb
    documents=$root/usr/share/doc/hfmint
    mkdir -p "$root/DEBIAN" "$documents" "$root/etc/hfmint"
    tree "$root"
    files "$documents" Scripts/debian/copyright
    files "$root/DEBIAN" Scripts/debian/control Scripts/debian/prerm Scripts/debian/postrm
    debian_changelog | gzip -9n >"$documents/changelog.gz"
    chmod -R u=rwX,go=rX "$root" && chmod 755 "$root/DEBIAN/prerm" "$root/DEBIAN/postrm"
    size=$(find "$root/usr" "$root/lib" -type f -printf '%s\n' | awk '{ sum += int(($1 + 1023) / 1024) } END { print sum }')
    sed -i -e "s/@VERSION@/$version/; s/@ARCHITECTURE@/$architecture/; s/@SIZE@/$size/" "$root/DEBIAN/control"
    (cd "$root" && find usr lib -type f | LC_ALL=C sort | xargs md5sum) >"$root/DEBIAN/md5sums"
    find "$root" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
    dpkg-deb --root-owner-group --threads-max=1 -Zxz --build "$root" "$1" >/dev/null
    rm -rf "$root"
}

# wheel FOLDER SBOM: for pip and uv; prints its name.
wheel() {
    mkdir -p "$place/wheel"
    git archive "$commit" LICENSE README.md Scripts/debian/control Scripts/wheel | tar -x -C "$place/wheel"
    .venv/bin/python Scripts/lib/wheel.py "$binary" "$version" "$2" "$place/wheel" "$1"
    rm -rf "$place/wheel"
}

debian_changelog() {
    printf 'hfmint (%s) unstable; urgency=medium\n\n' "$version"
    printf '  * What changed is in CHANGELOG.md, beside the source.\n\n'
    printf ' -- %s  %s\n' "$(sed -n 's/^Maintainer: //p' "$root/DEBIAN/control")" \
        "$(date -u -R --date="@$SOURCE_DATE_EPOCH")"
}

# artifacts FOLDER BINARY: all of a release's files, from a binary that is built.
artifacts() {
    binary=$2 out=$1
    version=$(hfmint --version --json | jq -r .version)
    architecture=$(dpkg --print-architecture)
    name=hfmint-$version-linux-$(uname -m)
    tarball "$out/$name.tar.gz"
    deb "$out/hfmint_${version}_$architecture.deb"
    .venv/bin/python Scripts/lib/sbom.py "$binary" "$version" >"$out/$name.spdx.json"
    wheel=$(wheel "$out" "$out/$name.spdx.json")
    (cd "$out" && sha256sum "$name.tar.gz" "hfmint_${version}_$architecture.deb" "$name.spdx.json" "$wheel" >SHA256SUMS)
}
