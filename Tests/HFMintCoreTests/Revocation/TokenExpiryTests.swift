import HFMintCore
import HFMintTesting
import Testing

@Suite("token expiry")
struct TokenExpiryTests {
    private static let jwt = unsignedJWT(["exp": 1_800_000_000])

    @Test(
        "is read from the JWT of a repository's token, and from nothing else",
        arguments: [
            ("hf_jwt_\(jwt)", 1_800_000_000), ("hf_oauth_\(jwt)", nil), (jwt, nil), ("hf_jwt_abc.def.ghi", nil),
            ("hf_jwt_", nil), ("", nil),
        ] as [(String, Int?)])
    func claimed(token: String, expiry: Int?) {
        let secret = Secret(token)
        #expect(HubToken.claimedExpiry(of: secret)?.secondsSince1970 == expiry)
    }
}
