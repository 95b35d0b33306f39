/// The answers of token endpoints beside the errors of RFC 6749, section 5.2, none of which passes.
enum TokenEndpointAnswers {
    /// The answers by which they say that a call may work later.
    ///
    /// <https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes>
    static let all: [KnownAnswer] =
        [400, 401, 403, 429, 503].flatMap { status in
            [
                // <https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1>
                KnownAnswer.later(status, "temporarily_unavailable"), .later(status, "server_error"),
                // <https://www.rfc-editor.org/rfc/rfc8628#section-3.5>
                .later(status, "slow_down"), .later(status, "too_many_requests"),
                // Too many requests; a directory that does not answer.
                .later(status, saying: "aadsts90055"), .later(status, saying: "aadsts90033"),
                // A service behind it that is down or too slow; a request that took too long.
                .later(status, saying: "aadsts90006:"), .later(status, saying: "aadsts90012:"),
                .later(status, saying: "aadsts90024:"), .later(status, saying: "aadsts90090:"),
                .later(status, saying: "aadsts90091:"),
                // "It encountered a loop": the same request came too often in a short time.
                // <https://learn.microsoft.com/en-us/entra/msal/dotnet/advanced/exceptions/msal-error-handling>
                .later(status, saying: "aadsts50196", seconds: 60),
            ]
        }
}
