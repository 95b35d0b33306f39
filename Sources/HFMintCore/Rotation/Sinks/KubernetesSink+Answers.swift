extension KubernetesSink {
    /// What Kubernetes says when it means later.
    ///
    /// <https://github.com/kubernetes/apimachinery/blob/master/pkg/apis/meta/v1/types.go> (`StatusReason`)
    static let answers: [KnownAnswer] = [
        // `details.retryAfterSeconds` says when.
        .later(429, "TooManyRequests"), .doubt(500, "ServerTimeout"), .doubt(504, "Timeout"),
        .doubt(503, "ServiceUnavailable"), .doubt(500, "InternalError"),
        // Somebody else's write came first; a conflict of field managers is another thing, and is told apart before.
        .doubt(409, saying: "the object has been modified"),
        // An admission plugin whose caches are not there yet:
        // <https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go>
        .later(403, saying: "not yet ready to handle request"),
        // A quota whose use has not been counted yet; one that is exceeded is another thing.
        // <https://github.com/kubernetes/apiserver/blob/master/pkg/admission/plugin/resourcequota/controller.go>
        .later(403, saying: "status unknown for quota"),
        // Too long for its place in the queue:
        // <https://kubernetes.io/docs/concepts/cluster-administration/flow-control/>.
        .later(429),
    ]
}
