/// An Inference Endpoint as its API shows it.
///
/// <https://github.com/huggingface/huggingface_hub/blob/main/src/huggingface_hub/_inference_endpoints.py>
package struct EndpointState: Equatable, Sendable {
    /// The API's word, of an open set: `running`, `scaledToZero`.
    package let state: String
    /// The API's own spelling; it moves with every change of the endpoint.
    package let updatedAt: String?
    /// Nil where the answer has none.
    package let environment: [Entry]?
    /// Nil where the answer does not name them.
    package let secretNames: [String]?
    package let minReplica: Int?
    package let maxReplica: Int?
    /// 0 for never.
    package let scaleToZeroMinutes: Int?
    package let revision: String?
    package let tags: [String]
    /// Where it answers, once it has run.
    package let url: String?

    package init(
        state: String, updatedAt: String? = nil, environment: [Entry]? = nil, secretNames: [String]? = nil,
        minReplica: Int? = nil, maxReplica: Int? = nil, scaleToZeroMinutes: Int? = nil, revision: String? = nil,
        tags: [String] = [], url: String? = nil
    ) {
        self.state = state
        self.updatedAt = updatedAt
        self.environment = environment
        self.secretNames = secretNames
        self.minReplica = minReplica
        self.maxReplica = maxReplica
        self.scaleToZeroMinutes = scaleToZeroMinutes
        self.revision = revision
        self.tags = tags
        self.url = url
    }
}

/// What was found where an endpoint should be.
package enum EndpointReading: Equatable, Sendable {
    case there(EndpointState)
    case missing
    /// - Parameter clause: why, which follows the endpoint's name.
    case unreadable(_ clause: String)
}
