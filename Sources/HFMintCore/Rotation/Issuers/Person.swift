extension Person {
    static let kind = Kind<any Issuer>(
        "person", help: "a secret that only a person can change, on a page of the Hub",
        schema: ObjectShape(
            [
                .required("what", .string(.word(Thing.allCases.map(\.rawValue))), "what is changed there"),
                .optional("page", .string(.url), "the page with the button, if it is not the Hub's usual one"),
                .optional("name", .string(.any), "which application, account or token of that page"),
            ]
        ) { node in
            guard node["what"]?.string == Thing.serviceAccount.rawValue, !node.has("page") else { return nil }
            return "needs 'page': the settings of the organization that has the service account"
        }
    ) { settings throws(MintError) in
        let thing = Thing(rawValue: try settings.text("what"))
        return Person(page: try settings.base("page", default: thing?.usualPage), name: settings["name"])
    }
}

/// A person who presses a button and supplies the new secret, as the Hub has no API for its own secrets.
///
/// <https://huggingface.co/docs/hub/oauth> <https://huggingface.co/docs/hub/security-tokens>
struct Person: Issuer {
    enum Thing: String, CaseIterable {
        case oauthApp = "oauth-app"
        case serviceAccount = "service-account"
        case userToken = "user-token"

        var usualPage: String? {
            switch self {
            case .oauthApp: "https://huggingface.co/settings/connected-applications"
            case .serviceAccount: nil
            case .userToken: "https://huggingface.co/settings/tokens"
            }
        }
    }

    let page: HTTPURL
    let name: String?

    var succession: Succession { .person }
    var target: String { name.map { "\(page.spelling) (\($0))" } ?? page.spelling }

    /// Lists no secret, as nobody can be asked.
    func survey() throws(StepFailure) -> IssuerSurvey { IssuerSurvey(secrets: [], date: nil, showsDeath: false) }

    func create(_ creation: SecretCreation) throws(StepFailure) -> CreatedSecret { throw refusal }

    func delete(_ id: String) throws(StepFailure) { throw refusal }

    private var refusal: StepFailure {
        StepFailure(.refused, "only a person can change this secret: press Refresh at \(target)")
    }
}
