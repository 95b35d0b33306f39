extension Check {
    static let event = Check.ofClaims(
        id: "event", title: "whether strangers can start this job"
    ) { claims, examination in
        guard let provider = examination.provider else { return .skip("the provider is not known") }
        let event = claims.meaning.events.flatMap { claims[$0.claim] }
        guard let reason = provider.untrustedEvent(examination.job, claims) else {
            return .ok(event.map { "'\($0)'" } ?? "nothing says that they can")
        }
        guard !examination.question.allowsUntrustedEvent else {
            return .warn(
                "\(reason); allowed by --allow-untrusted-event",
                next: "make sure that the job runs no code and no input of theirs")
        }
        return .fail(
            reason,
            next: "run this step on an event that only you can cause, such as `push`; if the job runs no code of"
                + " theirs, give --allow-untrusted-event")
    }
}
