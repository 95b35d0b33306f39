import HFMintCore
import Testing

@Suite("the path of a repository, as git says it")
struct GitPathTests {
    @Test(
        "names it by its plain name, whatever git and git-lfs append",
        arguments: ["", "/", "//", ".git", ".git/", "/info/lfs", ".git/info/lfs", ".git/info/lfs/objects/batch"])
    func endings(ending: String) {
        for name in ["acme/model", "datasets/acme/data", "spaces/acme/app", "kernels/acme/k", "acme/a.b"] {
            #expect(Resource(gitPath: Array("\(name)\(ending)".utf8))?.canonical == name)
            #expect(Resource(gitPath: Array("//\(name)\(ending)".utf8))?.canonical == name)
        }
    }

    @Test(
        "is refused in any other spelling",
        arguments: [
            "", "/", "acme", "/acme", "acme//model", "acme/../model", "acme/model/..",
            "./acme/model",
            "acme%2fmodel", "acme/model%00", "acme/model?a", "acme/mo\u{308}del", "acme/model\u{2028}",
            "acme/model/tree/main",
            "buckets/acme/b", "models/acme/model", "https://huggingface.co/acme/model", "acme/.git",
            "acme/model/info/LFS",
        ])
    func refused(path: String) {
        #expect(Resource(gitPath: Array(path.utf8)) == nil)
    }

    @Test(
        "is found in the URL of a remote of ours",
        arguments: [
            ("https://huggingface.co/acme/model", true), ("https://user:x@hf.co/acme/model.git", true),
            ("git@hf.co:acme/model", true), ("https://HuggingFace.co:443//acme/model", true),
            ("ssh://git@hf.co/acme/model", true),
            ("https://huggingface.co.evil.example/acme/model", false), ("git@evil.example:acme/model", false),
            ("https://evil.example/huggingface.co:acme/model", false),
            ("https://huggingface.co@evil.example/acme/model", false),
            ("/huggingface.co/acme/model", false), ("huggingface.co", false),
        ])
    func remotes(url: String, isOurs: Bool) {
        let found = Resource(remoteURL: Array(url.utf8), hosts: GitHosts(.huggingFace))
        #expect(found?.canonical == (isOurs ? "acme/model" : nil))
    }
}
