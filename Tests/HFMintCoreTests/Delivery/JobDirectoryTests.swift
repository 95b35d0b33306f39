import HFMintCore
import HFMintTesting
import Testing

@Suite("job directory")
struct JobDirectoryTests {
    private func candidates(
        _ environment: Environment, option: String? = nil, provider: Provider? = nil
    ) -> [String] {
        JobDirectory(option: option, provider: provider, context: FakeMachine(environment).context).candidates.map(
            \.path)
    }

    @Test(
        "is the one that the user names, and then no other",
        arguments: [
            ("/run/tokens", "/run/tokens"), ("/run/tokens/", "/run/tokens"), ("tokens", "/repo/tokens"),
            ("a/b", "/repo/a/b"),
            ("./a", "/repo/./a"),
        ])
    func given(option: String, path: String) {
        #expect(candidates(["HFMINT_STATE_DIR": "/x", "RUNNER_TEMP": "/y"], option: option) == [path])
        #expect(candidates(["HFMINT_STATE_DIR": .init(option), "RUNNER_TEMP": "/y"]) == [path])
    }

    @Test("is else below the job's temporary directories, in a fixed order")
    func order() throws {
        let paths = candidates([
            "RUNNER_TEMP": "/r", "AGENT_TEMPDIRECTORY": "/a", "WORKSPACE_TMP": "/w", "XDG_RUNTIME_DIR": "/x",
            "TMPDIR": "/t",
        ])
        let job = try #require(paths.first?.split(separator: "/").last)
        #expect(
            paths == [
                "/r/hfmint/\(job)", "/a/hfmint/\(job)", "/w/hfmint/\(job)", "/x/hfmint/\(job)",
                "/dev/shm/hfmint-1000/hfmint/\(job)", "/t/hfmint-1000/hfmint/\(job)",
            ])
    }

    @Test("passes over a directory that is not absolute", arguments: ["", "tmp", "./tmp", "~/tmp"])
    func relative(base: String) {
        let paths = candidates(["RUNNER_TEMP": .init(base), "XDG_RUNTIME_DIR": .init(base), "TMPDIR": .init(base)])
        #expect(paths.count == 2)
        #expect(paths.first?.hasPrefix("/dev/shm/") == true)
        #expect(paths.last?.hasPrefix("/tmp/") == true)
    }

    @Test("differs from job to job, and not within one")
    func jobs() {
        func name(_ run: String, _ job: String, url: String = "https://a.example/1") -> String? {
            candidates(
                [
                    "GITHUB_RUN_ID": .init(run), "GITHUB_JOB": .init(job), "ACTIONS_ID_TOKEN_REQUEST_URL": .init(url),
                    "ACTIONS_ID_TOKEN_REQUEST_TOKEN": .init(url + run),
                ], provider: .gitHubActions
            ).first
        }
        #expect(name("1", "a") == name("1", "a"))
        #expect(
            Set([
                name("1", "a"), name("2", "a"), name("1", "b"), name("1", "a", url: "https://a.example/2"),
                name("1a", ""),
            ]).count == 5)
    }

    private func open(_ environment: Environment, _ files: MemoryFiles) throws -> (path: String?, err: String) {
        let machine = FakeMachine(environment, files: files)
        let directory = try JobDirectory(option: nil, provider: nil, context: machine.context).open(in: machine.context)
        return (directory?.path, machine.output.err)
    }

    @Test("is the first usable one; what is skipped is noted, unless it is not there at all")
    func opens() throws {
        let bases = ["/x", "/dev/shm", "/tmp"]
        let environment: Environment = ["RUNNER_TEMP": "/r", "XDG_RUNTIME_DIR": "/x"]
        let job = try #require(candidates(environment).first?.split(separator: "/").last)
        let skipped = try open(
            environment, MemoryFiles(privateBases: bases, failures: ["/r/hfmint/\(job)": "it belongs to another user"]))
        #expect(skipped.path == "/x/hfmint/\(job)")
        #expect(
            skipped.err
                == "hfmint: skipping '/r/hfmint/\(job)' for this job's tokens: it belongs to another user\n")

        let absent = try open(environment, MemoryFiles(privateBases: bases, absentBases: ["/r", "/x"]))
        #expect(absent.path?.hasPrefix("/dev/shm/") == true)
        #expect(absent.err.isEmpty)
    }

    @Test("is none where none can be used: then nothing is kept")
    func none() throws {
        #expect(try open([:], MemoryFiles(absentBases: ["/dev/shm", "/tmp"])).path == nil)
    }

    @Test("holds no control character in its name")
    func control() throws {
        let opened = try open(["RUNNER_TEMP": "/r\n::add-mask::x"], MemoryFiles(absentBases: ["/dev/shm", "/tmp"]))
        #expect(opened.path == nil)
        #expect(opened.err.split(separator: "\n").count == 1)
    }

    @Test(
        "is an error where the user's own cannot be used",
        arguments: [
            (
                ["/run/tokens": "its mode is 755 instead of 700"], [],
                "cannot keep tokens in '/run/tokens': its mode is 755 instead of 700"
            ),
            ([:], ["/run"], "cannot keep tokens in '/run': there is no such directory"),
        ] as [([String: String], Set<String>, String)])
    func unusable(failures: [String: String], absent: Set<String>, message: String) {
        let machine = FakeMachine(files: MemoryFiles(absentBases: absent, failures: failures))
        let directory = JobDirectory(option: "/run/tokens", provider: nil, context: machine.context)
        let error = #expect(throws: MintError.self) { try directory.open(in: machine.context) }
        #expect(error?.code == .stateUnusable)
        #expect(error?.message == message)
    }

    @Test("is found again at the end of the job, and not made then")
    func existing() throws {
        let machine = FakeMachine(["RUNNER_TEMP": "/r"], files: MemoryFiles(privateBases: ["/r", "/dev/shm", "/tmp"]))
        let directory = JobDirectory(option: nil, provider: nil, context: machine.context)
        #expect(directory.existing(in: machine.context).isEmpty)
        let made = try directory.open(in: machine.context)
        #expect(directory.existing(in: machine.context).map(\.path) == [made?.path])
    }
}
