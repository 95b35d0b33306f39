import HFMintCore
import HFMintTesting
import Testing

@Suite("hub route")
struct HubRouteTests {
    /// What a request asks for, or the code of its refusal.
    private func answer(_ method: String, _ target: String, on host: HubRoute.Host = .hub) throws -> String {
        let target = try CanonicalTarget(Array(target.utf8))
        do throws(HubRoute.Refusal) {
            let route = try HubRoute(Array(method.utf8), target, on: host)
            return "\(route.rights.map(\.rawValue).joined(separator: "|")) \(route.resource?.canonical ?? "signed")"
        } catch {
            return error.code.rawValue
        }
    }

    @Test(
        "finds the repository and the right",
        arguments: [
            ("GET", "/acme/model/resolve/main/config.json", "read acme/model"),
            ("HEAD", "/acme/model/resolve/refs%2Fpr%2F1/dir/a%20b", "read acme/model"),
            ("GET", "/datasets/acme/data/raw/main/README.md", "read datasets/acme/data"),
            ("GET", "/spaces/acme/app/blob/main/app.py?x=1", "read spaces/acme/app"),
            ("GET", "/kernels/acme/kernel/resolve/main/x", "read kernels/acme/kernel"),
            ("GET", "/acme/model/tree/main", "read acme/model"),
            ("GET", "/acme/model/media/main/a.bin", "read acme/model"),
            (
                "GET", "/api/resolve-cache/datasets/acme/data/0123456789abcdef0123456789abcdef01234567/x/y",
                "read datasets/acme/data"
            ),
            ("GET", "/api/models/acme/model", "read acme/model"),
            ("GET", "/api/models/acme/model?expand[]=sha", "read acme/model"),
            ("GET", "/api/spaces/acme/app/revision/main", "read spaces/acme/app"),
            ("GET", "/api/models/acme/model/tree/refs%2Fpr%2F1/dir%2Fsub?recursive=true", "read acme/model"),
            ("GET", "/api/models/acme/model/refs", "read acme/model"),
            ("GET", "/api/models/acme/model/commits/main", "read acme/model"),
            ("GET", "/api/models/acme/model/treesize/main", "read acme/model"),
            ("GET", "/api/models/acme/model/auth-check", "read acme/model"),
            ("GET", "/api/models/acme/model/auth-check/write", "write acme/model"),
            ("POST", "/api/datasets/acme/data/paths-info/main", "read datasets/acme/data"),
            ("POST", "/api/models/acme/model/preupload/main", "write acme/model"),
            ("POST", "/api/models/acme/model/commit/main?create_pr=1", "write acme/model"),
            ("GET", "/api/models/acme/model/xet-read-token/main", "read acme/model"),
            ("GET", "/api/models/acme/model/xet-write-token/main", "write acme/model"),
            ("GET", "/api/models/acme/model/discussions", "read acme/model"),
            ("POST", "/api/models/acme/model/discussions", "write acme/model"),
            ("POST", "/api/models/acme/model/discussions/7/merge", "write acme/model"),
            ("POST", "/api/models/acme/model/branch/dev", "write acme/model"),
            ("DELETE", "/api/models/acme/model/tag/v1.0", "write acme/model"),
            ("POST", "/api/models/acme/model/super-squash/main", "admin acme/model"),
            ("POST", "/api/models/acme/model/lfs-files/batch", "admin acme/model"),
            ("PUT", "/api/models/acme/model/settings", "admin acme/model"),
            ("POST", "/api/models/acme/model/user-access-request/handle", "admin acme/model"),
            ("POST", "/api/spaces/acme/app/secrets", "admin spaces/acme/app"),
            ("GET", "/api/spaces/acme/app/variables", "admin spaces/acme/app"),
            ("POST", "/api/spaces/acme/app/hardware", "admin spaces/acme/app"),
            ("GET", "/api/spaces/acme/app/logs/run", "admin spaces/acme/app"),
            ("GET", "/api/buckets/acme/store", "read buckets/acme/store"),
            ("GET", "/api/buckets/acme/store/tree/a%2Fb", "read buckets/acme/store"),
            ("POST", "/api/buckets/acme/store/paths-info", "read buckets/acme/store"),
            ("POST", "/api/buckets/acme/store/batch", "write buckets/acme/store"),
            ("GET", "/buckets/acme/store/resolve/a%2Fb", "read buckets/acme/store"),
            ("POST", "/api/jobs/acme", "admin acme"),
            ("POST", "/api/jobs/acme/123/cancel", "admin acme"),
            ("GET", "/acme/model/info/refs?service=git-upload-pack", "read acme/model"),
            ("GET", "/acme/model.git/info/refs?service=git-receive-pack", "write acme/model"),
            ("POST", "/datasets/acme/data.git/git-upload-pack", "read datasets/acme/data"),
            ("POST", "/acme/model.git/git-receive-pack", "write acme/model"),
            ("POST", "/acme/model.git/info/lfs/objects/batch", "write|read acme/model"),
            ("POST", "/acme/model/info/lfs/objects/verify", "write acme/model"),
            ("POST", "/acme/model.git/info/lfs/locks/verify", "write acme/model"),
            ("GET", "/datasets/acme/resolve-me/resolve/main/resolve/f", "read datasets/acme/resolve-me"),
        ])
    func found(method: String, target: String, expected: String) throws {
        #expect(try answer(method, target) == expected)
    }

    @Test(
        "refuses what names no one repository, or hands out secrets",
        arguments: [
            ("GET", "/api/models", "names-no-repository"), ("GET", "/api/whoami-v2", "names-no-repository"),
            ("GET", "/api/organizations/acme/members", "names-no-repository"),
            ("GET", "/api/models/acme/model/jwt?write=true", "gives-secrets"),
            ("GET", "/api/spaces/acme/app/jwt", "gives-secrets"),
            ("GET", "/api/settings/webhooks", "gives-secrets"),
            ("POST", "/api/repos/create", "repository-in-body"), ("POST", "/api/repos/move", "repository-in-body"),
            ("DELETE", "/api/repos/delete", "repository-in-body"),
            ("POST", "/api/collections", "repository-in-body"),
            ("POST", "/api/spaces/acme/app/duplicate", "repository-in-body"),
            ("POST", "/api/models/acme/model/lfs-files/duplicate", "repository-in-body"),
        ])
    func unservable(method: String, target: String, expected: String) throws {
        #expect(try answer(method, target) == expected)
    }

    @Test(
        "refuses what could be another repository, or is none",
        arguments: [
            ("GET", "/acme%2Fmodel/resolve/main/x", "repository-unclear"),
            ("GET", "/acme/mo%2Fdel/resolve/main/x", "repository-unclear"),
            ("GET", "/api/models/acme%2Fmodel/x", "repository-unclear"),
            ("GET", "/api/models/acme/model%20/refs", "repository-unclear"),
            ("GET", "/acme/model/resolve/main/a%2Fb", "repository-unclear"),
            ("GET", "/acme/model.git.git/info/refs?service=git-upload-pack", "repository-unclear"),
            ("GET", "/acme/model.git/resolve/main/x", "repository-unclear"),
            ("GET", "/api/models/acme/model.", "repository-unclear"),
            ("GET", "/api/models/acme./model", "repository-unclear"),
            ("GET", "/api/models/-acme/model", "repository-unclear"),
            ("GET", "/acme.git/model/resolve/main/x", "repository-unclear"),
            ("GET", "/hf.co/model/resolve/main/x", "repository-unclear"),
            ("GET", "/acme/hf_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefgh/resolve/main/x", "repository-unclear"),
            ("GET", "/gpt2/resolve/main/config.json", "repository-unclear"),
            ("GET", "/datasets/squad/resolve/main/x", "repository-unclear"),
            ("GET", "/api/models/gpt2", "repository-unclear"),
            ("GET", "/api/models/acme/refs", "repository-unclear"),
            ("GET", "/api/resolve-cache/models/gpt2/0123456789abcdef0123456789abcdef01234567/x", "repository-unclear"),
            ("GET", "/api/resolve-cache/models/acme/model/main/x", "route-unknown"),
            ("GET", "/api/models/acme/tree/tree/main", "repository-unclear"),
            ("GET", "/acme/resolve/resolve/main/x", "repository-unclear"),
            ("GET", "/API/models/acme/model", "route-unknown"), ("GET", "/api/Models/acme/model", "route-unknown"),
            ("GET", "/acme/model/Resolve/main/x", "route-unknown"), ("GET", "/acme/model", "route-unknown"),
            ("GET", "/acme/model/resolve/main", "route-unknown"), ("GET", "/blog/x/resolve/main/y", "route-unknown"),
            ("GET", "/api/models/acme/model/unheard-of", "route-unknown"),
            ("POST", "/api/models/acme/model", "route-unknown"),
            ("PUT", "/api/models/acme/model/refs", "route-unknown"),
            ("HEAD", "/acme/model/info/refs?service=git-upload-pack", "route-unknown"),
            ("GET", "/acme/model/info/refs", "route-unknown"),
            ("GET", "/acme/model/info/refs?service=Git-receive-pack", "route-unknown"),
            ("GET", "/acme/model/info/refs?service=git-upload-pack&service=git-receive-pack", "route-unknown"),
            ("GET", "/acme/model/info/refs?x=1&service=git-upload-pack", "route-unknown"),
            ("GET", "/acme/model.git/HEAD", "route-unknown"), ("POST", "/oauth/token", "route-unknown"),
            ("get", "/api/models/acme/model", "method-unknown"),
            ("OPTIONS", "/api/models/acme/model", "method-unknown"),
            ("", "/api/models/acme/model", "method-unknown"),
            ("GE\u{301}T", "/api/models/acme/model", "method-unknown"),
        ])
    func refused(method: String, target: String, expected: String) throws {
        #expect(try answer(method, target) == expected)
    }

    @Test("is not led astray by words of other paths at other places")
    func words() throws {
        #expect(try answer("GET", "/resolve/info/resolve/main/raw/resolve") == "read resolve/info")
        #expect(try answer("GET", "/datasets/resolve/data/resolve/tree/blob") == "repository-unclear")
        #expect(try answer("GET", "/datasets/resolve/raw/resolve/tree/blob") == "repository-unclear")
        #expect(try answer("GET", "/model/resolve/main/config.json") == "repository-unclear")
        #expect(try answer("GET", "/api/models/acme/data/tree/tree/refs") == "read acme/data")
        #expect(try answer("GET", "/acme/model/main/resolve/config.json") == "route-unknown")
    }

    @Test("serves no inference yet", arguments: [HubRoute.Host.router, .endpoint])
    func inference(host: HubRoute.Host) throws {
        #expect(try answer("POST", "/v1/chat/completions", on: host) == "not-served")
        #expect(try answer("GET", "/acme/model/resolve/main/x", on: host) == "not-served")
    }

    @Test("has a source for every row, and each row fits the path that it describes, alone")
    func table() throws {
        #expect(HubRoute.table.count > 5)
        let commit = String(repeating: "0123456789", count: 4)
        for (source, rows) in HubRoute.table {
            #expect(source.hasPrefix("https://"))
            for row in rows {
                let parts = row.path.split(separator: "/").map { part in
                    [
                        "K": "datasets", "R": "acme/data", "R.git": "acme/data.git", "NS": "acme", "ANY": "x",
                        "COMMIT": commit,
                    ][part]
                        ?? (part.allSatisfy(\.isUppercase) ? "word" : String(part))
                }
                let target = "/" + parts.joined(separator: "/") + (row.query.map { "?\($0)" } ?? "")
                for method in row.methods {
                    let found = try answer(method.rawValue, target)
                    switch row.outcome {
                    case .needs(let rights):
                        #expect(found.hasPrefix(rights.map(\.rawValue).joined(separator: "|") + " "), "\(target)")
                    case .signed: #expect(found == "write signed", "\(target)")
                    case .refused(let refusal): #expect(found == refusal.code.rawValue, "\(target)")
                    }
                }
            }
        }
    }
}
