internal import HFMintCore

/// `hfmint doctor --fleet`: which rights the credentials of a fleet lack.
enum FleetDoctorMode {
    static func run(_ call: Call) throws(MintError) -> Report {
        for option in [Option.expect, .suggest, .role] where call.arguments.has(option) {
            throw .usage("--fleet and --\(option.name) exclude each other", hint: "give one of them")
        }
        guard call.arguments.operands.isEmpty else {
            throw .usage("--fleet asks about every resource of the manifest", hint: "leave the resource out")
        }
        let session = try FleetSession(call)
        let definition = session.definition
        let apply: HubAccess? = definition.apply == nil ? nil : try session.access(definition.apply)
        let admin: HubAccess? = definition.admin == nil ? nil : try session.access(definition.admin)
        let missing = FleetPreflight(
            definition, read: try session.access(definition.read), apply: apply, admin: admin
        ).missing()
        let checked = "\(counted(definition.resources.count, "resource")): no right is missing that can be asked for"
        let lines = missing.isEmpty ? ["[ok]    \(checked)"] : missing.map { "[fail]  \($0.sentence)".printable }
        let failure = missing.first.map { first in
            MintError(
                .checksFailed, "\(counted(missing.count, "right")) missing: \(first.sentence)",
                hint: "give the credential that right, or another credential in fleet.credentials")
        }
        return Report(
            lines: lines,
            json: [
                "missing": .array(
                    missing.map { right in
                        [
                            "credential": .string(right.credential), "resource": .string(right.resource),
                            "reason": .string(right.clause),
                        ]
                    })
            ], failures: failure.map { [$0] } ?? [])
    }
}

extension Option {
    static let fleetRights = Option(
        "fleet", help: "ask which rights the credentials of the manifest's fleet lack, and nothing else")
}
