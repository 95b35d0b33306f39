/// One parser or renderer, with what must hold of it for any input.
package struct FuzzEntry: Sendable {
    /// As `Scripts/fuzz` takes it, and the name of its folder of seeds.
    package let name: String
    package let run: @Sendable ([UInt8]) -> Void

    package init(_ name: String, _ run: @escaping @Sendable ([UInt8]) -> Void) {
        self.name = name
        self.run = run
    }
}

/// Every entry, in the order in which `Scripts/fuzz` runs them.
package let allFuzzEntries: [FuzzEntry] = [
    FuzzEntry("json", fuzzJSON),
    FuzzEntry("json5", fuzzJSON5),
    FuzzEntry("json-writer", fuzzJSONWriter),
    FuzzEntry("base64url", fuzzBase64URL),
    FuzzEntry("id-token", fuzzIDToken),
    FuzzEntry("token-answer", fuzzTokenAnswer),
    FuzzEntry("hub-refusal", fuzzHubRefusal),
    FuzzEntry("key-set", fuzzKeySet),
    FuzzEntry("discovery", fuzzDiscovery),
    FuzzEntry("jose-header", fuzzJOSEHeader),
    FuzzEntry("member-answer", fuzzMemberAnswer),
    FuzzEntry("http-date", fuzzHTTPDate),
    FuzzEntry("origin", fuzzOrigin),
    FuzzEntry("url", fuzzURL),
    FuzzEntry("authority", fuzzAuthority),
    FuzzEntry("proxy", fuzzProxy),
    FuzzEntry("proxy-address", fuzzProxyAddress),
    FuzzEntry("ip-address", fuzzIPAddress),
    FuzzEntry("environment", fuzzEnvironment),
    FuzzEntry("os-release", fuzzOSRelease),
    FuzzEntry("arguments", fuzzArguments),
    FuzzEntry("resource", fuzzResource),
    FuzzEntry("token-requests", fuzzTokenRequests),
    FuzzEntry("delivery-method", fuzzDeliveryMethod),
    FuzzEntry("variables", fuzzVariables),
    FuzzEntry("shell-word", fuzzShellWord),
    FuzzEntry("printable", fuzzPrintable),
    FuzzEntry("cache-record", fuzzCacheRecord),
    FuzzEntry("git-credential", fuzzGitCredential),
    FuzzEntry("git-path", fuzzGitPath),
    FuzzEntry("git-configuration", fuzzGitConfiguration),
    FuzzEntry("git-findings", fuzzGitFindings),
    FuzzEntry("stored-password", fuzzStoredPassword),
    FuzzEntry("netrc", fuzzNetrc),
    FuzzEntry("exchange", fuzzExchange),
    FuzzEntry("policy", fuzzPolicy),
    FuzzEntry("canonical-target", fuzzCanonicalTarget),
    FuzzEntry("rotation", fuzzRotation),
    FuzzEntry("secret-list", fuzzSecretList),
    FuzzEntry("vendor-answer", fuzzVendorAnswer),
    FuzzEntry("cron", fuzzCron),
    FuzzEntry("duration", fuzzDuration),
    FuzzEntry("journal", fuzzJournal),
    FuzzEntry("audit-line", fuzzAuditLine),
    FuzzEntry("audit-log", fuzzAuditLog),
    FuzzEntry("audit-cursor", fuzzAuditCursor),
    FuzzEntry("migration", fuzzMigration),
    FuzzEntry("fastcgi", fuzzFastCGI),
    FuzzEntry("deny-list", fuzzDenyList),
    FuzzEntry("ticket", fuzzTicket),
    FuzzEntry("token-request", fuzzTokenRequest),
    FuzzEntry("fleet-plan", fuzzFleetPlan),
    FuzzEntry("space-mark", fuzzSpaceMark),
]
