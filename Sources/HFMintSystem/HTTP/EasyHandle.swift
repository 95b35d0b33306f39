internal import CCurl
internal import Glibc
internal import HFMintCore

/// A libcurl handle, which keeps nothing but its connections between transfers.
///
/// Only one thread at a time may use it.
///
/// ```
/// try handle.reset(bodyLimit: 1 << 20)
/// try handle.set(CURLOPT_URL, url)
/// try handle.perform(headers: lines, body: body)
/// let response = handle.response()
/// ```
@safe
final class EasyHandle {
    private let pointer: UnsafeMutableRawPointer
    private var library: hfmint_curl
    let build: CurlBuild
    private let answer = Answer()
    /// libcurl's description of an error, which is searched and never shown.
    private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

    init(_ library: LibCurl) throws(CurlError) {
        guard let pointer = library.table.easy_init() else { throw CurlError(CURLE_FAILED_INIT) }
        self.library = library.table
        build = library.build
        unsafe self.pointer = pointer
    }

    deinit {
        unsafe library.easy_cleanup(pointer)
        unsafe errorText.deallocate()
    }

    func set(_ option: CURLoption, _ value: Int) throws(CurlError) {
        try check(unsafe hfmint_curl_set_long(&library, pointer, option, value))
    }

    /// Sets an option to text that libcurl copies, or clears it if `value` is nil.
    func set(_ option: CURLoption, _ value: String?) throws(CurlError) {
        try check(unsafe hfmint_curl_set_string(&library, pointer, option, value))
    }

    /// Allows no other protocol than this one.
    func allow(_ scheme: Origin.Scheme) throws(CurlError) {
        try check(unsafe hfmint_curl_set_protocol(&library, pointer, scheme.rawValue))
    }

    /// Sets an option to a secret, which libcurl copies.
    func set(_ option: CURLoption, _ value: borrowing Secret) throws(CurlError) {
        try value.enclosed(by: "", and: "\0").reveal { span throws(CurlError) in
            try unsafe span.withUnsafeBytes { bytes throws(CurlError) in
                let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
                try check(unsafe hfmint_curl_set_string(&library, pointer, option, start))
            }
        }
    }

    /// Sets an option to lines, which libcurl does not copy: they must live until the transfer is done.
    func set(_ option: CURLoption, _ lines: HeaderLines) throws(CurlError) {
        try check(unsafe hfmint_curl_set_list(&library, pointer, option, lines.list))
    }

    /// Returns what libcurl knows about the last transfer, or 0.
    func number(_ info: CURLINFO) -> Int {
        var value = 0
        guard unsafe hfmint_curl_get_long(&library, pointer, info, &value) == CURLE_OK else { return 0 }
        return value
    }

    /// Clears the options and the answer of the previous transfer.
    ///
    /// - Parameter keepsHead: whether all lines of the head are kept, and not only the headers that hfmint reads.
    func reset(bodyLimit: Int, keepsHead: Bool = false) throws(CurlError) {
        unsafe library.easy_reset(pointer)
        answer.reset(bodyLimit: bodyLimit, headLimit: keepsHead ? 64 << 10 : 0)
        let context = unsafe Unmanaged.passUnretained(answer).toOpaque()
        unsafe errorText.pointee = 0
        // libcurl does not copy this buffer: it writes errors into it.
        try check(unsafe hfmint_curl_set_string(&library, pointer, CURLOPT_ERRORBUFFER, errorText))
        try check(unsafe hfmint_curl_set_sinks(&library, pointer, receiveBody, receiveHeader, context))
        try check(unsafe hfmint_curl_keep_sockets(&library, pointer))
    }

    /// Performs the transfer with these header lines and this body, which libcurl does not keep.
    func perform(headers: HeaderLines, body: borrowing HTTPBody) throws(CurlError) {
        try set(CURLOPT_HTTPHEADER, headers)
        switch body {
        case .none: try perform()
        case .content(let content):
            try content.bytes.reveal { span throws(CurlError) in
                try unsafe span.withUnsafeBytes { bytes throws(CurlError) in
                    try set(CURLOPT_POSTFIELDSIZE, bytes.count)
                    // libcurl does not copy the body: it reads the secret's own bytes.
                    let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
                    try check(unsafe hfmint_curl_set_string(&library, pointer, CURLOPT_POSTFIELDS, start))
                    try perform()
                }
            }
        }
    }

    private func perform() throws(CurlError) {
        try check(unsafe library.easy_perform(pointer))
        // libcurl reports success even if the peer closes the connection within the head of the answer.
        guard answer.headIsComplete else { throw CurlError(CURLE_PARTIAL_FILE) }
    }

    /// Returns whether libcurl's description of the last error contains `words`.
    func errorMentions(_ words: String) -> Bool { unsafe strstr(errorText, words) != nil }

    var bodyIsTooLarge: Bool { answer.isTooLarge }

    /// Performs a transfer that stops before it connects, and returns the port to which it would have connected.
    func rehearse() throws(CurlError) -> Int? {
        let witness = Witness()
        let context = unsafe Unmanaged.passUnretained(witness).toOpaque()
        try check(unsafe hfmint_curl_set_socket(&library, pointer, notePeer, context))
        _ = unsafe library.easy_perform(pointer)
        return withExtendedLifetime(witness) { witness.port }
    }

    /// Lets the next transfer connect only to public addresses.
    func refusePrivatePeers() throws(CurlError) {
        let context = unsafe Unmanaged.passUnretained(answer).toOpaque()
        try check(unsafe hfmint_curl_set_socket(&library, pointer, openPublicSocket, context))
    }

    /// Whether a connection was refused because its address is not public.
    var hasRefusedPeer: Bool { answer.hasRefusedPeer }

    func response() -> HTTPResponse {
        HTTPResponse(
            status: number(CURLINFO_RESPONSE_CODE), headers: answer.headers, body: answer.takeBody(),
            head: answer.takeHead())
    }

    private func check(_ code: CURLcode) throws(CurlError) {
        guard code == CURLE_OK else { throw CurlError(code) }
    }
}

/// Header lines for libcurl, in memory that is wiped: libcurl's own list functions would leave copies behind.
@safe
final class HeaderLines {
    private let nodes: UnsafeMutableBufferPointer<curl_slist>
    private let lines: [SharedSecret]

    /// - Parameter lines: each is `Name: value`, followed by a NUL.
    init(_ lines: [SharedSecret]) {
        self.lines = lines
        unsafe nodes = .allocate(capacity: lines.count)
        for (index, line) in lines.enumerated() {
            let isLast = index == lines.count - 1
            let next = unsafe isLast ? nil : nodes.baseAddress?.advanced(by: index + 1)
            let data = unsafe line.secret.reveal { span in
                // The bytes stay in place for as long as `lines` lives.
                unsafe span.withUnsafeBytes { unsafe UnsafeMutableRawPointer(mutating: $0.baseAddress) }
            }
            unsafe nodes.initializeElement(
                at: index, to: curl_slist(data: data?.assumingMemoryBound(to: CChar.self), next: next))
        }
    }

    deinit {
        unsafe nodes.deallocate()
    }

    var list: UnsafeMutablePointer<curl_slist>? { unsafe lines.isEmpty ? nil : nodes.baseAddress }
}

/// The part of the answer that has arrived, at an address that libcurl's callbacks can keep.
private final class Answer {
    private var body = SecretBuffer(capacity: 0)
    private var head = SecretBuffer(capacity: 0)
    private var headLimit = 0
    private(set) var headers: [HTTPHeader] = []
    private(set) var isTooLarge = false
    var hasRefusedPeer = false
    /// Whether the empty line after the headers has come.
    private(set) var headIsComplete = false

    func reset(bodyLimit: Int, headLimit: Int) {
        body = SecretBuffer(capacity: bodyLimit)
        head = SecretBuffer(capacity: headLimit)
        self.headLimit = headLimit
        headers = []
        isTooLarge = false
        hasRefusedPeer = false
        headIsComplete = false
    }

    func takeBody() -> Secret {
        let secret = body.finish()
        body = SecretBuffer(capacity: 0)
        return secret
    }

    func takeHead() -> Secret {
        let secret = head.finish()
        head = SecretBuffer(capacity: 0)
        return secret
    }

    func receive(body bytes: UnsafeRawBufferPointer) -> Bool {
        let fits = unsafe body.appendIfRoom(bytes)
        if !fits { isTooLarge = true }
        return fits
    }

    /// Keeps the headers that hfmint reads: of two with the same name, the first.
    ///
    /// A line beyond the limit of the head is not kept there.
    func receive(header line: UnsafeRawBufferPointer) {
        // A new status line means that the earlier headers belonged to an interim answer.
        if unsafe line.starts(with: "HTTP/".utf8) {
            headers = []
            head = SecretBuffer(capacity: headLimit)
            headIsComplete = false
        } else if unsafe line.allSatisfy({ $0 == ASCII.carriageReturn || $0 == ASCII.lineFeed }) {
            headIsComplete = true
        }
        if headLimit > 0 { _ = unsafe head.appendIfRoom(line) }
        guard let colon = unsafe line.firstIndex(of: ASCII.colon), line.count <= 2_048 else { return }
        let name = unsafe String(decoding: line[..<colon].map(\.asciiLowercased), as: UTF8.self)
        guard HTTPResponse.keptHeaders.contains(name) else { return }
        let value = unsafe line[(colon + 1)...].filter { $0.isASCIIVisible || $0 == ASCII.space }
        let text = String(decoding: value.drop { $0 == ASCII.space }, as: UTF8.self)
        guard let first = headers.firstIndex(where: { $0.name == name }) else {
            headers.append(HTTPHeader(name, text))
            return
        }
        // All codings count, because each was applied.
        if name == "content-encoding" { headers[first] = HTTPHeader(name, "\(headers[first].value), \(text)") }
    }
}

/// The port to which a rehearsed transfer would have connected.
private final class Witness {
    var port: Int?
}

/// Notes the port of the peer, and lets libcurl connect to nothing.
private func notePeer(
    _ context: UnsafeMutableRawPointer, _ purpose: curlsocktype, _ peer: UnsafeMutablePointer<curl_sockaddr>
) -> curl_socket_t {
    // The port has the same offset in the addresses of both families.
    let start = unsafe UnsafeRawPointer(peer).advanced(by: MemoryLayout<curl_sockaddr>.offset(of: \.addr) ?? 0)
    let port =
        unsafe Int(start.load(fromByteOffset: 2, as: UInt8.self)) << 8
        | Int(start.load(fromByteOffset: 3, as: UInt8.self))
    unsafe Unmanaged<Witness>.fromOpaque(context).takeUnretainedValue().port = port
    return CURL_SOCKET_BAD
}

/// Opens a socket for a public address, and refuses any other before a packet goes to it.
///
/// <https://curl.se/libcurl/c/CURLOPT_OPENSOCKETFUNCTION.html>
private func openPublicSocket(
    _ context: UnsafeMutableRawPointer, _ purpose: curlsocktype, _ peer: UnsafeMutablePointer<curl_sockaddr>
) -> curl_socket_t {
    let bytes: [UInt8]
    switch unsafe peer.pointee.family {
    case AF_INET:
        bytes = unsafe withUnsafeBytes(of: &peer.pointee.addr) { storage in
            unsafe Array(storage[4..<8])
        }
    case AF_INET6:
        // The address is longer than the type that libcurl declares for it.
        let start = unsafe UnsafeRawPointer(peer).advanced(by: MemoryLayout<curl_sockaddr>.offset(of: \.addr) ?? 0)
        bytes = unsafe Array(UnsafeRawBufferPointer(start: start + 8, count: 16))
    default: bytes = []
    }
    guard PublicAddress.contains(bytes) else {
        unsafe Unmanaged<Answer>.fromOpaque(context).takeUnretainedValue().hasRefusedPeer = true
        return CURL_SOCKET_BAD
    }
    return unsafe socket(
        peer.pointee.family, peer.pointee.socktype | CInt(SOCK_CLOEXEC.rawValue), peer.pointee.`protocol`)
}

private func receiveBody(
    _ start: UnsafeMutablePointer<CChar>, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer
) -> Int {
    let answer = unsafe Unmanaged<Answer>.fromOpaque(context).takeUnretainedValue()
    return unsafe answer.receive(body: UnsafeRawBufferPointer(start: start, count: size * count)) ? size * count : 0
}

private func receiveHeader(
    _ start: UnsafeMutablePointer<CChar>, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer
) -> Int {
    let answer = unsafe Unmanaged<Answer>.fromOpaque(context).takeUnretainedValue()
    unsafe answer.receive(header: UnsafeRawBufferPointer(start: start, count: size * count))
    return size * count
}
