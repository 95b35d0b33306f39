internal import CCurl
internal import HFMintCore

/// The functions of libcurl, which is opened at first use.
struct LibCurl: @unchecked Sendable {
    // `@unchecked`: the function pointers are written once.
    private(set) var table = hfmint_curl()
    /// Why libcurl cannot be used, or nil.
    private(set) var missing: String?

    static let shared = LibCurl()

    private init() {
        if let name = unsafe hfmint_curl_load(&table) {
            missing = absence(of: "libcurl.so.4", unsafe String(cString: name))
        } else if table.global_init(Int(CURL_GLOBAL_DEFAULT)) != CURLE_OK {
            missing = absence(of: "libcurl.so.4", "a working libcurl.so.4")
        }
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
