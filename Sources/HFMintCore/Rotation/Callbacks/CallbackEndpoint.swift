/// An endpoint that is told what happens to a secret.
package struct CallbackEndpoint: Sendable {
    package let url: HTTPURL
    package let format: any CallbackFormat
    /// Whether the old secret stays until this endpoint has agreed.
    package let mustAcknowledge: Bool
    /// How long its agreement is waited for, in seconds.
    package let patience: Int
    /// Whether it may be at an address of this machine or of a private network.
    package let allowsPrivate: Bool

    package init(
        url: HTTPURL, format: any CallbackFormat, mustAcknowledge: Bool, patience: Int, allowsPrivate: Bool = false
    ) {
        self.allowsPrivate = allowsPrivate
        self.url = url
        self.format = format
        self.mustAcknowledge = mustAcknowledge
        self.patience = patience
    }
}

/// A format in which events are written and signed.
package protocol CallbackFormat: Sendable {
    /// Writes and signs the request for one try. The signature covers the time of the try.
    func request(
        for event: CallbackEvent, of rotation: String, to url: HTTPURL, at moment: Timestamp
    ) throws(StepFailure) -> SignedCallback
}

/// A request that tells an endpoint of an event.
package struct SignedCallback: Sendable {
    package let headers: [HTTPHeader]
    package let contentType: String
    /// Names secrets by id, and holds no value.
    package let body: String

    package init(headers: [HTTPHeader], contentType: String, body: String) {
        self.headers = headers
        self.contentType = contentType
        self.body = body
    }
}
