/// How a Space runs, and with which settings, as the Hub shows it.
///
/// <https://github.com/huggingface/huggingface_hub/blob/main/src/huggingface_hub/_space_api.py>
package struct SpaceRuntime: Equatable, Sendable {
    /// The Hub's word, of an open set: `RUNNING`.
    package let stage: String
    /// The commit that runs.
    package var sha: String?
    /// What was asked for; what runs may lag behind it, or be nothing at first.
    package var hardware: String?
    /// Nil for the default of the hardware.
    package var sleep: Sleep?
    /// Nil where the answer says nothing of volumes, or something that cannot be read.
    package var volumes: [Volume]?
    package var isInDevMode = false
    /// Whether the code was changed without a rebuild.
    package var isHotReloading = false
    /// Whether the answer says when the Space falls asleep, be it the default.
    var saysSleep = true
}

extension SpaceRuntime {
    /// Reads a runtime; nil if it has no stage.
    init?(_ node: JSONNode, in text: Span<UInt8>) {
        guard let stage = node["stage"]?.text(in: text) else { return nil }
        let wait = node["gcTimeout"]?.integer(in: text)
        self.init(
            // A log may hold any stage, as it is shown to people.
            stage: stage.plain ?? "UNKNOWN", sha: node["sha"]?.text(in: text)?.plain,
            hardware: node["hardware"]?["requested"]?.text(in: text)?.plain,
            sleep: wait.map { $0 < 0 ? .never : .seconds($0) },
            volumes: node["volumes"].flatMap { Volume.list($0, in: text) },
            isInDevMode: node["devMode"]?.bool ?? false,
            isHotReloading: node["hotReloading"].map { $0["status"]?.text(in: text) != "canceled" } ?? false,
            saysSleep: node.member("gcTimeout") != nil)
    }

    /// The stages that the Hub leaves by itself.
    ///
    /// <https://huggingface.co/docs/huggingface_hub/package_reference/space_runtime>
    static let intermediate = ["BUILDING", "RUNNING_BUILDING", "APP_STARTING", "RUNNING_APP_STARTING"]

    /// The stages in which the Space cannot come up by itself.
    static let failed = ["NO_APP_FILE", "CONFIG_ERROR", "BUILD_ERROR", "RUNTIME_ERROR", "DELETING", "STOPPED"]
}

extension Volume {
    init?(_ node: JSONNode, in text: Span<UInt8>) {
        guard let type = node["type"]?.text(in: text), let source = node["source"]?.text(in: text),
            let path = node["mountPath"]?.text(in: text)
        else { return nil }
        self.init(
            type: type, source: source, mountPath: path, revision: node["revision"]?.text(in: text),
            isReadOnly: node["readOnly"]?.bool, path: node["path"]?.text(in: text))
    }

    /// Reads a list; nil if any of it cannot be read, as the rest would be taken for all.
    static func list(_ node: JSONNode, in text: Span<UInt8>) -> [Volume]? {
        var volumes: [Volume] = []
        for element in node.elements ?? [] {
            guard let volume = Volume(element, in: text) else { return nil }
            volumes.append(volume)
        }
        return node.elements == nil ? nil : volumes
    }

    /// The volume as the Hub takes it; what has its default is left out.
    var json: JSONValue {
        let isBucket = type.utf8.elementsEqual("bucket".utf8)
        var members: [JSONValue.Member] = [
            .init("type", .string(type)), .init("source", .string(source)), .init("mountPath", .string(mountPath)),
        ]
        if let revision, !revision.utf8.elementsEqual("main".utf8) {
            members.append(.init("revision", .string(revision)))
        }
        if isBucket { members.append(.init("readOnly", .bool(isReadOnly))) }
        if let path { members.append(.init("path", .string(path))) }
        return .object(members)
    }
}
