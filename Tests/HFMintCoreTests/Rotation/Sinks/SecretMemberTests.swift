@testable import HFMintCore
import HFMintTesting
import Testing

@Suite("a member of a secret object")
struct SecretMemberTests {
    @Test(
        "is set, and every other byte stays",
        arguments: [
            ("{}", #"{"k":"v\u0022"}"#), (#" { "a" : 1 } "#, #" {"k":"v\u0022", "a" : 1 } "#),
            (#"{"k":"old","a":[1, 2]}"#, #"{"k":"v\u0022","a":[1, 2]}"#),
            (#"{"a":"\u00e4","k" : {"x":null} }"#, #"{"a":"\u00e4","k" : "v\u0022" }"#),
            (#"{"k" : null}"#, #"{"k" : "v\u0022"}"#), (#"{"\u006b":false}"#, #"{"\u006b":"v\u0022"}"#),
        ])
    func set(object: String, expected: String) {
        #expect(Secret(object).settingMember("k", to: Secret("v\""))?.revealedText() == expected)
    }

    @Test("is set in nothing but an object", arguments: ["", "[]", "\"k\"", "{", #"{"a":1,"a":2}"#])
    func noObject(text: String) {
        #expect(Secret(text).settingMember("k", to: Secret("v"))?.revealedText() == nil)
    }

    @Test(
        "is read as it stands where it is no string, and is not there where it is null",
        arguments: [
            (#"{"k":"a\u0022"}"#, "a\""), (#"{"k":12}"#, "12"), (#"{"k":{"x":"y"}}"#, #"{"x":"y"}"#),
            (#"{"k":""}"#, ""),
            (#"{"k":null}"#, nil), ("{}", nil), ("k", nil),
        ] as [(String, String?)])
    func read(object: String, expected: String?) { #expect(Secret(object).member("k")?.revealedText() == expected) }
}
