import HFMintCore
import Testing

// <https://www.freedesktop.org/software/systemd/man/latest/os-release.html>
@Suite("package manager")
struct PackageManagerTests {
    @Test(
        "is that of the system's own ID, or of one that it is like",
        arguments: [
            ("PRETTY_NAME=\"Debian GNU/Linux 11 (bullseye)\"\nID=debian\nVERSION_ID=\"11\"\n", .apt),
            ("NAME=\"Ubuntu\"\nID=ubuntu\nID_LIKE=debian\n", .apt), ("ID=linuxmint\nID_LIKE=\"ubuntu debian\"", .apt),
            ("ID=fedora\n", .dnf), ("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n", .dnf),
            ("ID=\"amzn\"\nID_LIKE=\"fedora\"\n", .dnf), ("ID='rhel'\n", .dnf),
            ("NAME=\"Alpine Linux\"\nID=alpine\n", .apk), ("ID=\"sles\"\nID_LIKE=\"suse\"\n", .zypper),
            ("ID=\"opensuse-tumbleweed\"\nID_LIKE=\"opensuse suse\"\n", .zypper),
            // The system's own ID counts first, wherever it stands; of two assignments the last.
            ("ID_LIKE=debian\nID=alpine\n", .apk), ("ID=debian\nID=fedora\n", .dnf),
        ] as [(String, PackageManager)])
    func known(text: String, manager: PackageManager) {
        #expect(PackageManager(osRelease: Array(text.utf8)) == manager)
    }

    @Test(
        "is none where no ID is known",
        arguments: [
            "", "\n", "ID=", "ID=\"", "ID=\"\"\n", "ID=arch\n", "# ID=debian\n", "VARIANT_ID=debian\n", "ID=Debian\n",
            "ID=debian2\n", "ID=\"debian\n", "ID =debian\n", "ID=arch\nID_LIKE='plan9 inferno'\n",
            String(repeating: "#\n", count: 16 << 10) + "ID=debian\n",
        ])
    func unknown(text: String) {
        #expect(PackageManager(osRelease: Array(text.utf8)) == nil)
    }

    @Test("has a command of its own for each library")
    func commands() {
        let commands = PackageManager.allCases.flatMap { manager in
            PackageManager.Library.allCases.map { manager.command(for: $0) }
        }
        #expect(Set(commands).count == commands.count)
        #expect(PackageManager.apt.command(for: .curl) == "apt-get install libcurl4")
        #expect(PackageManager.dnf.command(for: .curl) == "dnf install libcurl")
        #expect(PackageManager.apk.command(for: .curl) == "apk add libcurl")
        #expect(PackageManager.zypper.command(for: .curl) == "zypper install libcurl4")
    }
}
