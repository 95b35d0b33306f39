extension Check {
    static let clock = Check.single(
        id: "clock", title: "whether this machine, the issuer and the Hub agree on the time", isPrerequisite: true
    ) { examination in
        guard let hub = examination.hubDate else { return .skip("the Hub did not say what time it is") }
        let clocks = Clocks(examination, hub: hub)
        let facts = [
            Finding.Fact("machine_ahead_of_hub_seconds", "\(clocks.machine)"),
            Finding.Fact("issuer_ahead_of_hub_seconds", clocks.issuer.map { "\($0)" }),
        ]
        if let issuer = clocks.issuer, abs(issuer) > Clocks.tolerance {
            let isShared = abs(clocks.machine - issuer) <= Clocks.tolerance
            let who = isShared ? "the issuer and this machine are" : "the issuer is"
            return .fail(
                "\(who) \(Clocks.inWords(issuer)) the Hub, which takes no ID token from another time",
                next: issuer > 0
                    ? "set the clock of the CI system right (NTP); until then the Hub may call its tokens too new"
                    : "set the clock of the CI system right (NTP); until then its tokens reach the Hub expired",
                facts: facts)
        }
        guard abs(clocks.machine) > Clocks.tolerance else { return .ok("they agree", facts: facts) }
        return .warn(
            "this machine is \(Clocks.inWords(clocks.machine)) the Hub; the ID token's times are the issuer's, so the"
                + " exchange does not mind",
            next: "set the clock of this machine right (NTP): certificates and caches go by it", facts: facts)
    }
}

/// The seconds by which two clocks are ahead of the Hub's.
private struct Clocks {
    /// The largest difference, in seconds, that counts as none: a request takes a moment, and dates are whole seconds.
    static let tolerance = 60

    let machine: Int
    /// The issuer's clock, which is known only if the ID token was made for this examination.
    let issuer: Int?

    init(_ examination: Examination, hub: Timestamp) {
        machine = examination.now - hub
        let isFresh = if case .success(.http) = examination.acquisition { true } else { false }
        issuer = isFresh ? examination.knownClaims?.issuedAt.map { $0 - hub } : nil
    }

    static func inWords(_ seconds: Int) -> String {
        "\(HFMintCore.inWords(seconds: abs(seconds))) \(seconds > 0 ? "ahead of" : "behind")"
    }
}
