// swift-tools-version: 6.2

import PackageDescription

/// One list for every Swift target: a stricter module is a surprise, a laxer one is a leak.
///
/// Warnings become errors in `Scripts/test`, not here, so that a newer Swift does not break anyone's build.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .strictMemorySafety(),
    // The C shims are compiled into the Swift modules that use them, and get no protection by default.
    .unsafeFlags(["-Xcc", "-fstack-protector-strong"]),
    // hfmint waits for disks and servers, not for its own code: the smaller one is read faster than the faster one. A
    // section for each function lets the linker leave out each that nothing calls, and make one of two that are alike.
    .unsafeFlags(["-Osize", "-Xfrontend", "-function-sections"], .when(configuration: .release)),
]

/// Every symbol is bound at the start, so that the table of them can be read-only from then on ("full RELRO").
///
/// No name is exported, as nothing is loaded that would ask for one, and LLVM's linker makes one of functions with the
/// same code.
let hardened: [LinkerSetting] = [
    .unsafeFlags([
        "-use-ld=lld", "-Xlinker", "-z", "-Xlinker", "relro", "-Xlinker", "-z", "-Xlinker", "now",
        "-Xlinker", "--no-export-dynamic", "-Xlinker", "--icf=all",
    ])
]

/// Only where `Scripts/build` asks: an old C library in place of this machine's, the C++ runtime in the binary, and no
/// tables for unwinding.
let portable: [LinkerSetting] =
    Context.environment["HFMINT_SYSROOT"].map { sysroot in
        [
            .unsafeFlags([
                "-Xclang-linker", "--sysroot=\(sysroot)", "-L\(sysroot)/hfmint", "\(sysroot)/hfmint/floor.o",
                "-lpthread", "-Xlinker", "--no-eh-frame-hdr", "-Xlinker", "-T\(sysroot)/hfmint/no-unwinding.lds",
            ])
        ]
    } ?? []

/// Only where `Scripts/fuzz` asks: without `--sanitize=fuzzer` the executable has no `main` and does not link.
let fuzzTargets: [Target] =
    Context.environment["HFMINT_FUZZ"] == nil
    ? []
    : [
        .executableTarget(
            name: "hfmint-fuzz", dependencies: ["HFMintFuzzing"], path: "Tests/Fuzz/Target",
            swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])])
    ]

let package = Package(
    name: "hfmint",
    products: [.executable(name: "hfmint", targets: ["hfmint"])],
    targets: [
        // The two ends: an executable of a few lines, and the C world, whose libraries are opened at first use.
        .executableTarget(
            name: "hfmint", dependencies: ["HFMintCLI", "HFMintCore", "HFMintSystem"], swiftSettings: strict,
            linkerSettings: hardened + portable),
        .systemLibrary(name: "CCurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CLibcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CLibsodium"),
        .systemLibrary(name: "CLinux"),

        // What is decided: no I/O, clock, or globals.
        .target(name: "HFMintCore", swiftSettings: strict),
        // What users see: commands, help, reports, printing.
        .target(name: "HFMintCLI", dependencies: ["HFMintCore"], swiftSettings: strict),
        // What touches the machine: curl, files, processes, clocks, libcrypto, libsodium.
        .target(
            name: "HFMintSystem", dependencies: ["HFMintCore", "CCurl", "CLibcrypto", "CLibsodium", "CLinux"],
            swiftSettings: strict),

        // Stands in for the machine in tests; never part of hfmint.
        .target(
            name: "HFMintTesting", dependencies: ["HFMintCore"], path: "Tests/HFMintTesting", swiftSettings: strict),
        .testTarget(name: "HFMintCoreTests", dependencies: ["HFMintCore", "HFMintTesting"], swiftSettings: strict),
        .testTarget(
            name: "HFMintCLITests", dependencies: ["HFMintCLI", "HFMintCore", "HFMintTesting"], swiftSettings: strict),
        .testTarget(
            name: "HFMintSystemTests", dependencies: ["HFMintSystem", "HFMintCore", "HFMintTesting"],
            swiftSettings: strict),

        // What must hold of each parser for any input, and its replay over the seeds; `Scripts/fuzz` looks further.
        .target(
            name: "HFMintFuzzing", dependencies: ["HFMintCLI", "HFMintCore", "HFMintTesting"],
            path: "Tests/Fuzz/Entries", swiftSettings: strict),
        .testTarget(name: "HFMintFuzzTests", dependencies: ["HFMintFuzzing"], swiftSettings: strict),
    ] + fuzzTargets
)
