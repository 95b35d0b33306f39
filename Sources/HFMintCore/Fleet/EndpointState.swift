/// An Inference Endpoint as its API shows it.
///
/// <https://github.com/huggingface/huggingface_hub/blob/main/src/huggingface_hub/_inference_endpoints.py>
package struct EndpointState: Equatable, Sendable {
    /// The API's word, of an open set: `running`, `scaledToZero`.
    package let state: String
    /// The API's own spelling; it moves with every change of the endpoint.
    package var updatedAt: String?
    /// Nil where the answer has none.
    package var environment: [Entry]?
    /// Nil where the answer does not name them.
    package var secretNames: [String]?
    package var minReplica: Int?
    package var maxReplica: Int?
    /// 0 for never.
    package var scaleToZeroMinutes: Int?
    package var revision: String?
    package var tags: [String] = []
}

package typealias EndpointReading = Found<EndpointState>
