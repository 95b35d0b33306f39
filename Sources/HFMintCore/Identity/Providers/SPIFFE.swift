extension Provider {
    /// SPIFFE: spiffe-helper keeps a fresh JWT-SVID in a file.
    ///
    /// The Workload API itself is gRPC, which hfmint does not speak. A JWT-SVID has an issuer only if SPIRE's server
    /// sets `jwt_issuer`.
    /// <https://github.com/spiffe/spiffe-helper#configuration>
    package static let spiffe = Provider(
        name: "spiffe", title: "SPIFFE", recognisedBy: "SPIFFE_ENDPOINT_SOCKET",
        isHere: { $0.environment.isSet("SPIFFE_ENDPOINT_SOCKET") },
        isPlatform: true,
        acquisition: { job, audience throws(MintError) in
            if let path = job.environment[.hfmintIDTokenFile] { return .file(path) }
            throw MintError(
                .identityDenied, "spiffe: no file with a JWT-SVID was named (HFMINT_ID_TOKEN_FILE is not set)",
                hint: "run spiffe-helper with `jwt_svids = [{ jwt_audience = \"\(audience)\", jwt_svid_file_name ="
                    + " \"hf.token\" }]`, and set HFMINT_ID_TOKEN_FILE to that file; SPIRE needs `jwt_issuer`")
        },
        publisher: PublisherForm.pinning(["sub": "the workload's SPIFFE ID"]))
}
