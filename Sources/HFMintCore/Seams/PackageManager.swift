/// The program that installs libraries on this machine.
package enum PackageManager: CaseIterable, Sendable {
    case apt, dnf, apk, zypper

    /// A library that hfmint opens at first use.
    package enum Library: CaseIterable, Sendable {
        case curl, crypto, sodium
    }

    /// Reads an os-release file: the system's own ID counts first, then those that it is like, the nearest first.
    ///
    /// <https://www.freedesktop.org/software/systemd/man/latest/os-release.html>
    ///
    /// - Parameter osRelease: the content of the file. What follows the first 16 KiB is not read.
    /// - Returns: nil if no ID is known.
    package init?(osRelease: [UInt8]) {
        let lines = osRelease.prefix(16 << 10).split(separator: ASCII.lineFeed)
        let names = ["ID=", "ID_LIKE="].flatMap { name in
            // Of two assignments the last counts, as in a shell.
            Self.words(lines.last { $0.starts(with: name.utf8) }?.dropFirst(name.utf8.count) ?? [])
        }
        guard let known = names.lazy.compactMap({ PackageManager(id: $0) }).first else { return nil }
        self = known
    }

    /// The command that installs `library`.
    package func command(for library: Library) -> String {
        switch (self, library) {
        case (.apt, .curl): "apt-get install libcurl4"
        case (.dnf, .curl): "dnf install libcurl"
        case (.apk, .curl): "apk add libcurl"
        case (.zypper, .curl): "zypper install libcurl4"
        // Each release has a package of another name for libcrypto, and this one needs it.
        case (.apt, .crypto): "apt-get install openssl"
        case (.dnf, .crypto): "dnf install openssl-libs"
        case (.apk, .crypto): "apk add openssl"
        case (.zypper, .crypto): "zypper install openssl"
        case (.apt, .sodium): "apt-get install libsodium23"
        case (.dnf, .sodium): "dnf install libsodium"
        case (.apk, .sodium): "apk add libsodium"
        case (.zypper, .sodium): "zypper install libsodium23"
        }
    }

    private init?(id: ArraySlice<UInt8>) {
        switch String(decoding: id, as: UTF8.self) {
        case "debian", "ubuntu": self = .apt
        case "fedora", "rhel", "centos": self = .dnf
        case "alpine": self = .apk
        case "suse", "opensuse", "sles": self = .zypper
        default: return nil
        }
    }

    /// The words of a value, with or without quotation marks around it.
    private static func words(_ value: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        var value = value
        if let first = value.first, [ASCII.quote, ASCII.apostrophe].contains(first), value.count > 1,
            value.last == first
        {
            value = value.dropFirst().dropLast()
        }
        return value.split(separator: ASCII.space)
    }
}
