extension Provider {
    /// Vercel: the variable's audience is fixed; only its own JavaScript package can trade it for another.
    ///
    /// The address of that trade is not documented, so hfmint does not guess it.
    /// <https://vercel.com/docs/oidc>
    package static let vercel = Provider.impossible(
        name: "vercel",
        title: "Vercel",
        evidence: "VERCEL=1",
        isHere: { $0.environment["VERCEL"] == "1" },
        because: "the token in VERCEL_OIDC_TOKEN is always for https://vercel.com/<team>",
        instead:
            "ask for another one in your own code with getVercelOidcToken({ audience: 'https://huggingface.co' }), and hand"
            + " it on in HF_OIDC_ID_TOKEN")
}
