/// Writes the records that go to the web server.
struct FastCGIWriter {
    /// The largest content of a record that needs no padding to end at a multiple of eight.
    private static let maximumContent = 65_528
    /// nginx refuses a larger head with the buffers that `serve config` prints.
    private static let maximumHead = 16 << 10

    /// Returns a whole answer: one stream of output, its end, and the end of the request, to be written at once.
    ///
    /// Its head is CGI's: <https://www.rfc-editor.org/rfc/rfc3875#section-6.3>
    static func answer(_ answer: ServeAnswer, to requestID: UInt16, as role: FastCGIRole) -> SharedSecret {
        var headSize = 0
        forEachPieceOfHead(answer, role) { headSize += $0.byteCount }
        guard headSize <= maximumHead else {
            let failure = ServeAnswer.refusal(.internalServerError, code: "answer-too-large", "the answer is too large")
            return Self.answer(failure, to: requestID, as: role)
        }
        let content = headSize + answer.body.byteCount
        let recordCount = (content + maximumContent - 1) / maximumContent
        var buffer = SecretBuffer(capacity: content + (recordCount + 4) * FastCGIHeader.byteCount)
        // A short answer, as nearly all are, is one record.
        if recordCount == 1 {
            buffer.append(header(.output, requestID, content).span)
            forEachPieceOfHead(answer, role) { buffer.append($0) }
            buffer.append(answer.body)
        } else {
            var head = SecretBuffer(capacity: headSize)
            forEachPieceOfHead(answer, role) { head.append($0) }
            append(head.seal(), .output, requestID, to: &buffer)
            append(Secret(joining: answer.body), .output, requestID, to: &buffer)
        }
        buffer.append(header(.output, requestID, 0).span)
        buffer.append(header(.endRequest, requestID, 8).span)
        buffer.append(endContent(.complete).span)
        return SharedSecret(buffer.seal())
    }

    /// Lends the pieces of the head to `body`, in their order: once to count their bytes, and once to write them.
    private static func forEachPieceOfHead(
        _ answer: ServeAnswer, _ role: FastCGIRole, _ body: (TextOrToken) -> Void
    ) {
        body(.text("Status: "))
        body(.text(answer.status.line))
        // The client gets an authorizer's refusal, so it gets no variable of ours.
        let isVariable = role == .authorizer && answer.status == .ok
        for header in answer.headers {
            guard let name = isVariable ? header.name.variable : header.name.rawValue else { continue }
            body(.text("\r\n"))
            body(.text(name))
            body(.text(": "))
            header.value.forEachPiece(body)
        }
        body(.text("\r\n\r\n"))
    }

    private static func append(
        _ secret: borrowing Secret, _ type: FastCGIType, _ requestID: UInt16, to buffer: inout SecretBuffer
    ) {
        var start = 0
        while start < secret.byteCount {
            let end = min(start + maximumContent, secret.byteCount)
            buffer.append(header(type, requestID, end - start).span)
            secret.reveal { span in buffer.append(span.extracting(start..<end)) }
            start = end
        }
    }

    private static func header(
        _ type: FastCGIType, _ requestID: UInt16, _ contentLength: Int
    ) -> [8 of UInt8] {
        [
            FastCGIHeader.version, type.rawValue, UInt8(requestID >> 8), UInt8(requestID & 255),
            UInt8(contentLength >> 8), UInt8(contentLength & 255), 0, 0,
        ]
    }

    private static func endContent(_ status: FastCGIStatus) -> [8 of UInt8] { [0, 0, 0, 0, status.rawValue, 0, 0, 0] }

    /// Returns the record that ends a request.
    ///
    /// <https://fastcgi-archives.github.io/FastCGI_Specification.html#S5.5>
    static func end(_ requestID: UInt16, _ status: FastCGIStatus) -> [UInt8] {
        header(.endRequest, requestID, 8).span.bytes + endContent(status).span.bytes
    }

    /// Returns the answer of a responder that takes no more requests.
    ///
    /// It is a no besides, because lighttpd takes the end alone for an authorizer's yes, whatever that end says.
    static func overloaded(_ requestID: UInt16) -> [UInt8] {
        let status = ServeAnswer.Status.serviceUnavailable
        let head = Array("Status: \(status.line)\r\n\r\n".utf8)
        return header(.output, requestID, head.count).span.bytes + head + header(.output, requestID, 0).span.bytes
            + end(requestID, .overloaded)
    }

    /// Returns the answer to a question for this responder's limits.
    ///
    /// <https://fastcgi-archives.github.io/FastCGI_Specification.html#S4.1>
    ///
    /// - Parameter names: what was asked for; names that are unknown are left out of the answer.
    static func values(_ names: [[UInt8]], connectionLimit: Int) -> [UInt8] {
        let known = [
            ("FCGI_MAX_CONNS", "\(connectionLimit)"), ("FCGI_MAX_REQS", "\(connectionLimit)"),
            ("FCGI_MPXS_CONNS", "0"),
        ]
        let content = known.filter { name, _ in names.contains { $0.equals(name) } }
            .flatMap { FastCGIParameters.encode($0, $1) }
        return header(.getValuesResult, 0, content.count).span.bytes + content
    }

    /// Returns the answer to a management record of an unknown type.
    ///
    /// <https://fastcgi-archives.github.io/FastCGI_Specification.html#S4.2>
    static func unknownType(_ type: UInt8) -> [UInt8] {
        header(.unknownType, 0, 8).span.bytes + [type, 0, 0, 0, 0, 0, 0, 0]
    }
}
