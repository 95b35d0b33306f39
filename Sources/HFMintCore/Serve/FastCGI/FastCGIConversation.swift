/// One connection of a web server, with one request at a time.
///
/// A connection is closed in every doubt. After a fault no byte of it is believed, because a server that counts wrong
/// may take a client's body for records: https://github.com/haproxy/haproxy/commit/0aeae2305
package final class FastCGIConversation: Conversation {
    private enum Phase {
        case idle, parameters, body
        /// The reply has no answer yet.
        case answering
        /// The answer is written, and the web server has not ended its body.
        case answered
    }

    private let limits: FastCGIService.Limits
    private let isOverloaded: Bool
    private let respond: @Sendable (ServeRequest, ServeReply) -> Void
    private let wake: @Sendable () -> Void

    private var reader = FastCGIRecordReader()
    private var record: FastCGIHeader?
    /// The content of a record that is read as a whole.
    private var content: [UInt8] = []

    private var phase = Phase.idle
    private var open: FastCGIRequest?
    private var isLast = false
    private var turn = ConversationTurn()

    init(
        _ limits: FastCGIService.Limits, isOverloaded: Bool,
        respond: @escaping @Sendable (ServeRequest, ServeReply) -> Void, wake: @escaping @Sendable () -> Void
    ) {
        self.limits = limits
        self.isOverloaded = isOverloaded
        self.respond = respond
        self.wake = wake
    }

    package var stage: ConversationStage {
        switch phase {
        case .idle: reader.isBetweenRecords ? .idle : .arriving
        case .parameters, .body, .answered: .arriving
        case .answering: .answering
        }
    }

    package func receive(_ bytes: Span<UInt8>) -> ConversationTurn {
        turn = ConversationTurn()
        do throws(FastCGIFault) {
            var position = 0
            while turn.next != .close, let piece = try reader.next(bytes, at: &position) {
                switch piece {
                case .header(let header): try begin(header)
                case .content(let range): take(bytes.extracting(range))
                case .end: try endRecord()
                }
            }
        } catch {
            turn.complaints.append(error.rawValue)
            open?.reply?.cancel()
            turn.next = .close
        }
        return turn
    }

    package func resume() -> ConversationTurn {
        turn = ConversationTurn()
        if phase == .answering { answerIfReady() }
        return turn
    }

    package func finish() { isLast = true }

    package func end() { open?.reply?.cancel() }

    // MARK: Records

    /// Judges a record by its header, before its content.
    private func begin(_ header: FastCGIHeader) throws(FastCGIFault) {
        record = header
        content.removeAll(keepingCapacity: true)
        guard let type = FastCGIType(rawValue: header.type) else {
            guard header.requestID == 0 else { throw .type }
            return
        }
        switch type {
        case .getValues:
            guard header.requestID == 0 else { throw .requestID }
            guard header.contentLength <= 1_024 else { throw .valuesLength }
        case .getValuesResult, .unknownType, .endRequest, .output, .error: throw .type
        case .beginRequest, .abortRequest, .parameters, .input, .data:
            guard header.requestID != 0 else { throw .managementID }
            try judge(type, header)
        }
    }

    private func judge(_ type: FastCGIType, _ header: FastCGIHeader) throws(FastCGIFault) {
        if type == .beginRequest {
            guard header.contentLength == 8 else { throw .beginLength }
            // A body that is not at its end may hold what looks like a request.
            guard phase != .answered, open?.id != header.requestID else { throw .repeatedBegin }
        }
        // The specification ignores records of other requests, which are those that were refused or have ended.
        guard header.requestID == open?.id else { return }
        switch (type, phase) {
        case (.parameters, .parameters):
            guard (open?.parameters.byteCount ?? 0) + header.contentLength <= limits.parameters else {
                throw .parametersSize
            }
        case (.parameters, _): throw .parametersAfterEnd
        case (.input, .parameters): throw .inputBeforeParameters
        case (.input, _):
            guard open?.hasWholeBody == false else { throw .inputAfterEnd }
            open?.inputCount += header.contentLength
        case (.data, _): throw .type
        default: break
        }
    }

    private func take(_ bytes: Span<UInt8>) {
        guard let record else { return }
        switch FastCGIType(rawValue: record.type) {
        case .beginRequest, .getValues: content += bytes.bytes
        case .parameters where record.requestID == open?.id: open?.addParameters(bytes)
        case .input where record.requestID == open?.id && phase == .body: open?.addBody(bytes)
        default: break
        }
    }

    private func endRecord() throws(FastCGIFault) {
        guard let record else { return }
        let isOpen = record.requestID == open?.id
        switch FastCGIType(rawValue: record.type) {
        case nil: say(FastCGIWriter.unknownType(record.type))
        case .getValues:
            let asked = try FastCGIParameters(content.span, maximumCount: limits.parameterCount)
            say(FastCGIWriter.values(asked.pairs.map { Array(content[$0.name]) }, connectionLimit: limits.connections))
        case .beginRequest: beginRequest(record.requestID)
        case .abortRequest where isOpen: abort()
        case .parameters where isOpen && record.contentLength == 0: try endParameters()
        case .input where isOpen && record.contentLength == 0: try endInput()
        case .input where isOpen && phase == .body: checkBodyLimit()
        default: break
        }
    }

    // MARK: Requests

    private func beginRequest(_ id: UInt16) {
        let keepsConnection = content[2] & 1 != 0
        guard open == nil else { return refuse(id, .cannotMultiplex) }
        guard !isOverloaded else {
            say(FastCGIWriter.overloaded(id))
            turn.next = .closeAfterPeer
            return
        }
        guard let role = FastCGIRole(rawValue: UInt16(content[0]) << 8 | UInt16(content[1])) else {
            return refuse(id, .unknownRole, closes: !keepsConnection)
        }
        open = FastCGIRequest(id, role, keepsConnection: keepsConnection)
        phase = .parameters
    }

    private func refuse(_ id: UInt16, _ status: FastCGIStatus, closes: Bool = false) {
        say(FastCGIWriter.end(id, status))
        if closes { turn.next = .closeAfterPeer }
    }

    private func endParameters() throws(FastCGIFault) {
        guard let open else { return }
        let made = try open.makeRequest(limits)
        switch made {
        case .failure(let malformed):
            turn.complaints.append(malformed.reason)
            // What the configuration gets wrong is wrong for the next request too.
            isLast = true
            answer(.refusal(.forbidden, code: "front-door-misconfigured", malformed.reason))
        case .success(let request):
            open.request = request
            open.contentLength = request.contentLength
            if request.route.bodyLimit == 0 || open.role == .authorizer {
                ask()
            } else if request.contentLength ?? 0 > request.route.bodyLimit {
                refuseBody()
            } else {
                phase = .body
            }
        }
    }

    private func checkBodyLimit() {
        guard let open, let request = open.request, open.inputCount > request.route.bodyLimit else { return }
        refuseBody()
    }

    private func refuseBody() {
        isLast = true
        answer(.refusal(.contentTooLarge, code: "body-too-large", "the body is too large"))
    }

    /// Ends a body, whose length must be the announced one: else a part of it may have been taken for records.
    ///
    /// A route that reads no body may be announced one that the configuration then keeps back.
    private func endInput() throws(FastCGIFault) {
        guard let open else { return }
        open.hasWholeBody = true
        let announced = open.contentLength
        let isRight = announced == nil || announced == open.inputCount
        switch phase {
        case .body:
            guard isRight else { throw .inputLength }
            open.request = open.request?.with(open.takeBody())
            ask()
        case .answered:
            close(mayStay: isRight || open.inputCount == 0)
        default:
            if !isRight && open.inputCount > 0 { throw .inputLength }
        }
    }

    private func ask() {
        guard let open, let request = open.request else { return }
        open.request = nil
        let reply = ServeReply(wake: wake)
        open.reply = reply
        phase = .answering
        respond(request, reply)
        answerIfReady()
    }

    private func answerIfReady() {
        if let ready = open?.reply?.take() { answer(ready) }
    }

    private func answer(_ answer: ServeAnswer) {
        guard let open else { return }
        turn.output.append(FastCGIWriter.answer(answer, to: open.id, as: open.role))
        phase = .answered
        // An authorizer gets no body; Apache does not even end it.
        if open.hasWholeBody || open.role == .authorizer { return close(mayStay: true) }
        if !open.keepsConnection || isLast { turn.next = .closeAfterPeer }
    }

    private func abort() {
        guard let open else { return }
        open.reply?.cancel()
        if phase != .answered { say(FastCGIWriter.end(open.id, .complete)) }
        close(mayStay: true)
    }

    /// Ends the open request, of which nothing more will arrive.
    private func close(mayStay: Bool) {
        let stays = open?.keepsConnection == true && mayStay && !isLast
        open = nil
        phase = .idle
        if !stays { turn.next = .close }
    }

    private func say(_ bytes: [UInt8]) { turn.output.append(SharedSecret(Secret(copying: bytes))) }
}
