internal import CCurl
internal import HFMintCore

/// The functions of libcurl, which is opened at first use.
struct LibCurl: @unchecked Sendable {
    // `@unchecked`: the function pointers are written once.
    private(set) var table = hfmint_curl()
    let build: CurlBuild

    /// The first that can be used: Debian's other two have the same functions, and other names.
    static let opened = OpenedLibrary<LibCurl>(
        .curl, ["libcurl.so.4", "libcurl-gnutls.so.4", "libcurl-nss.so.4"]
    ) { file throws(LibraryRefusal) in try LibCurl(file) }

    private init(_ file: String) throws(LibraryRefusal) {
        try unsafe LibraryRefusal.check(hfmint_curl_load(&table, file), of: file)
        // It chooses among several TLS libraries, also by CURL_SSL_BACKEND, and the version names the choice.
        guard table.global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK else {
            throw LibraryRefusal("this is not a working \(file)")
        }
        guard let info = unsafe table.version_info(CURLVERSION_FIRST) else {
            throw LibraryRefusal("this is not a working \(file)")
        }
        build = unsafe CurlBuild(
            file: file, version: info.pointee.version.map { unsafe String(cString: $0) } ?? "",
            number: info.pointee.version_num, tls: info.pointee.ssl_version.map { unsafe String(cString: $0) } ?? "",
            hasTLSProxies: info.pointee.features & CURL_VERSION_HTTPS_PROXY != 0)
        if let refusal = build.refusal { throw LibraryRefusal(refusal) }
    }
}

/// An error code of libcurl.
///
/// The transfer, which knows the request, makes a ``TransportError`` of it.
struct CurlError: Error {
    let code: CURLcode

    init(_ code: CURLcode) {
        self.code = code
    }
}
