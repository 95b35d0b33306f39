internal import HFMintCore

/// A package manager is taken where an ID of it is named, and the last assignment of ID counts.
package func fuzzOSRelease(_ input: [UInt8]) {
    let ids: [(PackageManager, [String])] = [
        (.apt, ["debian", "ubuntu"]), (.dnf, ["fedora", "rhel", "centos"]), (.apk, ["alpine"]),
        (.zypper, ["suse", "sles"]),
    ]
    if let manager = PackageManager(osRelease: input) {
        let names = ids.first { $0.0 == manager }?.1 ?? []
        hold(input.contains(text: "ID") && names.contains { input.contains(text: $0) }, "an ID of it is there")
    }
    guard input.count < 8 << 10 else { return }
    for (manager, names) in ids {
        for value in ["\(names[0])", "\"\(names[0])\"", "'\(names[0])'"] {
            hold(PackageManager(osRelease: input + Array("\nID=\(value)\n".utf8)) == manager, "the last ID counts")
        }
    }
}
