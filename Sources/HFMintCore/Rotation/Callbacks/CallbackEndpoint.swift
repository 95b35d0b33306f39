/// An endpoint that is told what happens to a secret.
package struct CallbackEndpoint: Sendable {
    package let url: HTTPURL
    let format: any CallbackFormat
    /// Whether the old secret stays until this endpoint has agreed.
    package let mustAcknowledge: Bool
    /// How long its agreement is waited for, in seconds.
    let agreementTimeout: Int
    /// Whether it may be at an address of this machine or of a private network.
    var allowsPrivate = false
}

/// A format in which events are written and signed.
protocol CallbackFormat: Sendable {
    /// Writes and signs the request for one try. The signature covers the time of the try.
    func request(
        for event: CallbackEvent, of rotation: String, to url: HTTPURL, at moment: Timestamp
    ) throws(StepFailure) -> SignedCallback
}

/// A request that tells an endpoint of an event.
struct SignedCallback: Sendable {
    let headers: [HTTPHeader]
    let contentType: String
    /// Names secrets by id, and holds no value.
    let body: String
}
