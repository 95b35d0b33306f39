/// A request to a token endpoint of the provider, and the place of the token in its answer.
package struct HTTPAcquisition: Equatable, Sendable {
    package let provider: String
    package var request: HTTPRequest
    /// A body that holds no secret, with its content type.
    var body: Content?
    var proof = Proof.none
    let tokenPlace: TokenPlace
    /// Words in a 403 that mean "ask again", as GitHub answers for a job that is about to start.
    var transientRefusals: [String] = []
    /// What to do after a final refusal.
    let refusalHint: String
    /// The variable in which the provider gives the address.
    var addressVariable: Environment.Key?

    package struct Content: Equatable, Sendable {
        package let type: String
        package let text: String

        package static func json(_ value: JSONValue) -> Content {
            Content(type: "application/json", text: value.rendered().reveal { $0.text })
        }

        package static func form(_ fields: [(String, String)]) -> Content {
            Content(type: "application/x-www-form-urlencoded", text: formEncoded(fields))
        }
    }

    /// The proof by which the endpoint knows which job asks.
    package indirect enum Proof: Equatable, Sendable {
        /// No proof: the endpoint answers every request from this machine.
        case none
        /// Headers that all hold the secret of a variable.
        case variable(Environment.Key, headers: [String], prefix: String)
        /// A header with a secret from a file.
        case file(String, header: String, prefix: String)
        /// A header with a secret from another endpoint.
        case fetched(HTTPAcquisition, header: String, prefix: String)
        /// AWS Signature Version 4, with the keys in the usual variables.
        case awsSignature(region: String, service: String)
    }

    /// The place of the token in the answer.
    package enum TokenPlace: Equatable, Sendable {
        /// The member of this name, at any depth.
        case member(String)
        /// The whole body.
        case text
        /// The member of this name, or the XML element: some APIs answer in one form or the other.
        case memberOrElement(String)
    }
}

extension HTTPAcquisition {
    /// The host or the socket, for messages.
    package var host: String {
        if case .unixSocket(let path) = request.route { "'\(path)'" } else { request.url.origin.host }
    }

    /// Asks once, and returns what stands where the token should be.
    func token(in context: Context, limits: HTTPLimits) throws(MintError) -> Secret {
        let credential = try credential(in: context, limits: limits)
        let content = body.map { HTTPBody.Content(type: $0.type, bytes: Secret(copying: $0.text.utf8)) }
        let response: HTTPResponse
        do throws(TransportError) {
            response = try context.send(request, credential: credential, body: HTTPBody(content), limits: limits)
        } catch {
            throw .transport(error, to: host, doing: .identityUnavailable)
        }
        guard (200...201).contains(response.status) else { throw refusal(response, host, now: context.clock.now()) }
        guard let token = tokenPlace.token(in: response.body) else {
            throw MintError(
                .identityUnavailable, "\(provider): \(host) answered, but without an ID token",
                hint: response.body.looksLikePage
                    ? "a web page came instead: look at what stands between here and \(host), such as a proxy"
                    : "the CI system is having trouble; try again")
        }
        return token
    }

    private func credential(in context: Context, limits: HTTPLimits) throws(MintError) -> HTTPCredential {
        func missing(_ what: String) -> MintError {
            MintError(.identityDenied, "\(provider): \(what)", hint: refusalHint)
        }
        switch proof {
        case .none: return .none
        case .variable(let key, let headers, let prefix):
            guard let value = context.environment.secret(key) else { throw missing("\(key.name) is not set") }
            let header = value.withoutBlanksAround()
            guard header.fitsInHeader else { throw damaged(key) }
            return .headers(headers, prefix: prefix, header)
        case .file(let path, let header, let prefix):
            do throws(FileFailure) {
                guard let value = try context.files.read(path, limit: IDToken.byteLimit) else {
                    throw FileFailure(path, "there is no such file")
                }
                return .header(name: header, prefix: prefix, value.withoutBlanksAround())
            } catch {
                throw missing("'\(path)' cannot be read: \(error.reason)")
            }
        case .fetched(let other, let header, let prefix):
            return .header(name: header, prefix: prefix, try other.token(in: context, limits: limits))
        case .awsSignature(let region, let service):
            guard let keyID = context.environment[.awsAccessKeyID],
                let key = context.environment.secret(.awsSecretAccessKey)
            else { throw missing("\(Environment.Key.awsAccessKeyID.name) and its secret are not set") }
            for part: Environment.Key in [.awsAccessKeyID, .awsSecretAccessKey, .awsSessionToken] {
                if let value = context.environment.secret(part), !value.fitsInHeader { throw damaged(part) }
            }
            return .awsSignature(
                region: region, service: service, keyID: keyID, key: key.withoutTrailingLineBreak(),
                sessionToken: context.environment.secret(.awsSessionToken)?.withoutTrailingLineBreak())
        }
    }

    private func damaged(_ key: Environment.Key) -> MintError {
        MintError(
            .identityDenied, "\(provider): \(key.name) holds a line break, or a byte that no header may hold",
            hint: "hand the variable on as the CI system set it")
    }

    /// Returns the error for an answer that holds something else than an ID token.
    func unsuitable(_ reason: String) -> MintError {
        MintError(
            .identityUnsuitable, "\(host) did not give an ID token: \(reason)",
            hint: "check that \(addressVariable?.name ?? host) is the \(provider) server's own")
    }

    private func refusal(_ response: borrowing HTTPResponse, _ host: String, now: Timestamp) -> MintError {
        let isPassing = response.isTransient || (response.status == 403 && response.body.holds(transientRefusals))
        guard !isPassing else {
            return MintError(
                .identityUnavailable, "\(provider): \(host) answered \(response.status)",
                hint: "the CI system is having trouble; try again", isTransient: true,
                retryAfterSeconds: response.retryAfterSeconds(now: now))
        }
        guard !response.isRedirect else {
            return MintError(
                .answerInvalid,
                "\(provider): \(host) answered with a redirect (\(response.status)), which is never followed",
                hint: "the CI system sets the address of its token endpoint; nothing in the job should")
        }
        return MintError(
            .identityDenied, "\(provider): \(host) \(refusal(response.status))",
            details: response.body.publishedCode.map { ["the server's own code: \($0)"] } ?? [],
            hint: hint(for: response.status))
    }

    private func refusal(_ status: Int) -> String {
        switch status {
        case 401: "does not accept \(proofName) (401)"
        case 404, 405, 410: "has no token endpoint at this address (\(status))"
        default: "refused this job an ID token (\(status))"
        }
    }

    private var proofName: String {
        switch proof {
        case .variable(let key, _, _): key.name
        case .file(let path, _, _): "the token in '\(path)'"
        case .fetched(let other, _, _): "the token that \(other.host) gave"
        case .awsSignature: "\(Environment.Key.awsAccessKeyID.name) and what belongs to it"
        case .none: "this job"
        }
    }

    /// Returns what to do after this status; a 401 or a 404 never comes from a missing permission.
    private func hint(for status: Int) -> String {
        switch (status, proof) {
        case (401, .variable(let key, _, _)):
            "\(key.name) is another job's, or this job's time is over: hand it on from this very job, unaltered"
        case (401, .awsSignature): "the keys are wrong, or their session has expired: get new ones"
        case (404, _), (405, _), (410, _):
            addressVariable.map {
                "\($0.name) is another job's or another server's: hand it on from this very job, unaltered"
            } ?? refusalHint
        default: refusalHint
        }
    }
}

extension HTTPAcquisition.TokenPlace {
    fileprivate func token(in body: borrowing Secret) -> Secret? {
        switch self {
        case .text: body.byteCount == 0 ? nil : body.duplicate()
        case .member(let name): member(name, in: body)
        case .memberOrElement(let name): member(name, in: body) ?? element(name, in: body)
        }
    }

    private func member(_ name: String, in body: borrowing Secret) -> Secret? {
        body.reveal { text in
            (try? readJSON(text, limits: .answer))?.first(name)?.secret(in: text)
        }
    }

    private func element(_ name: String, in body: borrowing Secret) -> Secret? {
        body.reveal { text in
            guard let content = text.element(name) else { return nil }
            return Secret(copying: text.extracting(content))
        }
    }
}

extension JSONNode {
    /// Returns the first member of this name, at any depth, or nil.
    fileprivate func first(_ name: String) -> JSONNode? {
        if let node = self[name] { return node }
        return members?.lazy.compactMap { $0.node.first(name) }.first
    }
}

extension Secret {
    fileprivate func holds(_ words: [String]) -> Bool {
        reveal { text in words.contains { text.holds($0) } }
    }
}
