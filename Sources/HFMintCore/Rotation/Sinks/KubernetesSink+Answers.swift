extension KubernetesSink {
    /// The answers by which Kubernetes says that a call may work later.
    ///
    /// <https://github.com/kubernetes/apimachinery/blob/master/pkg/apis/meta/v1/types.go> (`StatusReason`)
    static let answers: [KnownAnswer] = [
        // `details.retryAfterSeconds` says when.
        .later(429, "TooManyRequests"), .doubt(500, "ServerTimeout"), .doubt(504, "Timeout"),
        .doubt(503, "ServiceUnavailable"), .doubt(500, "InternalError"),
        // Somebody else's write came first. A conflict of field managers says something else.
        .doubt(409, saying: "the object has been modified"),
        // An admission plugin has not filled its caches:
        // <https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go>
        .later(403, saying: "not yet ready to handle request"),
        // The use of a quota has not been counted. An exceeded quota says something else.
        // <https://github.com/kubernetes/apiserver/blob/master/pkg/admission/plugin/resourcequota/controller.go>
        .later(403, saying: "status unknown for quota"),
        // The request waited too long in the queue:
        // <https://kubernetes.io/docs/concepts/cluster-administration/flow-control/>.
        .later(429),
    ]
}
