extension HubRoute {
    /// Every path of the Hub that hfmint knows, by where it is described: one list, and what is not in it is refused.
    ///
    /// What needs `admin` costs money, changes who may have what, or destroys what no later write brings back. A branch
    /// or a tag that is deleted needs `write`, because a push does as much.
    package static let table: [(source: String, rows: [HubRouteRow])] = [
        (
            "https://huggingface.co/docs/huggingface_hub/guides/download",
            [
                HubRouteRow(reads, "/R/resolve/REV/PATH", .read),
                HubRouteRow(reads, "/R/raw/REV/PATH", .read),
                HubRouteRow(reads, "/R/blob/REV/PATH", .read),
                HubRouteRow(reads, "/R/media/REV/PATH", .read),
                HubRouteRow(reads, "/R/tree/REV/ANY", .read),
                HubRouteRow(reads, "/api/resolve-cache/K/R/COMMIT/PATH", .read),
            ]
        ),
        (
            "https://huggingface.co/docs/hub/api",
            [
                HubRouteRow(reads, "/api/K/R", .read),
                HubRouteRow(reads, "/api/K/R/revision/REV", .read),
                HubRouteRow(reads, "/api/K/R/tree/REV/ANY", .read),
                HubRouteRow(reads, "/api/K/R/treesize/REV/ANY", .read),
                HubRouteRow(reads, "/api/K/R/refs", .read),
                HubRouteRow(reads, "/api/K/R/commits/REV", .read),
                HubRouteRow(reads, "/api/K/R/auth-check", .read),
                HubRouteRow(reads, "/api/K/R/auth-check/write", .write),
                HubRouteRow([.post], "/api/K/R/paths-info/REV", .read),
                HubRouteRow([.post], "/api/K/R/preupload/REV", .write),
                HubRouteRow([.post], "/api/K/R/commit/REV", .write),
            ]
        ),
        (
            "https://huggingface.co/docs/xet/auth",
            [
                HubRouteRow(reads, "/api/K/R/xet-read-token/REV", .read),
                HubRouteRow(reads, "/api/K/R/xet-write-token/REV", .write),
                HubRouteRow(reads, "/api/buckets/R/xet-read-token", .read),
                HubRouteRow(reads, "/api/buckets/R/xet-write-token", .write),
            ]
        ),
        (
            "https://github.com/huggingface/huggingface_hub/blob/main/src/huggingface_hub/hf_api.py",
            [
                HubRouteRow(reads, "/api/models/R/safetensors-metadata/PATH", .read),
                HubRouteRow(reads, "/api/spaces/R/runtime", .read),
                HubRouteRow(reads, "/api/K/R/discussions", .read),
                HubRouteRow(reads, "/api/K/R/discussions/WORD", .read),
                HubRouteRow([.post], "/api/K/R/discussions", .write),
                HubRouteRow([.post], "/api/K/R/discussions/WORD/WORD", .write),
                HubRouteRow([.post, .delete], "/api/K/R/branch/REV", .write),
                HubRouteRow([.post, .delete], "/api/K/R/tag/REV", .write),
                HubRouteRow([.post], "/api/K/R/super-squash/REV", .admin),
                HubRouteRow(reads, "/api/K/R/lfs-files", .admin),
                HubRouteRow([.post], "/api/K/R/lfs-files/batch", .admin),
                HubRouteRow([.delete], "/api/K/R/lfs-files/WORD", .admin),
                HubRouteRow([.put], "/api/K/R/settings", .admin),
                HubRouteRow(reads, "/api/K/R/user-access-request/WORD", .admin),
                HubRouteRow([.post], "/api/K/R/user-access-request/WORD", .admin),
                HubRouteRow([.post, .delete], "/api/spaces/R/secrets", .admin),
                HubRouteRow([.get, .head, .post, .delete], "/api/spaces/R/variables", .admin),
                HubRouteRow([.post], "/api/spaces/R/hardware", .admin),
                HubRouteRow([.post], "/api/spaces/R/restart", .admin),
                HubRouteRow([.post], "/api/spaces/R/pause", .admin),
                HubRouteRow([.post], "/api/spaces/R/sleeptime", .admin),
                HubRouteRow([.post, .delete], "/api/spaces/R/storage", .admin),
                HubRouteRow([.post], "/api/spaces/R/dev-mode", .admin),
                HubRouteRow(reads, "/api/spaces/R/logs/WORD", .admin),
                HubRouteRow(reads, "/api/buckets/R", .read),
                HubRouteRow(reads, "/api/buckets/R/tree/ANY", .read),
                HubRouteRow([.post], "/api/buckets/R/paths-info", .read),
                HubRouteRow([.post], "/api/buckets/R/batch", .write),
                HubRouteRow(reads, "/buckets/R/resolve/ANY", .read),
                HubRouteRow(all, "/api/jobs/NS/ANY", .admin),
                HubRouteRow(all, "/api/scheduled-jobs/NS/ANY", .admin),
            ]
        ),
        (
            "https://git-scm.com/docs/http-protocol",
            [
                HubRouteRow([.get], "/R.git/info/refs", query: "service=git-upload-pack", .read),
                HubRouteRow([.post], "/R.git/git-upload-pack", .read),
                HubRouteRow([.get], "/R.git/info/refs", query: "service=git-receive-pack", .write),
                HubRouteRow([.post], "/R.git/git-receive-pack", .write),
            ]
        ),
        (
            "https://github.com/git-lfs/git-lfs/tree/main/docs/api",
            [
                // The body says `upload` or `download`.
                HubRouteRow([.post], "/R.git/info/lfs/objects/batch", .needs([.write, .read])),
                HubRouteRow([.post], "/R.git/info/lfs/objects/verify", .write),
                HubRouteRow([.get, .post], "/R.git/info/lfs/locks", .write),
                HubRouteRow([.post], "/R.git/info/lfs/locks/verify", .write),
                HubRouteRow([.post], "/R.git/info/lfs/locks/WORD/unlock", .write),
            ]
        ),
        (
            // The path is not documented: the address comes from the answer to a batch, and is rewritten there.
            "https://github.com/huggingface/huggingface_hub/blob/main/src/huggingface_hub/lfs.py",
            [HubRouteRow([.post], "/api/complete_multipart", .signed)]
        ),
        (
            "https://huggingface.co/spaces/huggingface/openapi",
            [
                HubRouteRow(all, "/api/K/R/jwt", secrets),
                HubRouteRow(all, "/api/settings/webhooks/ANY", secrets),
                HubRouteRow(all, "/api/repos/ANY", body),
                HubRouteRow(all, "/api/collections/ANY", body),
                HubRouteRow([.post], "/api/K/R/duplicate", body),
                HubRouteRow([.post], "/api/K/R/lfs-files/duplicate", body),
                HubRouteRow(reads, "/api/K", lists),
                HubRouteRow(reads, "/api/whoami-v2", lists),
                HubRouteRow(reads, "/api/organizations/ANY", lists),
                HubRouteRow(reads, "/api/users/ANY", lists),
                HubRouteRow(reads, "/api/papers/ANY", lists),
                HubRouteRow(all, "/api/telemetry/ANY", lists),
            ]
        ),
    ]

    private static let reads: [HTTPRequest.Method] = [.get, .head]
    private static let all: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete]
    private static let secrets = HubRouteRow.Outcome.refused(.givesSecrets, "would be answered with a secret")
    private static let body = HubRouteRow.Outcome.refused(
        .repositoryInBody, "names its repository in the body, where it is not looked for")
    private static let lists = HubRouteRow.Outcome.refused(.namesNoRepository, "names no repository")
}
